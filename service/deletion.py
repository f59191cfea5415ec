"""All notes of one person, deleted in steps of bounded size that may be repeated."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from boto3.dynamodb.conditions import Key

from service.deadline import Deadline
from service.dynamodb import translated_errors
from service.errors import TableUnavailable, Throttled
from service.listing import INDEX

if TYPE_CHECKING:
    from types_boto3_dynamodb.service_resource import Table

# What one BatchWriteItem takes.
# https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/API_BatchWriteItem.html
BATCH = 25
NOTES_PER_ROUND = 4 * BATCH
ROUNDS_PER_REQUEST = 10


@dataclass(frozen=True, slots=True)
class Deletion:
    """What one request has done, and whether there may be more to do."""

    deleted: int
    remaining: bool

    def to_json(self) -> dict[str, Any]:
        return {
            "message": "Notes deleted",
            "deleted": self.deleted,
            "remaining": self.remaining,
        }


def delete_notes(table: "Table", owner: str) -> Deletion:
    """Delete for good, whatever version and wherever; each round begins at what is left.

    It stops when its time is over or DynamoDB does not serve it any further. Raises Throttled or
    TableUnavailable when nothing could be deleted.
    """
    deadline = Deadline()
    deleted = 0
    try:
        for _ in range(ROUNDS_PER_REQUEST):
            noteids, is_last = _some_noteids(table, owner, deadline)
            for first in range(0, len(noteids), BATCH):
                batch = noteids[first : first + BATCH]
                refused = _delete(table, owner, batch, deadline)
                deleted += len(batch) - refused
                if refused:
                    raise Throttled
            if is_last:
                return Deletion(deleted, remaining=False)
    except (Throttled, TableUnavailable):
        if not deleted:
            raise
    return Deletion(deleted, remaining=True)


def _some_noteids(table: "Table", owner: str, deadline: Deadline) -> tuple[list[str], bool]:
    """Ids, in use or in the trash, and whether these are the last; the index holds no texts."""
    deadline.check()
    with translated_errors():
        answer = table.query(
            IndexName=INDEX,
            KeyConditionExpression=Key("userId").eq(owner),
            ProjectionExpression="noteId",
            ConsistentRead=True,
            Limit=NOTES_PER_ROUND,
        )
    return [str(item["noteId"]) for item in answer["Items"]], "LastEvaluatedKey" not in answer


def _delete(table: "Table", owner: str, noteids: Sequence[str], deadline: Deadline) -> int:
    """Delete the batch; how many of it DynamoDB did not process."""
    write: Callable[..., Any] = table.meta.client.batch_write_item
    requests = [{"DeleteRequest": {"Key": {"userId": owner, "noteId": id_}}} for id_ in noteids]
    deadline.check()
    with translated_errors():
        answer = write(RequestItems={table.name: requests})
    return len(answer.get("UnprocessedItems", {}).get(table.name, []))
