"""The connection to the table, and what DynamoDB's errors mean to the service."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from http import HTTPStatus
from typing import TYPE_CHECKING, Any

import boto3
from boto3.dynamodb.types import TypeDeserializer
from botocore.config import Config
from botocore.exceptions import ClientError, ConnectionError, HTTPClientError

from service.errors import NotesFull, TableUnavailable, Throttled

if TYPE_CHECKING:
    from types_boto3_dynamodb.service_resource import Table

# Two tries, and a pause of up to a second between them. The time-outs are for one wait on the
# connection each, so an answer that comes in drops may take longer. No call begins after a
# request's deadline (service/deadline.py), and the function's own time ends what is left.
_LIMITS = Config(
    connect_timeout=1,
    read_timeout=2,
    retries={"mode": "standard", "total_max_attempts": 2},
)
# The names that AWS's services have for it, as botocore knows them; the first three are DynamoDB's.
_THROTTLED = {
    "ProvisionedThroughputExceededException",
    "RequestLimitExceeded",
    "ThrottlingException",
    "BandwidthLimitExceeded",
    "RequestThrottled",
    "RequestThrottledException",
    "SlowDown",
    "ThrottledException",
    "Throttling",
    "TooManyRequestsException",
}

_deserialize = TypeDeserializer().deserialize


class ConditionNotMet(Exception):
    """A write was refused; carries the item that stands in its way, empty if there is none."""

    def __init__(self, item: Mapping[str, Any]) -> None:
        super().__init__()
        self.item = item


def notes_table(name: str) -> "Table":
    """The table, whose answers are DynamoDB's or raise."""
    table = boto3.resource("dynamodb", config=_LIMITS).Table(name)
    table.meta.client.meta.events.register("before-parse.dynamodb", _refuse_what_is_no_json)
    return table


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
        status = error.response["ResponseMetadata"]["HTTPStatusCode"]
        if code == "ConditionalCheckFailedException":
            raise ConditionNotMet(_item_in(error.response)) from None
        if code in _THROTTLED or status == HTTPStatus.TOO_MANY_REQUESTS:
            raise Throttled from error
        if status >= HTTPStatus.INTERNAL_SERVER_ERROR:
            raise TableUnavailable from error
        if code == "ItemCollectionSizeLimitExceededException":
            raise NotesFull from error
        raise


def _refuse_what_is_no_json(response_dict: dict[str, Any], **_: Any) -> None:
    """Every answer of DynamoDB is a JSON object, of which botocore takes anything else for ``{}``.

    Told by its two ends, because to parse 1 MB twice takes long. Unnoticed, a note that was not
    read would be one that is not there. An error keeps its status, which is what it is told by.
    """
    body = response_dict["body"].strip()
    if body.startswith(b"{") and body.endswith(b"}"):
        return
    if response_dict["status_code"] < HTTPStatus.MULTIPLE_CHOICES:
        raise TableUnavailable
    response_dict["body"] = b""


def _item_in(response: Mapping[str, Any]) -> dict[str, Any]:
    # boto3's table converts the attributes of answers, but not of errors.
    item = response.get("Item", {})
    return {name: _deserialize(value) for name, value in item.items()}
