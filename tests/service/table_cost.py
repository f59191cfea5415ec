"""`python -m tests.service.table_cost`: what operations read and write at the table.

Counted where DynamoDB counts: items looked at (ScannedCount) and bytes that come back, for a person
with 10, 1,000 and 100,000 notes, on devcloud's table, which is the template's.
"""

import json
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import boto3
from boto3.dynamodb.types import TypeSerializer
from botocore.awsrequest import AWSRequest, AWSResponse

from devcloud.clock import Clock
from devcloud.database import Database
from devcloud.dynamodb import DynamoDB
from devcloud.dynamodb_items import ItemStore
from devcloud.resources import Resource
from service.item import new_item, timestamp
from service.listing import Listing, rank_in_cursor
from service.note import NoteContent
from service.store import NotesStore
from tests import backend_template

OWNER = "ada"
CONTENT = NoteContent("A title", "word " * 400, ("home", "garden"), pinned=False)
BEGINNING = datetime(2026, 1, 1, tzinfo=UTC)
PAGE = 5


@dataclass(frozen=True)
class Cost:
    """One request to the table."""

    operation: str
    items: int
    bytes: int


class _Body:
    def __init__(self, content: bytes) -> None:
        self._content = content

    def stream(self) -> Iterator[bytes]:
        yield self._content


class MeasuredTable:
    """The notes table with so many notes of one person, and what was asked of it since."""

    def __init__(self, folder: Path, count: int) -> None:
        definition = {**backend_template.properties("NotesTable"), "TableName": "Notes"}
        resource = Resource("NotesTable", "AWS::DynamoDB::Table", definition, "Notes", {})
        items = ItemStore(Database(folder / f"{count}.sqlite3"))
        self._dynamodb = DynamoDB([resource], items, Clock())
        self.costs: list[Cost] = []
        self._fill(count)
        table = boto3.resource(
            "dynamodb",
            region_name="eu-central-1",
            aws_access_key_id="testing",
            aws_secret_access_key="testing",
        ).Table("Notes")
        # A client of its own, so nothing has to be taken off again.
        table.meta.client.meta.events.register_first("before-send.dynamodb", self._answer)
        self.store = NotesStore(table, trash_days=30)

    @contextmanager
    def cost(self) -> Iterator[list[Cost]]:
        """What happens within; the list is whole at its end."""
        self.costs.clear()
        counted: list[Cost] = []
        yield counted
        counted += self.costs

    def _fill(self, count: int) -> None:
        serialize = TypeSerializer().serialize
        for first in range(0, count, 25):
            requests = []
            for number in range(first, min(first + 25, count)):
                moment = timestamp(BEGINNING + timedelta(minutes=number))
                item = new_item(OWNER, f"n{number:06}", CONTENT, moment)
                attributes = {name: serialize(value) for name, value in item.items()}
                requests.append({"PutRequest": {"Item": attributes}})
            body = json.dumps({"RequestItems": {"Notes": requests}}).encode()
            assert self._dynamodb.answer("BatchWriteItem", body).status == 200

    def _answer(self, request: AWSRequest, **_: Any) -> AWSResponse:
        target = request.headers["X-Amz-Target"]
        operation = (target.decode() if isinstance(target, bytes) else target).partition(".")[2]
        sent = request.body if isinstance(request.body, bytes) else str(request.body).encode()
        answer = self._dynamodb.answer(operation, sent)
        content = answer.body.encode()
        found = json.loads(content)
        self.costs.append(Cost(operation, int(found.get("ScannedCount", 1)), len(content)))
        return AWSResponse(request.url, answer.status, dict(answer.headers), _Body(content))


def page_costs(table: MeasuredTable) -> dict[str, Cost]:
    """The first page of the list, the one after it, and the first one of the empty trash."""
    costs = {}
    with table.cost() as counted:
        page = table.store.list_notes(OWNER, Listing(limit=PAGE))
    (costs["first page"],) = counted
    assert page.cursor
    start = rank_in_cursor(page.cursor, "active")
    with table.cost() as counted:
        table.store.list_notes(OWNER, Listing(limit=PAGE - 2, start=start))
    (costs["next page"],) = counted
    with table.cost() as counted:
        table.store.list_notes(OWNER, Listing(limit=PAGE, view="trash"))
    (costs["empty trash"],) = counted
    return costs


def note_costs(table: MeasuredTable) -> dict[str, list[Cost]]:
    """A note's life, operation by operation."""
    store = table.store
    steps = {
        "create": lambda: store.create_note(OWNER, "new", CONTENT),
        "get": lambda: store.get_note(OWNER, "new"),
        "update": lambda: store.update_note(OWNER, "new", CONTENT, 1),
        "delete": lambda: store.delete_note(OWNER, "new", None),
        "restore": lambda: store.restore_note(OWNER, "new"),
        "delete again": lambda: store.delete_note(OWNER, "new", None),
        "delete for good": lambda: store.delete_note_for_good(OWNER, "new", None),
    }
    costs = {}
    for name, step in steps.items():
        with table.cost() as counted:
            step()
        costs[name] = counted
    return costs


if __name__ == "__main__":
    for notes in [int(argument) for argument in sys.argv[1:]] or [10, 1_000, 100_000]:
        with tempfile.TemporaryDirectory(prefix="notesite-cost-") as data:
            measured = MeasuredTable(Path(data), notes)
            print(f"{notes} notes")
            for name, cost in page_costs(measured).items():
                print(f"  {name}: {cost.operation}, {cost.items} items, {cost.bytes} bytes")
            for name, requests in note_costs(measured).items():
                each = ", ".join(f"{it.operation} {it.items} item {it.bytes} B" for it in requests)
                print(f"  {name}: {each}")
