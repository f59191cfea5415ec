"""The notes API's Lambda function: proxy event in, operation, proxy response out."""

import os
import time
from collections.abc import Callable, Mapping
from functools import cache
from typing import Any

from service import cors, log, operations
from service.caller import Caller
from service.dynamodb import notes_table
from service.errors import ServiceError, UnknownRoute
from service.proxy import Answer, Request
from service.settings import Settings
from service.store import NotesStore

Operation = Callable[[NotesStore, Caller, Request], Answer]

# Method and resource as the contract has them.
ROUTES: Mapping[tuple[str, str], Operation] = {
    ("GET", "/"): operations.greet,
    ("GET", "/notes"): operations.list_notes,
    ("POST", "/notes"): operations.create_note,
    ("DELETE", "/notes"): operations.delete_notes,
    ("GET", "/notes/{noteid}"): operations.get_note,
    ("PUT", "/notes/{noteid}"): operations.update_note,
    ("DELETE", "/notes/{noteid}"): operations.delete_note,
    ("POST", "/notes/{noteid}/restore"): operations.restore_note,
}


@cache
def settings() -> Settings:
    """The environment, read once."""
    return Settings.from_environment()


@cache
def notes_store() -> NotesStore:
    """One connection for the life of the container."""
    return NotesStore(notes_table(settings().notes_table), settings().trash_days)


def lambda_handler(event: Mapping[str, Any], context: object) -> dict[str, Any]:
    """Answer one request; every failure becomes an answer in the contract's shape."""
    started = time.monotonic()
    request = Request.from_event(event)
    entry = log.Entry(
        function=getattr(context, "function_name", "unknown"), request_id=request.request_id
    )
    try:
        answer = _answer(request, entry)
    except ServiceError as error:
        answer = _error_answer(error, request)
        entry.error = error.code
    except Exception as error:  # noqa: BLE001 - the last wall: nothing of it may reach the client
        answer = _error_answer(ServiceError(), request)
        entry.mistake(error)
    entry.write(answer.status, time.monotonic() - started)
    return cors.readable_elsewhere(answer, request, settings().allowed_origins).to_proxy_response()


def _answer(request: Request, entry: log.Entry) -> Answer:
    if request.method == "OPTIONS" and settings().allowed_origins:
        entry.operation = cors.preflight.__name__
        return cors.preflight(method for method, path in ROUTES if path == request.resource)
    operation = ROUTES.get((request.method, request.resource))
    if operation is None:
        raise UnknownRoute
    entry.operation = operation.__name__
    caller = Caller.from_authorizer(request.authorizer, settings())
    entry.name_owner(caller.owner)
    return operation(notes_store(), caller, request)


def _error_answer(error: ServiceError, request: Request) -> Answer:
    body = {
        "message": str(error),
        "code": error.code,
        "requestId": request.request_id,
        **error.details(),
    }
    return Answer(error.status, body, error.headers)


if "AWS_LAMBDA_FUNCTION_NAME" in os.environ:
    # Lambda loads a module with a whole processor, before the first request waits: connect here,
    # and fail here with the sentence that says which variable is missing.
    notes_store()
