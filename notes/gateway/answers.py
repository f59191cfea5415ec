"""An answer of the API becomes its JSON or the one error that it means."""

import json
import math
from typing import NoReturn

from notes.gateway import errors
from notes.gateway.note import BrokenContract, Note
from notes.gateway.transport import Answer, Call

# What API Gateway says of a path, method or stage that it does not have. With an Authorization
# header it may take the request for an IAM-signed one instead.
_UNKNOWN_PATH = {"MissingAuthenticationTokenException", "IncompleteSignatureException"}


def json_of(call: Call, answer: Answer) -> object:
    """The JSON of the one answer that means success; raises the error that any other means."""
    if answer.status == call.succeeds_with:
        return _parse(call, answer)
    _refuse(call, answer)


def _refuse(call: Call, answer: Answer) -> NoReturn:
    message = f"{call.operation}: the API answered {answer.status}."
    request_id = answer.request_id
    match answer.status:
        case 400 | 413:
            raise errors.NoteInvalid(
                message, request_id=request_id, reason=_reason(answer), fields=_fields(answer)
            )
        case 401:
            raise errors.TokenRejected(message, request_id=request_id)
        case 403 if answer.headers.get("x-amzn-ErrorType", "").split(":")[0] in _UNKNOWN_PATH:
            raise errors.WrongEndpoint(message, request_id=request_id)
        case 403:
            raise errors.AccessDenied(message, request_id=request_id)
        case 404 if call.is_about_one_note:
            raise errors.NoteNotFound(message, request_id=request_id)
        case 409 | 412:
            raise errors.NoteConflict(
                message, request_id=request_id, current=_current(call, answer)
            )
        case 429:
            raise errors.TooManyRequests(
                message, request_id=request_id, retry_after=_retry_after(answer)
            )
        case status if status >= 500:
            raise errors.GatewayUnavailable(
                message, request_id=request_id, retry_after=_retry_after(answer)
            )
        case _:
            raise errors.UnexpectedResponse(message, request_id=request_id)


def _parse(call: Call, answer: Answer) -> object:
    try:
        return json.loads(answer.body)
    except (ValueError, RecursionError):
        raise errors.UnexpectedResponse(
            f"{call.operation}: the answer is not JSON.", request_id=answer.request_id
        ) from None


def _object(answer: Answer) -> dict[str, object]:
    """The body of an error, which API Gateway itself may have written as plain text."""
    try:
        data = json.loads(answer.body)
    except (ValueError, RecursionError):
        return {}
    return data if isinstance(data, dict) else {}


def _reason(answer: Answer) -> str:
    """Only the service gives a code, and only its message is written for people."""
    body = _object(answer)
    return str(body.get("message", "")) if body.get("code") else ""


def _fields(answer: Answer) -> dict[str, str]:
    fields = _object(answer).get("fields")
    if not isinstance(fields, dict):
        return {}
    return {name: str(why) for name, why in fields.items()}


def _current(call: Call, answer: Answer) -> Note:
    try:
        return Note.from_json(_object(answer).get("current"))
    except BrokenContract as broken:
        raise errors.UnexpectedResponse(
            f"{call.operation}: {broken}.", request_id=answer.request_id
        ) from None


def _retry_after(answer: Answer) -> float | None:
    """Seconds from Retry-After (RFC 9110 section 10.2.3); its other form, a date, is not used."""
    try:
        seconds = float(answer.headers.get("Retry-After", ""))
    except ValueError:
        return None
    return seconds if math.isfinite(seconds) and seconds >= 0 else None
