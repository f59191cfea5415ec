"""The event that a function gets from API Gateway, and what API Gateway makes of its result.

https://docs.aws.amazon.com/apigateway/latest/developerguide/set-up-lambda-proxy-integrations.html
"""

import base64
import binascii
import re
import time
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from devcloud.authorizers import Caller
from devcloud.gateway_responses import GatewayError
from devcloud.methods import Method
from devcloud.resources import ACCOUNT_ID
from devcloud.stage_request import StageAnswer, StageRequest

_RESULT_KEYS = {"statusCode", "headers", "multiValueHeaders", "body", "isBase64Encoded"}
_CAPITALISED = {"authorization": "Authorization", "user-agent": "User-Agent"}
# API Gateway renames these, because it needs the names itself.
_REMAPPED_HEADERS = {
    "connection",
    "content-length",
    "date",
    "server",
    "www-authenticate",
    "x-amzn-requestid",
}
# AWS may remap or drop it; here the server says how the body is framed.
_DROPPED_HEADER = "transfer-encoding"
# RFC 9110 section 5.6.2, and 5.5 without what WSGI cannot send.
_HEADER_NAME = re.compile(r"[!#$%&'*+.^_`|~0-9A-Za-z-]+")
_HEADER_VALUE = re.compile(r"[^\x00\r\n\u0100-\U0010ffff]*")


@dataclass(frozen=True)
class StageIdentity:
    """What an event says of the API and its stage."""

    api_id: str
    stage: str
    deployment_id: str
    domain_name: str
    variables: Mapping[str, str]


def proxy_event(
    request: StageRequest,
    method: Method,
    path_parameters: Mapping[str, str],
    caller: Caller | None,
    stage: StageIdentity,
    request_id: str,
    extended_request_id: str,
) -> dict[str, Any]:
    """The event of format 1.0; maps without an entry are null."""
    headers = _headers(
        request,
        {
            "Host": stage.domain_name,
            "X-Amzn-Trace-Id": f"Root=1-{int(time.time()):08x}-{request_id.replace('-', '')[:24]}",
            # Whoever forwarded the request named its own client before.
            "X-Forwarded-For": ", ".join(
                [*request.values_of("X-Forwarded-For"), request.source_ip]
            ),
            "X-Forwarded-Port": "443",
            "X-Forwarded-Proto": "https",
        },
    )
    query: dict[str, list[str]] = {}
    for name, value in request.query:
        query.setdefault(name, []).append(value)
    now = datetime.now(UTC)
    context = {
        "accountId": ACCOUNT_ID,
        "apiId": stage.api_id,
        "deploymentId": stage.deployment_id,
        "domainName": stage.domain_name,
        "domainPrefix": stage.domain_name.partition(".")[0],
        "extendedRequestId": extended_request_id,
        "httpMethod": request.method,
        "identity": _identity(request),
        "path": f"/{stage.stage}{request.path}",
        "protocol": "HTTP/1.1",
        "requestId": request_id,
        "requestTime": now.strftime("%d/%b/%Y:%H:%M:%S +0000"),
        "requestTimeEpoch": int(now.timestamp() * 1000),
        "resourceId": method.resource_id,
        "resourcePath": method.resource_path,
        "stage": stage.stage,
    }
    if caller is not None:
        context["authorizer"] = dict(caller.context)
    body, is_base64 = _event_body(request.body)
    return {
        "resource": method.resource_path,
        "path": request.path,
        "httpMethod": request.method,
        "headers": {name: values[-1] for name, values in headers.items()},
        "multiValueHeaders": headers,
        "queryStringParameters": {name: values[-1] for name, values in query.items()} or None,
        "multiValueQueryStringParameters": query or None,
        "pathParameters": dict(path_parameters) or None,
        "stageVariables": dict(stage.variables) or None,
        "requestContext": context,
        "body": body,
        "isBase64Encoded": is_base64,
    }


def proxy_answer(
    result: Any, accept: str | None, binary_media_types: tuple[str, ...]
) -> StageAnswer:
    """The answer that the function's result describes; raises GatewayError when it is malformed."""
    if not isinstance(result, dict) or not set(result) <= _RESULT_KEYS:
        raise GatewayError("DEFAULT_5XX")
    body = result.get("body")
    if body is None:
        body = ""
    if not isinstance(body, str):
        raise GatewayError("DEFAULT_5XX")
    # JSON can hold half a surrogate pair, which is no text.
    content = body.encode(errors="replace")
    if result.get("isBase64Encoded") and _matches(accept, binary_media_types):
        try:
            content = base64.b64decode(body, validate=True)
        except binascii.Error:
            raise GatewayError("DEFAULT_5XX") from None
    return StageAnswer(_status(result), tuple(_answer_headers(result)), content)


def _status(result: Mapping[str, Any]) -> int:
    """The status; 1xx is none that a request could end with."""
    status = result.get("statusCode", 200)
    is_number = isinstance(status, int) and not isinstance(status, bool)
    if not is_number and not (isinstance(status, str) and re.fullmatch("[0-9]{3}", status)):
        raise GatewayError("DEFAULT_5XX")
    if not 200 <= int(status) <= 599:
        raise GatewayError("DEFAULT_5XX")
    return int(status)


def _answer_headers(result: Mapping[str, Any]) -> list[tuple[str, str]]:
    """Both kinds of headers in one list; a pair that is in both is there once, as AWS documents."""
    single = result.get("headers") or {}
    multiple = result.get("multiValueHeaders") or {}
    if not isinstance(single, dict) or not isinstance(multiple, dict):
        raise GatewayError("DEFAULT_5XX")
    if not all(isinstance(values, list) for values in multiple.values()):
        raise GatewayError("DEFAULT_5XX")
    listed = [(name, _header_text(name, value)) for name in multiple for value in multiple[name]]
    known = {(name.lower(), text) for name, text in listed}
    alone = [(name, _header_text(name, value)) for name, value in single.items()]
    pairs = [(name, text) for name, text in alone if (name.lower(), text) not in known] + listed
    answered = [(_remapped(name), text) for name, text in pairs if name.lower() != _DROPPED_HEADER]
    if not any(name.lower() == "content-type" for name, _ in answered):
        answered.append(("Content-Type", "application/json"))
    return answered


def _remapped(name: str) -> str:
    return f"x-amzn-Remapped-{name}" if name.lower() in _REMAPPED_HEADERS else name


def _header_text(name: str, value: Any) -> str:
    """The value as text; raises GatewayError for what HTTP cannot send."""
    if not isinstance(value, str | int | float):
        raise GatewayError("DEFAULT_5XX")
    text = str(value).lower() if isinstance(value, bool) else str(value)
    if not _HEADER_NAME.fullmatch(name) or not _HEADER_VALUE.fullmatch(text):
        raise GatewayError("DEFAULT_5XX")
    return text


def _matches(accept: str | None, binary_media_types: tuple[str, ...]) -> bool:
    first = (accept or "").partition(",")[0].partition(";")[0].strip()
    return "*/*" in binary_media_types or first in binary_media_types


def _headers(request: StageRequest, added: Mapping[str, str]) -> dict[str, list[str]]:
    """Every header's values by its name as it was sent, but for the two that AWS capitalises."""
    own = {name.lower() for name in added}
    found: dict[str, list[str]] = {}
    for name, value in request.headers:
        if name.lower() not in own:
            spelled = _CAPITALISED.get(name.lower(), name)
            found.setdefault(spelled, []).append(value)
    return found | {name: [value] for name, value in added.items()}


def _event_body(body: bytes) -> tuple[str | None, bool]:
    if not body:
        return None, False
    # Without binary media types a body is text, whatever its bytes.
    return body.decode("utf-8", errors="replace"), False


def _identity(request: StageRequest) -> dict[str, str | None]:
    return {
        "accessKey": None,
        "accountId": None,
        "caller": None,
        "cognitoAuthenticationProvider": None,
        "cognitoAuthenticationType": None,
        "cognitoIdentityId": None,
        "cognitoIdentityPoolId": None,
        "principalOrgId": None,
        "sourceIp": request.source_ip,
        "user": None,
        "userAgent": request.header("User-Agent"),
        "userArn": None,
    }
