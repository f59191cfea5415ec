"""A DynamoDB that does not do what is asked."""

import json
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

from botocore.awsrequest import AWSRequest, AWSResponse

if TYPE_CHECKING:
    from types_boto3_dynamodb.service_resource import Table


class _Body:
    def __init__(self, content: bytes) -> None:
        self._content = content

    def stream(self) -> Iterator[bytes]:
        yield self._content


def refusal(code: str, status: int = 400) -> Callable[[AWSRequest], AWSResponse]:
    """An error answer of DynamoDB."""

    def answer(request: AWSRequest) -> AWSResponse:
        kind = f"com.amazonaws.dynamodb.v20120810#{code}"
        body = json.dumps({"__type": kind, "message": "a secret of DynamoDB"}).encode()
        return AWSResponse(request.url, status, {}, _Body(body))

    return answer


def broken(error: type[Exception]) -> Callable[[AWSRequest], AWSResponse]:
    """A connection that fails."""

    def answer(request: AWSRequest) -> AWSResponse:
        raise error(endpoint_url=request.url, error="")

    return answer


@contextmanager
def dynamodb(table: "Table", answer: Callable[[AWSRequest], Any]) -> Iterator[list[str]]:
    """Every request is answered so; gives the operations that were asked for."""
    asked: list[str] = []

    def before_send(request: AWSRequest, **_: Any) -> Any:
        asked.append(request.headers["X-Amz-Target"].decode().partition(".")[2])
        return answer(request)

    events = table.meta.client.meta.events
    events.register_first("before-send.dynamodb", before_send)
    try:
        yield asked
    finally:
        events.unregister("before-send.dynamodb", before_send)
