"""moto's engine of DynamoDB: one request at a time on tables that it is given."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, cast

from moto.core.request import Request
from moto.core.responses import ActionResult
from moto.dynamodb.models import DynamoDBBackend
from moto.dynamodb.models.dynamo_type import Item
from moto.dynamodb.models.utilities import dynamo_json_dump
from moto.dynamodb.responses import DynamoHandler

from devcloud import dynamodb_batches
from devcloud.dynamodb_table import SortedTable
from devcloud.resources import ACCOUNT_ID, REGION

TARGET_PREFIX = "DynamoDB_20120810."
_URL = f"https://dynamodb.{REGION}.amazonaws.com/"
_CONTENT_TYPE = "application/x-amz-json-1.0"
# The keys of results that hold items.
_ITEMS = frozenset({"Item", "Items", "Responses"})
_UNREADABLE = (ValueError, TypeError, LookupError, AttributeError, AssertionError, RecursionError)


@dataclass(frozen=True)
class Answer:
    """An answer of the JSON API."""

    status: int
    headers: Mapping[str, str]
    body: str

    @classmethod
    def error(cls, status: int, kind: str, message: str) -> "Answer":
        """An error as botocore reads it."""
        body = {"__type": f"com.amazonaws.dynamodb.v20120810#{kind}", "message": message}
        return cls(status, {"x-amzn-ErrorType": kind}, json.dumps(body))


class _Handler(DynamoHandler):
    """moto's request handler on this engine rather than on moto's global one."""

    def __init__(self, backend: DynamoDBBackend) -> None:
        super().__init__()
        self._backend = backend

    @property
    def dynamodb_backend(self) -> DynamoDBBackend:
        return self._backend

    def batch_get_item(self) -> Any:
        """As moto's, within the limit of a partition."""
        wanted = self.body["RequestItems"]
        self.body["RequestItems"], left = dynamodb_batches.divided(self._backend.tables, wanted)
        answer: Any = super().batch_get_item()
        if left:
            answer.result["UnprocessedKeys"] = left
        return answer

    def serialized(self, action_result: ActionResult) -> Any:
        """The answer as JSON; items are in DynamoDB's JSON already.

        moto's serializer walks through them attribute by attribute along botocore's service
        model, which takes ten times as long as finding them.
        """
        result = action_result.result
        if isinstance(result, dict) and not _ITEMS.isdisjoint(result):
            return 200, {"Content-Type": _CONTENT_TYPE}, dynamo_json_dump(result)
        return super().serialized(action_result)


class Engine:
    """The tables, and what is asked of them."""

    def __init__(self) -> None:
        self._backend = DynamoDBBackend(REGION, ACCOUNT_ID)

    def add(self, table: SortedTable) -> None:
        self._backend.tables[table.name] = table

    def table(self, name: str) -> SortedTable | None:
        table = self._backend.tables.get(name)
        return table if isinstance(table, SortedTable) else None

    def tables(self) -> list[SortedTable]:
        """All of them."""
        return [table for table in self._backend.tables.values() if isinstance(table, SortedTable)]

    def answer(self, operation: str, body: bytes) -> Answer:
        """What the engine answers; a request that it cannot read is refused, not an error of ours.

        moto takes most of a request for granted, and ends with Python's own errors where it is
        otherwise than it expects.
        """
        # moto notes down every item it ever makes, copies too, and would hold them for ever.
        cast(Any, Item).instances_tracked.clear()
        headers = {
            "Content-Type": _CONTENT_TYPE,
            "X-Amz-Target": TARGET_PREFIX + operation,
            "x-moto-account-id": ACCOUNT_ID,
        }
        request = Request.from_primitives("POST", _URL, headers, body)
        handler = _Handler(self._backend)
        handler.setup_class(request)
        try:
            status, answered, text = handler.call_action()
        except _UNREADABLE as error:
            reason = f"The request cannot be read: {type(error).__name__}: {error}"
            return Answer.error(400, "ValidationException", reason)
        kept = {k: v for k, v in answered.items() if k.lower() in ("x-amz-crc32",)}
        return Answer(int(status), kept, text)
