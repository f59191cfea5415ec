"""DynamoDB's API: moto's engine, written through to disk before anything is acknowledged."""

import json
import sqlite3
import threading
from collections.abc import Mapping
from copy import deepcopy
from dataclasses import dataclass
from typing import Any

from moto.dynamodb.models.dynamo_type import DynamoType, Item
from moto.dynamodb.models.utilities import dynamo_json_dump

from devcloud.clock import Clock
from devcloud.dynamodb_engine import Answer, Engine
from devcloud.dynamodb_items import Attributes, ItemStore, StoredItem
from devcloud.dynamodb_keys import key_mistake, type_mistake
from devcloud.dynamodb_requests import RequestCheck
from devcloud.dynamodb_table import SortedTable, sorted_table
from devcloud.json_text import read_json
from devcloud.resources import Resource

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

    def type_mistake(self) -> str | None:
        """What an update made of the keys of indexes that they cannot be."""
        item = self.current()
        types = {} if item is None else {name: value.type for name, value in item.attrs.items()}
        return type_mistake(self.table, types)

    def stored(self) -> StoredItem:
        item = self.current()
        attributes = None if item is None else json.loads(dynamo_json_dump(item.attrs))
        return StoredItem(self.table.name, self.key, attributes)


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
        self._engine = Engine()
        for resource in tables:
            table = sorted_table(resource)
            for attributes in items.load(table.name):
                table.restore(attributes)
            self._engine.add(table)

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
        mistake = self._check.mistake(operation, payload) or key_mistake(self._engine, payload)
        if mistake is not None:
            return Answer.error(400, "ValidationException", mistake)
        with self._lock:
            if operation in _WRITES:
                return self._write(operation, payload, body)
            table = self._engine.table(payload.get("TableName", ""))
            if table is not None:
                table.select = payload.get("Select")
            return self._engine.answer(operation, body)

    def table(self, name: str) -> SortedTable | None:
        """The table as the engine holds it, to be read."""
        return self._engine.table(name)

    def purge_expired(self) -> int:
        """Delete the items whose time to live is over; returns how many there were.

        Raises sqlite3.Error, and deletes nothing, when that cannot be stored.
        """
        now = self._clock.timestamp()
        with self._lock:
            expired = [
                touched for table in self._engine.tables() for touched in _expired(table, now)
            ]
            for touched in expired:
                touched.table.delete_item(touched.hash_key, touched.range_key)
            try:
                if expired:
                    self._store(expired)
            except sqlite3.Error:
                for touched in expired:
                    touched.put_back()
                    touched.table.forget_order(touched.hash_key)
                raise
        return len(expired)

    def _write(self, operation: str, payload: Mapping[str, Any], body: bytes) -> Answer:
        touched = [
            _Touched(table, key, deepcopy(_Touched(table, key, None).current()))
            for table, key in self._keys(operation, payload)
        ]
        answer = None
        try:
            answer = self._engine.answer(operation, body)
            if answer.status == 200:
                mistakes = filter(None, (item.type_mistake() for item in touched))
                if (mistake := next(mistakes, None)) is not None:
                    answer = Answer.error(400, "ValidationException", mistake)
                else:
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
            table = self._engine.table(name)
            source = request.get("Item") or request.get("Key") or {}
            if table is not None and all(n in source for n in table.table_key_attrs):
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
                found.append(_Touched(table, key, item))
    return found
