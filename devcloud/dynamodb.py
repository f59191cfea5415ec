"""DynamoDB's API: moto's engine, written through to disk before anything is acknowledged."""

import json
import sqlite3
import threading
from collections.abc import Mapping
from copy import deepcopy
from dataclasses import dataclass
from typing import Any, cast

from moto.core.request import Request
from moto.core.responses import ActionResult
from moto.dynamodb.models import DynamoDBBackend
from moto.dynamodb.models.dynamo_type import DynamoType, Item
from moto.dynamodb.models.utilities import dynamo_json_dump
from moto.dynamodb.responses import DynamoHandler

from devcloud import dynamodb_batches
from devcloud.clock import Clock
from devcloud.dynamodb_items import Attributes, ItemStore, StoredItem
from devcloud.dynamodb_requests import RequestCheck
from devcloud.dynamodb_table import SortedTable, sorted_table
from devcloud.json_text import read_json
from devcloud.resources import ACCOUNT_ID, REGION, Resource

TARGET_PREFIX = "DynamoDB_20120810."
_URL = f"https://dynamodb.{REGION}.amazonaws.com/"
_CONTENT_TYPE = "application/x-amz-json-1.0"
# The keys of results that hold items.
_ITEMS = frozenset({"Item", "Items", "Responses"})
_WRITES = {"PutItem", "UpdateItem", "DeleteItem", "BatchWriteItem"}
_READS = {
    "BatchGetItem",
    "DescribeTable",
    "DescribeTimeToLive",
    "GetItem",
    "ListTables",
    "Query",
    "Scan",
}
OPERATIONS = _READS | _WRITES
# DynamoDB leaves items alone whose time was over five years ago.
_LONGEST_AGO = 5 * 365 * 24 * 3600


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


@dataclass(frozen=True)
class _Touched:
    """An item that a request may change, and how it was before."""

    table: SortedTable
    key: Attributes
    before: Item | None

    @property
    def hash_key(self) -> DynamoType:
        return DynamoType(self.key[self.table.hash_key_attr])

    @property
    def range_key(self) -> DynamoType | None:
        name = self.table.range_key_attr
        return None if name is None else DynamoType(self.key[name])

    def current(self) -> Item | None:
        item: Item | None = self.table.get_item(self.hash_key, self.range_key)
        return item

    def put_back(self) -> None:
        """Make the engine hold what it held before the request."""
        if self.before is None:
            self.table.delete_item(self.hash_key, self.range_key)
        else:
            self.table.hold(self.before)

    def stored(self) -> StoredItem:
        item = self.current()
        attributes = None if item is None else json.loads(dynamo_json_dump(item.attrs))
        return StoredItem(self.table.name, self.key, attributes)


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


class DynamoDB:
    """The stack's tables.

    Requests are handled one at a time, so a condition and its write are one step, and nobody reads
    what is not on disk yet. A write that is refused or cannot be stored leaves no trace.
    """

    def __init__(self, tables: list[Resource], items: ItemStore, clock: Clock) -> None:
        self._lock = threading.Lock()
        self._items = items
        self._clock = clock
        self._check = RequestCheck()
        self._backend = DynamoDBBackend(REGION, ACCOUNT_ID)
        for resource in tables:
            table = sorted_table(resource)
            for attributes in items.load(table.name):
                table.restore(attributes)
            self._backend.tables[table.name] = table

    def answer(self, operation: str, body: bytes) -> Answer:
        """What DynamoDB answers to the operation with this JSON body."""
        if operation not in OPERATIONS:
            return Answer.error(
                400, "UnknownOperationException", f"devcloud does not imitate {operation}."
            )
        try:
            payload = read_json(body)
        except ValueError:
            payload = None
        if not isinstance(payload, dict):
            return Answer.error(400, "SerializationException", "The body is no JSON object.")
        known = self._check.known(operation, payload)
        if len(known) < len(payload):
            payload, body = known, json.dumps(known).encode()
        mistake = self._check.mistake(operation, payload)
        if mistake is not None:
            return Answer.error(400, "ValidationException", mistake)
        with self._lock:
            if operation in _WRITES:
                return self._write(operation, payload, body)
            table = self._backend.tables.get(payload.get("TableName", ""))
            if isinstance(table, SortedTable):
                table.select = payload.get("Select")
            return self._dispatch(operation, body)

    def purge_expired(self) -> int:
        """Delete the items whose time to live is over; returns how many there were."""
        now = self._clock.timestamp()
        with self._lock:
            expired = [
                touched
                for table in self._backend.tables.values()
                if isinstance(table, SortedTable)
                for touched in _expired(table, now)
            ]
            for touched in expired:
                touched.table.delete_item(touched.hash_key, touched.range_key)
            if expired:
                self._store(expired)
        return len(expired)

    def _write(self, operation: str, payload: Mapping[str, Any], body: bytes) -> Answer:
        touched = [
            _Touched(table, key, deepcopy(_Touched(table, key, None).current()))
            for table, key in self._keys(operation, payload)
        ]
        answer = None
        try:
            answer = self._dispatch(operation, body)
            if answer.status == 200:
                self._store(touched)
        except sqlite3.Error as error:
            answer = Answer.error(500, "InternalServerError", f"Nothing was stored: {error}.")
        finally:
            # moto may have changed an item before it found the request wrong.
            if answer is None or answer.status != 200:
                for item in touched:
                    item.put_back()
            for item in touched:
                item.table.forget_order(item.hash_key)
        return answer

    def _store(self, touched: list[_Touched]) -> None:
        for item in touched:
            item.table.forget_order(item.hash_key)
        self._items.save([item.stored() for item in touched])

    def _dispatch(self, operation: str, body: bytes) -> Answer:
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
        except ValueError as error:
            # What moto's parser of conditions makes of some that are none.
            return Answer.error(400, "ValidationException", f"Invalid expression: {error}")
        kept = {k: v for k, v in answered.items() if k.lower() in ("x-amz-crc32",)}
        return Answer(int(status), kept, text)

    def _keys(
        self, operation: str, payload: Mapping[str, Any]
    ) -> list[tuple[SortedTable, Attributes]]:
        """The primary keys that the request may write to, as far as they are well-formed."""
        if operation == "BatchWriteItem":
            requests: list[tuple[str, Any]] = [
                (name, next(iter(request.values()), {}))
                for name, entries in payload.get("RequestItems", {}).items()
                for request in entries
            ]
        else:
            requests = [(payload.get("TableName", ""), payload)]
        keys = []
        for name, request in requests:
            table = self._backend.tables.get(name)
            source = request.get("Item") or request.get("Key") or {}
            if isinstance(table, SortedTable) and all(n in source for n in table.table_key_attrs):
                keys.append((table, {n: source[n] for n in table.table_key_attrs}))
        return keys


def _expired(table: SortedTable, now: float) -> list[_Touched]:
    name = table.ttl.get("AttributeName")
    if name is None or table.ttl["TimeToLiveStatus"] != "ENABLED":
        return []
    found = []
    for item in table.all_items():
        value = item.attrs.get(name)
        if value is not None and value.is_number():
            age = now - float(value.value)
            if 0 < age < _LONGEST_AGO:
                key = {n: item.attrs[n].to_json() for n in table.table_key_attrs}
                found.append(_Touched(table, key, None))
    return found
