"""Pages of summaries in rank order, found by the index, with a bounded search in the texts."""

import base64
import json
import time
import unicodedata
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Any

from boto3.dynamodb.conditions import Key

from service.deadline import Deadline
from service.dynamodb import translated_errors
from service.errors import InvalidRequest, TableUnavailable, Throttled
from service.item import RANK, View, is_gone, summary_of
from service.note import NotePage

if TYPE_CHECKING:
    from types_boto3_dynamodb.service_resource import Table

INDEX = "byRank"
# How many notes a search looks at in one Query; BatchGetItem takes a hundred keys.
BATCH = 50
BATCHES_PER_REQUEST = 20
# Seconds after tries that brought nothing: what DynamoDB left out because it is busy, it would
# leave out again.
PAUSES = (0.1, 0.3)


@dataclass(frozen=True, slots=True)
class Listing:
    """Which page of which list."""

    limit: int = 20
    view: View = "active"
    start: str | None = None
    query: str = ""
    tag: str = ""

    @property
    def is_search(self) -> bool:
        return bool(self.query or self.tag)


def encoded_cursor(rank: str) -> str:
    return base64.urlsafe_b64encode(json.dumps({"rank": rank}).encode()).decode().rstrip("=")


def rank_in_cursor(cursor: str, view: View) -> str:
    """The rank after which the page begins; a cursor never says whose notes they are."""
    try:
        padded = cursor + "=" * (-len(cursor) % 4)
        value = json.loads(base64.b64decode(padded, altchars=b"-_", validate=True))
        rank = value["rank"]
        match = RANK.fullmatch(rank)
    except (ValueError, TypeError, KeyError, RecursionError):
        match = None
    if match is None or match["view"] != view:
        raise InvalidRequest({"cursor": "is not one that this list has given"})
    return match[0]


def list_notes(table: "Table", owner: str, listing: Listing, now: datetime) -> NotePage:
    """One page; a search stops after a bounded amount of reading and says where to go on.

    It also stops there when its time is over or DynamoDB does not serve it any further, at the
    first note that it could not decide on: to begin again would mean to read all of it again, and
    to be stopped at the same place. Raises Throttled or TableUnavailable when it decided on none.
    """
    deadline = Deadline()
    found: list[Mapping[str, Any]] = []
    rank = listing.start
    try:
        for _ in range(BATCHES_PER_REQUEST):
            items, next_rank = _batch(table, owner, listing, rank, deadline)
            there = [item for item in items if not is_gone(item, now)]
            for item, is_wanted in _decided(table, owner, there, listing, deadline):
                if is_wanted and len(found) == listing.limit:
                    return _page(found, found[-1]["rank"])
                if is_wanted:
                    found.append(item)
                rank = item["rank"]
            rank = next_rank
            if rank is None:
                break
    except (Throttled, TableUnavailable):
        if rank == listing.start:
            raise
    return _page(found, rank)


def _page(items: Sequence[Mapping[str, Any]], next_rank: str | None) -> NotePage:
    cursor = encoded_cursor(next_rank) if next_rank else None
    return NotePage(tuple(summary_of(item) for item in items), cursor)


def _batch(
    table: "Table", owner: str, listing: Listing, rank: str | None, deadline: Deadline
) -> tuple[list[dict[str, Any]], str | None]:
    """The index's next items, highest rank first, and the rank to go on from."""
    arguments: dict[str, Any] = {}
    if rank:
        noteid = rank.rpartition("#")[2]
        arguments["ExclusiveStartKey"] = {"userId": owner, "noteId": noteid, "rank": rank}
    deadline.check()
    with translated_errors():
        answer = table.query(
            IndexName=INDEX,
            KeyConditionExpression=Key("userId").eq(owner)
            & Key("rank").begins_with(f"{listing.view}#"),
            ScanIndexForward=False,
            ConsistentRead=True,
            Limit=BATCH if listing.is_search else listing.limit + 1,
            **arguments,
        )
    last_key = answer.get("LastEvaluatedKey")
    return answer["Items"], str(last_key["rank"]) if last_key else None


def _decided(
    table: "Table",
    owner: str,
    items: Sequence[Mapping[str, Any]],
    listing: Listing,
    deadline: Deadline,
) -> Iterator[tuple[Mapping[str, Any], bool]]:
    """In their order, each item and whether the list wants it; raises at one it cannot decide on.

    Texts are read only for notes that nothing else decides on.
    """
    wanted = _folded(listing.query)
    decided: dict[str, bool] = {}
    for item in items:
        if listing.tag and listing.tag not in item["tags"]:
            decided[item["noteId"]] = False
        elif any(wanted in _folded(words) for words in (item["title"], *item["tags"])):
            decided[item["noteId"]] = True
    undecided = [item["noteId"] for item in items if item["noteId"] not in decided]
    tries = _texts(table, owner, undecided, deadline)
    for item in items:
        while item["noteId"] not in decided:
            texts = next(tries)
            decided |= {noteid: wanted in _folded(text) for noteid, text in texts.items()}
        yield item, decided[item["noteId"]]


def _texts(
    table: "Table", owner: str, noteids: Sequence[str], deadline: Deadline
) -> Iterator[dict[str, str]]:
    """Try by try, the texts of up to BATCH notes; that of a note which has gone is empty.

    They come in several tries: DynamoDB leaves out what is beyond 1 MB of one partition, and all
    notes of one person are one partition.
    https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/API_BatchGetItem.html
    """
    read: Callable[..., Any] = table.meta.client.batch_get_item
    keys = [{"userId": owner, "noteId": noteid} for noteid in noteids]
    pauses = iter(PAUSES)
    while keys:
        wanted = {"Keys": keys, "ProjectionExpression": "noteId, note", "ConsistentRead": True}
        deadline.check()
        with translated_errors():
            answer = read(RequestItems={table.name: wanted})
        left = answer["UnprocessedKeys"].get(table.name, {}).get("Keys", [])
        if len(left) < len(keys):
            pauses = iter(PAUSES)
            texts = {key["noteId"]: "" for key in keys if key not in left}
            texts |= {item["noteId"]: item["note"] for item in answer["Responses"][table.name]}
            yield texts
        elif (pause := next(pauses, None)) is not None:
            time.sleep(pause)
        else:
            raise Throttled
        keys = left


def _folded(text: str) -> str:
    """Equal for what people take for equal: case does not count, nor how accents are encoded."""
    return unicodedata.normalize("NFC", text.casefold())
