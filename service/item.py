"""A note as the table stores it: the item's attributes and its rank in the index."""

import re
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any, Literal

from service.note import Note, NoteContent, NoteSummary

View = Literal["active", "trash"]

# Sorts as text: state, then pinned, then time, then the id, so that no two notes share a rank.
RANK = re.compile(
    r"(?P<view>active|trash)#[01]#[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}\.[0-9]{6}Z"
    r"#(?P<noteid>[A-Za-z0-9][A-Za-z0-9_-]{0,63})"
)


def timestamp(moment: datetime) -> str:
    """ISO 8601 in UTC, always of the same length."""
    return moment.astimezone(UTC).isoformat(timespec="microseconds").replace("+00:00", "Z")


def active_rank(noteid: str, pinned: bool, updated_at: str) -> str:
    return f"active#{int(pinned)}#{updated_at}#{noteid}"


def trash_rank(noteid: str, deleted_at: str) -> str:
    return f"trash#0#{deleted_at}#{noteid}"


def content_attributes(content: NoteContent) -> dict[str, Any]:
    return {
        "title": content.title,
        "note": content.note,
        "tags": list(content.tags),
        "pinned": content.pinned,
        "snippet": content.snippet(),
    }


def new_item(owner: str, noteid: str, content: NoteContent, created_at: str) -> dict[str, Any]:
    return {
        "userId": owner,
        "noteId": noteid,
        "rank": active_rank(noteid, content.pinned, created_at),
        "version": 1,
        "created_at": created_at,
        "updated_at": created_at,
        "created_digest": content.digest(),
        **content_attributes(content),
    }


def note_of(item: Mapping[str, Any]) -> Note:
    return Note(
        noteid=item["noteId"],
        content=NoteContent(
            title=item["title"],
            note=item["note"],
            tags=tuple(item["tags"]),
            pinned=item["pinned"],
        ),
        version=int(item["version"]),
        created_at=item["created_at"],
        updated_at=item["updated_at"],
        deleted_at=item.get("deleted_at"),
    )


def summary_of(item: Mapping[str, Any]) -> NoteSummary:
    return NoteSummary(
        noteid=item["noteId"],
        title=item["title"],
        snippet=item["snippet"],
        tags=tuple(item["tags"]),
        pinned=item["pinned"],
        version=int(item["version"]),
        created_at=item["created_at"],
        updated_at=item["updated_at"],
        deleted_at=item.get("deleted_at"),
    )


def is_gone(item: Mapping[str, Any], now: datetime) -> bool:
    """Whether its time in the trash is over; DynamoDB removes it within some days only.

    https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/howitworks-ttl.html
    """
    return "expires_at" in item and int(item["expires_at"]) <= int(now.timestamp())
