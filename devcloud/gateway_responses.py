"""What API Gateway itself answers, and how a contract may change those answers.

https://docs.aws.amazon.com/apigateway/latest/developerguide/supported-gateway-response-types.html
"""

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from devcloud.errors import TemplateError

_DEFAULT_TEMPLATE = '{"message":$context.error.messageString}'


@dataclass(frozen=True)
class _Kind:
    status: int
    error_type: str
    message: str | None = None


_KINDS = {
    "ACCESS_DENIED": _Kind(403, "AccessDeniedException", "User is not authorized to access"),
    "AUTHORIZER_CONFIGURATION_ERROR": _Kind(500, "AuthorizerConfigurationException"),
    "BAD_REQUEST_BODY": _Kind(400, "BadRequestException", "Invalid request body"),
    "BAD_REQUEST_PARAMETERS": _Kind(400, "BadRequestException"),
    "INTEGRATION_TIMEOUT": _Kind(504, "InternalServerErrorException", "Endpoint request timed out"),
    "MISSING_AUTHENTICATION_TOKEN": _Kind(
        403, "MissingAuthenticationTokenException", "Missing Authentication Token"
    ),
    "REQUEST_TOO_LARGE": _Kind(413, "RequestTooLargeException", "Request Too Long"),
    "THROTTLED": _Kind(429, "TooManyRequestsException", "Too Many Requests"),
    "UNAUTHORIZED": _Kind(401, "UnauthorizedException", "Unauthorized"),
    # Given only where a fault asks for it.
    "DEFAULT_4XX": _Kind(400, "BadRequestException"),
    # A function that fails has no type of its own: only DEFAULT_5XX changes its answer.
    "DEFAULT_5XX": _Kind(502, "InternalServerErrorException", "Internal server error"),
}
# Known to API Gateway, never given by devcloud.
_OTHER_KINDS = {
    "API_CONFIGURATION_ERROR",
    "AUTHORIZER_FAILURE",
    "EXPIRED_TOKEN",
    "INTEGRATION_FAILURE",
    "INVALID_API_KEY",
    "INVALID_SIGNATURE",
    "QUOTA_EXCEEDED",
    "RESOURCE_NOT_FOUND",
    "UNSUPPORTED_MEDIA_TYPE",
    "WAF_FILTERED",
}
_VARIABLE = re.compile(r"\$context\.([A-Za-z.]*[A-Za-z])")
_VARIABLES = {
    "error.message",
    "error.messageString",
    "error.responseType",
    "extendedRequestId",
    "requestId",
}
_KNOWN_VARIABLES = ", ".join(sorted(_VARIABLES))


class GatewayError(Exception):
    """Ends a request with one of the gateway responses."""

    def __init__(self, kind: str, message: str | None = None, *, status: int | None = None) -> None:
        super().__init__(kind)
        self.kind = kind
        self.message = _KINDS[kind].message if message is None else message
        # Stronger than the one that the contract gives the kind.
        self.status = status


@dataclass(frozen=True)
class GatewayAnswer:
    """Status, headers and body of a gateway response."""

    status: int
    headers: Mapping[str, str]
    body: str


@dataclass(frozen=True)
class _Change:
    status: int | None
    headers: Mapping[str, str]
    templates: Mapping[str, str]


class GatewayResponses:
    """The gateway responses of one API, changed as its contract says."""

    def __init__(self, changes: Mapping[str, Mapping[str, Any]], place: str) -> None:
        self._changes = {
            kind: _change(kind, change, f"{place}.{kind}") for kind, change in changes.items()
        }

    def answer(self, error: GatewayError, context: Mapping[str, str]) -> GatewayAnswer:
        """The answer that ends a request, with ``$context`` variables filled in."""
        kind = _KINDS[error.kind]
        fallback = "DEFAULT_5XX" if kind.status >= 500 else "DEFAULT_4XX"
        change = self._changes.get(error.kind) or self._changes.get(fallback)
        variables = {
            **context,
            "error.message": "" if error.message is None else error.message,
            "error.messageString": json.dumps(error.message),
            "error.responseType": error.kind,
        }
        headers = {"Content-Type": "application/json", "x-amzn-ErrorType": kind.error_type}
        template = _own_template(error.kind)
        if change is not None:
            headers |= {name: _value(value, variables) for name, value in change.headers.items()}
            template = change.templates.get("application/json", template)
        status = error.status or (change and change.status) or kind.status
        return GatewayAnswer(status, headers, _fill(template, variables))


def _own_template(kind: str) -> str:
    # A refusal by an authorizer's policy is spelled with a capital M, unlike every other answer.
    return (
        '{"Message":$context.error.messageString}'
        if kind == "ACCESS_DENIED"
        else (_DEFAULT_TEMPLATE)
    )


def _change(kind: str, change: Mapping[str, Any], place: str) -> _Change:
    if kind not in _KINDS and kind not in _OTHER_KINDS:
        raise TemplateError(place, "API Gateway knows no such gateway response.")
    headers = change.get("responseParameters", {})
    for target, value in headers.items():
        is_constant = re.fullmatch("'[^']*'", value) is not None
        if not is_constant and value.removeprefix("context.") not in _VARIABLES:
            raise TemplateError(
                f"{place}.responseParameters.{target}",
                f"devcloud knows 'text' and context.{_KNOWN_VARIABLES} here only.",
            )
    templates = change.get("responseTemplates", {})
    for content_type, template in templates.items():
        if set(_VARIABLE.findall(template)) - _VARIABLES or "#" in template:
            raise TemplateError(
                f"{place}.responseTemplates.{content_type}",
                f"devcloud knows $context.{_KNOWN_VARIABLES} here only.",
            )
    status = change.get("statusCode")
    return _Change(
        status=None if status is None else int(status),
        headers={target.rpartition(".")[2]: value for target, value in headers.items()},
        templates=templates,
    )


def _value(value: str, variables: Mapping[str, str]) -> str:
    """A header's value: ``'text'`` in quotes, or a context variable."""
    if value.startswith("'") and value.endswith("'"):
        return value[1:-1]
    return _fill(f"${value}" if value.startswith("context.") else value, variables)


def _fill(template: str, variables: Mapping[str, str]) -> str:
    return _VARIABLE.sub(lambda match: variables[match.group(1)], template)
