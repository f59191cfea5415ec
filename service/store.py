"""NotesStore: the table Notes behind one method for each operation."""

from collections.abc import Callable, Mapping
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

from service import deletion, listing
from service.dynamodb import ConditionNotMet, translated_errors
from service.errors import NoteChanged, NoteExists, NoteInTrash, NoteNotFound
from service.item import (
    active_rank,
    content_attributes,
    is_gone,
    new_item,
    note_of,
    timestamp,
    trash_rank,
)
from service.note import Note, NoteContent, NotePage

if TYPE_CHECKING:
    from types_boto3_dynamodb.service_resource import Table


def _utc_now() -> datetime:
    return datetime.now(UTC)


class NotesStore:
    """Every method takes the owner first, and reads and writes that person's notes only.

    Each write of a note is one conditional request, so that nothing is decided on what was read
    before, and all may be repeated after an answer was lost. All raise ``Throttled`` or
    ``TableUnavailable`` when DynamoDB cannot serve them.
    """

    def __init__(
        self, table: "Table", trash_days: int, now: Callable[[], datetime] = _utc_now
    ) -> None:
        self._table = table
        self._trash = timedelta(days=trash_days)
        self._now = now

    def list_notes(self, owner: str, wanted: listing.Listing) -> NotePage:
        return listing.list_notes(self._table, owner, wanted, self._now())

    def create_note(self, owner: str, noteid: str, content: NoteContent) -> Note:
        """The note as created, now or by the same call before; raises NoteExists."""
        now = self._now()
        item = new_item(owner, noteid, content, timestamp(now))
        try:
            with translated_errors():
                self._table.put_item(
                    Item=item,
                    ConditionExpression="attribute_not_exists(noteId) OR expires_at <= :now",
                    ExpressionAttributeValues={":now": int(now.timestamp())},
                    ReturnValuesOnConditionCheckFailure="ALL_OLD",
                )
        except ConditionNotMet as refusal:
            existing = refusal.item
            is_repeat = existing["created_digest"] == item["created_digest"]
            if not is_repeat or "deleted_at" in existing:
                raise NoteExists(note_of(existing)) from None
            item = new_item(owner, noteid, content, existing["created_at"])
        return note_of(item)

    def delete_notes(self, owner: str) -> deletion.Deletion:
        """Delete a bounded number of the owner's notes for good; may raise Throttled."""
        return deletion.delete_notes(self._table, owner)

    def get_note(self, owner: str, noteid: str) -> Note:
        """The note, in the trash or not; raises NoteNotFound."""
        with translated_errors():
            answer = self._table.get_item(
                Key={"userId": owner, "noteId": noteid}, ConsistentRead=True
            )
        return self._there(answer.get("Item", {}))

    def update_note(self, owner: str, noteid: str, content: NoteContent, version: int) -> Note:
        """The note as it is then; raises NoteNotFound, NoteInTrash and NoteChanged.

        A note that has this content already is no conflict: it is what a repeated save finds.
        """
        updated_at = timestamp(self._now())
        changes = {
            **content_attributes(content),
            "version": version + 1,
            "updated_at": updated_at,
            "rank": active_rank(noteid, content.pinned, updated_at),
        }
        try:
            return self._update(
                owner,
                noteid,
                f"SET {_assignments(changes)}",
                condition="version = :expected AND attribute_not_exists(deleted_at)",
                values={**_placeholders(changes), ":expected": version},
            )
        except ConditionNotMet as refusal:
            current = self._there(refusal.item)
            if current.deleted_at:
                raise NoteInTrash(current) from None
            if current.content != content:
                raise NoteChanged(current) from None
            return current

    def delete_note(self, owner: str, noteid: str, version: int | None) -> None:
        """Move the note to the trash; raises NoteNotFound and NoteChanged.

        A note in the trash stays as it is, whatever its version: the wish is fulfilled.
        """
        now = self._now()
        deleted_at = timestamp(now)
        changes = {
            "deleted_at": deleted_at,
            "expires_at": int((now + self._trash).timestamp()),
            "rank": trash_rank(noteid, deleted_at),
        }
        condition = "attribute_exists(noteId) AND attribute_not_exists(deleted_at)"
        try:
            self._update(
                owner,
                noteid,
                # The right sides are the item as it was: active_rank is the rank to come back to.
                f"SET active_rank = #rank, version = version + :one, {_assignments(changes)}",
                condition=_guarded(condition, version),
                values={**_placeholders(changes), ":one": 1, **_expected(version)},
            )
        except ConditionNotMet as refusal:
            current = self._there(refusal.item)
            if not current.deleted_at:
                raise NoteChanged(current) from None

    def delete_note_for_good(self, owner: str, noteid: str, version: int | None) -> None:
        """Delete a note in the trash; raises NoteNotFound for one in use, and NoteChanged.

        Where there is no note, the wish is fulfilled: so a repetition finds it.
        """
        condition = "attribute_exists(deleted_at) AND expires_at > :now"
        try:
            with translated_errors():
                self._table.delete_item(
                    Key={"userId": owner, "noteId": noteid},
                    ConditionExpression=_guarded(condition, version),
                    ExpressionAttributeValues={":now": self._seconds(), **_expected(version)},
                    ReturnValuesOnConditionCheckFailure="ALL_OLD",
                )
        except ConditionNotMet as refusal:
            if not refusal.item or is_gone(refusal.item, self._now()):
                return
            current = note_of(refusal.item)
            if not current.deleted_at:
                raise NoteNotFound from None
            raise NoteChanged(current) from None

    def restore_note(self, owner: str, noteid: str) -> Note:
        """The note in use again; raises NoteNotFound."""
        try:
            return self._update(
                owner,
                noteid,
                "SET #rank = active_rank, version = version + :one "
                "REMOVE active_rank, deleted_at, expires_at",
                condition="attribute_exists(deleted_at) AND expires_at > :now",
                values={":one": 1, ":now": self._seconds()},
            )
        except ConditionNotMet as refusal:
            return self._there(refusal.item)

    def _update(
        self, owner: str, noteid: str, expression: str, *, condition: str, values: dict[str, Any]
    ) -> Note:
        with translated_errors():
            answer = self._table.update_item(
                Key={"userId": owner, "noteId": noteid},
                UpdateExpression=expression,
                ConditionExpression=condition,
                # The only attribute of ours whose name DynamoDB reserves.
                ExpressionAttributeNames={"#rank": "rank"},
                ExpressionAttributeValues=values,
                ReturnValues="ALL_NEW",
                ReturnValuesOnConditionCheckFailure="ALL_OLD",
            )
        return note_of(answer["Attributes"])

    def _seconds(self) -> int:
        return int(self._now().timestamp())

    def _there(self, item: Mapping[str, Any]) -> Note:
        if not item or is_gone(item, self._now()):
            raise NoteNotFound
        return note_of(item)


def _assignments(changes: Mapping[str, Any]) -> str:
    return ", ".join(f"{'#rank' if name == 'rank' else name} = :{name}" for name in changes)


def _placeholders(changes: Mapping[str, Any]) -> dict[str, Any]:
    return {f":{name}": value for name, value in changes.items()}


def _guarded(condition: str, version: int | None) -> str:
    return condition if version is None else f"{condition} AND version = :expected"


def _expected(version: int | None) -> dict[str, Any]:
    return {} if version is None else {":expected": version}
