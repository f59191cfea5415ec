"""`python -m tests.service.table_cost`: what operations read and write at the table.

Counted in the engine of devcloud's table, which is the template's: items that it reads or
writes and the bytes of request and answer, for a person with 10, 1,000 and 100,000 notes. Ends with
1 where they differ.
"""

import json
import sys
import tempfile
from collections.abc import Callable, Iterator
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
from service.listing import BATCH, Listing, rank_in_cursor
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
    # Read or written, each once; of a Query what it looked at, whatever it gave back.
    items: int
    sent: int
    received: int


class _Body:
    def __init__(self, content: bytes) -> None:
        self._content = content

    def stream(self) -> Iterator[bytes]:
        yield self._content


class _Touched:
    """The keys of the items that one request had to do with, apart from a Query's."""

    def __init__(self, table: Any) -> None:
        self.keys: set[Any] = set()
        for name in ("get_item", "delete_item"):
            setattr(table, name, self._seen(getattr(table, name), lambda _, key, *more: key.value))
        table.put_item = self._seen(
            table.put_item, lambda item, *more, **named: item["noteId"]["S"]
        )
        table.scan = self._refused

    def _seen(self, method: Callable[..., Any], key_of: Callable[..., Any]) -> Callable[..., Any]:
        def seen(*arguments: Any, **named: Any) -> Any:
            self.keys.add(key_of(*arguments, **named))
            return method(*arguments, **named)

        return seen

    def _refused(self, *_: Any, **__: Any) -> None:
        raise AssertionError("A Scan reads the whole table.")


class MeasuredTable:
    """The notes table with so many notes of one person, and what was asked of it since."""

    def __init__(self, folder: Path, count: int) -> None:
        definition = {**backend_template.properties("NotesTable"), "TableName": "Notes"}
        resource = Resource("NotesTable", "AWS::DynamoDB::Table", definition, "Notes", {})
        items = ItemStore(Database(folder / f"{count}.sqlite3"))
        self._dynamodb = DynamoDB([resource], items, Clock())
        self.costs: list[Cost] = []
        self._fill(count)
        self._touched = _Touched(self._dynamodb.table("Notes"))
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
        self._touched.keys.clear()
        answer = self._dynamodb.answer(operation, sent)
        content = answer.body.encode()
        # Of a Query the engine says itself what it looked at.
        items = json.loads(content).get("ScannedCount", len(self._touched.keys))
        self.costs.append(Cost(operation, items, len(sent), len(content)))
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


def search_costs(table: MeasuredTable) -> dict[str, list[Cost]]:
    """Lists of a tag and of words, which every one of more than fifty notes has."""
    costs = {}
    for name, listing in {
        "tag": Listing(limit=PAGE, tag="home"),
        "words in the title": Listing(limit=PAGE, query="title"),
        "words in the text": Listing(limit=PAGE, query="word"),
    }.items():
        with table.cost() as counted:
            table.store.list_notes(OWNER, listing)
        costs[name] = counted
    return costs


def deletion_costs(table: MeasuredTable) -> list[Cost]:
    """The requests of one DELETE /notes; a few that have been at the table are missing then."""
    with table.cost() as counted:
        table.store.delete_notes(OWNER)
    return counted


def main(counts: list[int]) -> int:
    seen: list[Any] = []
    for notes in counts:
        with tempfile.TemporaryDirectory(prefix="notesite-cost-") as data:
            measured = MeasuredTable(Path(data), notes)
            costs = {
                **{name: [cost] for name, cost in page_costs(measured).items()},
                **note_costs(measured),
                # Where there are fewer notes than a search looks at, it looks at fewer.
                **(search_costs(measured) if notes > BATCH else {}),
            }
            print(f"{notes} notes")
            for name, requests in costs.items():
                for it in requests:
                    print(
                        f"  {name}: {it.operation}, {it.items} items, "
                        f"{it.sent} bytes sent, {it.received} received"
                    )
            deleted = deletion_costs(measured)
            print(f"  delete all: {len(deleted)} requests, {sum(it.items for it in deleted)} items")
            seen.append(costs)
    differing = {
        name for costs in seen for name in costs if costs[name] != seen[-1].get(name, costs[name])
    }
    print(f"differing: {sorted(differing) or 'none'}")
    return 1 if differing else 0


if __name__ == "__main__":
    sys.exit(main([int(argument) for argument in sys.argv[1:]] or [10, 1_000, 100_000]))
