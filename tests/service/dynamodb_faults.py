"""A DynamoDB that does not do what is asked, or does it and does not say so."""

import json
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any
from unittest import mock

from botocore.awsrequest import AWSPreparedRequest
from moto.core.botocore_stubber import BotocoreStubber
from moto.core.models import botocore_stubber

if TYPE_CHECKING:
    from types_boto3_dynamodb.service_resource import Table

Response = tuple[int, dict[str, str], str | bytes]
# None where DynamoDB is to do what is asked.
Fault = Callable[[AWSPreparedRequest], Response | None]


def refusal(code: str, status: int = 400) -> Fault:
    """An error answer of DynamoDB, which has done nothing."""
    kind = f"com.amazonaws.dynamodb.v20120810#{code}"
    body = json.dumps({"__type": kind, "message": "a secret of DynamoDB"})
    return lambda request: (status, {}, body)


def broken(error: type[Exception]) -> Fault:
    """A connection that fails before the request has reached DynamoDB."""

    def fail(request: AWSPreparedRequest) -> Response:
        raise error(endpoint_url=request.url, error="")

    return fail


def done(fault: Fault) -> Fault:
    """DynamoDB does what is asked, and then this comes instead of its answer."""

    def do(request: AWSPreparedRequest) -> Response | None:
        BotocoreStubber.process_request(botocore_stubber, request)
        return fault(request)

    return do


def first_only(fault: Fault) -> Fault:
    """That fault for the first request, none for those after it."""
    asked = iter([fault])
    return lambda request: next(asked, _none)(request)


def from_request(number: int, fault: Fault) -> Fault:
    """That fault for the request of that number and all after it."""
    asked = iter(range(1, 1000))
    return lambda request: fault(request) if next(asked) >= number else None


def _none(request: AWSPreparedRequest) -> None:
    """No fault."""


@contextmanager
def dynamodb(fault: Fault) -> Iterator[list[str]]:
    """Every request meets that fault; gives the operations that were asked for.

    moto itself is replaced: a handler of botocore's event beside moto's would give the answer, but
    botocore calls them all, so moto would have done what the answer says was refused.
    """
    asked: list[str] = []
    process_request = botocore_stubber.process_request

    def process(request: AWSPreparedRequest) -> Any:
        asked.append(request.headers["X-Amz-Target"].decode().partition(".")[2])
        response = fault(request)
        return process_request(request) if response is None else response

    with mock.patch.object(botocore_stubber, "process_request", process):
        yield asked


def contents(table: "Table") -> list[dict[str, Any]]:
    """All items of the table, to compare before and after."""
    return sorted(table.scan()["Items"], key=lambda item: (item["userId"], item["noteId"]))
