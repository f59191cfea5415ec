"""The connection to the table, and what DynamoDB's errors mean to the service."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

import boto3
from boto3.dynamodb.types import TypeDeserializer
from botocore.config import Config
from botocore.exceptions import ClientError, ConnectionError, HTTPClientError

from service.errors import NotesFull, TableUnavailable, Throttled

if TYPE_CHECKING:
    from types_boto3_dynamodb.service_resource import Table

# What one call takes at most: two tries, and a pause of up to a second between them. No call begins
# after a request's deadline (service/deadline.py).
_LIMITS = Config(
    connect_timeout=1,
    read_timeout=2,
    retries={"mode": "standard", "total_max_attempts": 2},
)
_THROTTLED = {
    "ProvisionedThroughputExceededException",
    "RequestLimitExceeded",
    "ThrottlingException",
}
_UNAVAILABLE = {"InternalFailure", "InternalServerError", "ServiceUnavailable"}

_deserialize = TypeDeserializer().deserialize


class ConditionNotMet(Exception):
    """A write was refused; carries the item that stands in its way, if there is one."""

    def __init__(self, item: Mapping[str, Any] | None) -> None:
        super().__init__()
        self.item = item


def notes_table(name: str) -> "Table":
    return boto3.resource("dynamodb", config=_LIMITS).Table(name)


@contextmanager
def translated_errors() -> Iterator[None]:
    """Raise the service's errors for those of DynamoDB.

    https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/Programming.Errors.html
    """
    try:
        yield
    except (ConnectionError, HTTPClientError) as error:
        raise TableUnavailable from error
    except ClientError as error:
        code = error.response["Error"]["Code"]
        if code == "ConditionalCheckFailedException":
            raise ConditionNotMet(_item_in(error.response)) from None
        if code in _THROTTLED:
            raise Throttled from error
        if code in _UNAVAILABLE:
            raise TableUnavailable from error
        if code == "ItemCollectionSizeLimitExceededException":
            raise NotesFull from error
        raise


def _item_in(response: Mapping[str, Any]) -> dict[str, Any] | None:
    # boto3's table converts the attributes of answers, but not of errors.
    item = response.get("Item")
    return {name: _deserialize(value) for name, value in item.items()} if item else None
