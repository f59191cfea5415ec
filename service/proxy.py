"""API Gateway's proxy event as a request, and an answer as its proxy response.

https://docs.aws.amazon.com/apigateway/latest/developerguide/set-up-lambda-proxy-integrations.html
"""

import base64
import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from service.errors import InvalidRequest


@dataclass(frozen=True, slots=True)
class Request:
    """What an operation may look at."""

    method: str
    resource: str
    request_id: str
    path_parameters: Mapping[str, str]
    query: Mapping[str, str]
    headers: Mapping[str, str]
    authorizer: Mapping[str, Any]
    raw_body: str | None
    is_base64: bool

    @classmethod
    def from_event(cls, event: Mapping[str, Any]) -> "Request":
        context = event.get("requestContext") or {}
        headers = event.get("headers") or {}
        return cls(
            method=event.get("httpMethod", ""),
            resource=event.get("resource", ""),
            request_id=context.get("requestId", ""),
            path_parameters=event.get("pathParameters") or {},
            query=event.get("queryStringParameters") or {},
            # API Gateway keeps the case that the client sent; HTTP does not know any.
            headers={name.lower(): value for name, value in headers.items()},
            authorizer=context.get("authorizer") or {},
            raw_body=event.get("body"),
            is_base64=bool(event.get("isBase64Encoded")),
        )

    @property
    def body(self) -> str | None:
        if not self.is_base64 or self.raw_body is None:
            return self.raw_body
        try:
            return base64.b64decode(self.raw_body, validate=True).decode()
        except ValueError:
            raise InvalidRequest(message="The body is not UTF-8.") from None


@dataclass(frozen=True, slots=True)
class Answer:
    """What an operation answers; ``body`` is None for an empty body."""

    status: int
    body: Mapping[str, Any] | None
    headers: Mapping[str, str] = field(default_factory=dict)

    def to_proxy_response(self) -> dict[str, Any]:
        """Exactly the keys that API Gateway knows: it answers 502 for any other."""
        body = ""
        if self.body is not None:
            body = json.dumps(self.body, ensure_ascii=False, separators=(",", ":"))
        return {
            "statusCode": self.status,
            "headers": {
                "Content-Type": "application/json",
                "Cache-Control": "no-store",
                **self.headers,
            },
            "body": body,
            "isBase64Encoded": False,
        }
