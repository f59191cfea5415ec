"""A note as the service knows it: its content, its summary and their JSON."""

import hashlib
import json
from dataclasses import dataclass
from typing import Any

SNIPPET_LENGTH = 160


@dataclass(frozen=True, slots=True)
class NoteContent:
    """What a person writes; everything else about a note is the service's."""

    title: str
    note: str
    tags: tuple[str, ...]
    pinned: bool

    def digest(self) -> str:
        """The same for the same content, so that a repeated create is recognised."""
        parts = json.dumps([self.title, self.note, list(self.tags), self.pinned])
        return hashlib.sha256(parts.encode()).hexdigest()

    def snippet(self) -> str:
        """The beginning of the text on one line."""
        # Ten times the length is enough unless the text begins with a desert of white space.
        line = " ".join(self.note[: 10 * SNIPPET_LENGTH].split())
        if len(line) <= SNIPPET_LENGTH and len(self.note) <= 10 * SNIPPET_LENGTH:
            return line
        return line[: SNIPPET_LENGTH - 1].rstrip() + "…"


@dataclass(frozen=True, slots=True)
class NoteSummary:
    """A note in a list: everything but the text."""

    noteid: str
    title: str
    snippet: str
    tags: tuple[str, ...]
    pinned: bool
    version: int
    created_at: str
    updated_at: str
    deleted_at: str | None

    def to_json(self) -> dict[str, Any]:
        return {
            "noteid": self.noteid,
            "title": self.title,
            "snippet": self.snippet,
            "tags": list(self.tags),
            "pinned": self.pinned,
            "version": self.version,
            "created_at": self.created_at,
            "updated_at": self.updated_at,
            "deleted_at": self.deleted_at,
        }


@dataclass(frozen=True, slots=True)
class Note:
    noteid: str
    content: NoteContent
    version: int
    created_at: str
    updated_at: str
    deleted_at: str | None

    @property
    def etag(self) -> str:
        """The version as RFC 9110 section 8.8.3 writes it."""
        return f'"{self.version}"'

    def to_json(self) -> dict[str, Any]:
        return {
            "noteid": self.noteid,
            "title": self.content.title,
            "note": self.content.note,
            "tags": list(self.content.tags),
            "pinned": self.content.pinned,
            "version": self.version,
            "created_at": self.created_at,
            "updated_at": self.updated_at,
            "deleted_at": self.deleted_at,
        }

    def to_json_without_text(self) -> dict[str, Any]:
        fields = self.to_json()
        del fields["note"]
        return fields


@dataclass(frozen=True, slots=True)
class NotePage:
    notes: tuple[NoteSummary, ...]
    cursor: str | None

    def to_json(self) -> dict[str, Any]:
        return {"notes": [summary.to_json() for summary in self.notes], "cursor": self.cursor}
