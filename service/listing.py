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

from service.dynamodb import translated_errors
from service.errors import InvalidRequest, TableUnavailable, Throttled
from service.item import RANK, View, is_gone, summary_of
from service.note import NotePage

if TYPE_CHECKING:
    from types_boto3_dynamodb.service_resource import Table

INDEX = "byRank"
# Fifty texts of the greatest length are below the 16 MB that BatchGetItem answers at most.
BATCH = 50
# Seconds before each try: what DynamoDB left out because it is busy, it would leave out again.
PAUSES = (0, 0.1, 0.3)
BATCHES_PER_REQUEST = 20
SECONDS_PER_REQUEST = 2.0


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

    It also stops there when DynamoDB does not serve it any further: to begin again would mean to
    read all of it again, and to be stopped at the same place.
    """
    found: list[Mapping[str, Any]] = []
    started = time.monotonic()
    rank = listing.start
    for number in range(BATCHES_PER_REQUEST):
        try:
            items, next_rank = _batch(table, owner, listing, rank)
            there = [item for item in items if not is_gone(item, now)]
            found += _matching(table, owner, there, listing)
        except (Throttled, TableUnavailable):
            if number == 0:
                raise
            break
        rank = next_rank
        if len(found) > listing.limit:
            return _page(found[: listing.limit], found[listing.limit - 1]["rank"])
        if rank is None or time.monotonic() - started > SECONDS_PER_REQUEST:
            break
    return _page(found, rank)


def _page(items: Sequence[Mapping[str, Any]], next_rank: str | None) -> NotePage:
    cursor = encoded_cursor(next_rank) if next_rank else None
    return NotePage(tuple(summary_of(item) for item in items), cursor)


def _batch(
    table: "Table", owner: str, listing: Listing, rank: str | None
) -> tuple[list[dict[str, Any]], str | None]:
    """The index's next items, highest rank first, and the rank to go on from."""
    arguments: dict[str, Any] = {}
    if rank:
        noteid = rank.rpartition("#")[2]
        arguments["ExclusiveStartKey"] = {"userId": owner, "noteId": noteid, "rank": rank}
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


def _matching(
    table: "Table", owner: str, items: Sequence[Mapping[str, Any]], listing: Listing
) -> list[Mapping[str, Any]]:
    if listing.tag:
        items = [item for item in items if listing.tag in item["tags"]]
    if not listing.query:
        return list(items)
    wanted = _folded(listing.query)
    in_summary = {
        item["noteId"]
        for item in items
        if wanted in _folded(item["title"]) or any(wanted in _folded(tag) for tag in item["tags"])
    }
    others = [item["noteId"] for item in items if item["noteId"] not in in_summary]
    in_text = {noteid for noteid, text in _texts(table, owner, others) if wanted in _folded(text)}
    return [item for item in items if item["noteId"] in in_summary | in_text]


def _texts(table: "Table", owner: str, noteids: Sequence[str]) -> Iterator[tuple[str, str]]:
    """The texts of up to BATCH notes, which the index does not hold."""
    read: Callable[..., Any] = table.meta.client.batch_get_item
    keys = [{"userId": owner, "noteId": noteid} for noteid in noteids]
    for pause in PAUSES:
        if not keys:
            return
        time.sleep(pause)
        wanted = {"Keys": keys, "ProjectionExpression": "noteId, note", "ConsistentRead": True}
        with translated_errors():
            answer = read(RequestItems={table.name: wanted})
        for item in answer["Responses"][table.name]:
            yield item["noteId"], item["note"]
        keys = answer["UnprocessedKeys"].get(table.name, {}).get("Keys", [])
    if keys:
        raise Throttled


def _folded(text: str) -> str:
    """Equal for what people take for equal: case does not count, nor how accents are encoded."""
    return unicodedata.normalize("NFC", text.casefold())
