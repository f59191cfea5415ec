"""What the notes API sends and takes: frozen values, read from JSON once."""

import re
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Self

NOTE_ID_PATTERN = r"[A-Za-z0-9][A-Za-z0-9_-]{0,63}"
TITLE_CHARACTERS = 200
TEXT_BYTES = 300_000
TAGS = 20
TAG_CHARACTERS = 50
# The contract's limits of listNotes.
QUERY_CHARACTERS = 200
CURSOR_CHARACTERS = 512


class BrokenContract(ValueError):
    """A value from the API does not have the type or form that the contract promises."""


def is_note_id(value: str) -> bool:
    """Whether the API can know a note by this id; nothing else may become part of a path."""
    return re.fullmatch(NOTE_ID_PATTERN, value) is not None


def normal_tag(tag: str) -> str:
    """The tag as the API keeps it: lower case, composed (NFC), single spaces."""
    return unicodedata.normalize("NFC", " ".join(tag.split()).lower())


@dataclass(frozen=True, slots=True)
class NoteContent:
    """What a person writes: the part of a note that create and update send."""

    title: str
    note: str
    tags: tuple[str, ...] = ()
    pinned: bool = False

    def to_json(self) -> dict[str, object]:
        return {
            "title": self.title,
            "note": self.note,
            "tags": list(self.tags),
            "pinned": self.pinned,
        }


@dataclass(frozen=True, slots=True)
class NoteSummary:
    """A note as lists show it: all but the text."""

    noteid: str
    title: str
    snippet: str
    tags: tuple[str, ...]
    pinned: bool
    version: int
    created_at: datetime
    updated_at: datetime
    deleted_at: datetime | None

    @classmethod
    def from_json(cls, data: object) -> Self:
        fields = _mapping(data)
        return cls(snippet=_text(fields, "snippet"), **_common(fields))


@dataclass(frozen=True, slots=True)
class Note:
    """A whole note."""

    noteid: str
    title: str
    note: str
    tags: tuple[str, ...]
    pinned: bool
    version: int
    created_at: datetime
    updated_at: datetime
    deleted_at: datetime | None

    @property
    def content(self) -> NoteContent:
        return NoteContent(self.title, self.note, self.tags, self.pinned)

    @classmethod
    def from_json(cls, data: object) -> Self:
        fields = _mapping(data)
        return cls(note=_text(fields, "note"), **_common(fields))


@dataclass(frozen=True, slots=True)
class NotePage:
    """Some notes of a list, and where the next ones begin; a search may find none in between."""

    notes: tuple[NoteSummary, ...]
    cursor: str | None

    @classmethod
    def from_json(cls, data: object) -> Self:
        fields = _mapping(data)
        notes = fields.get("notes")
        if not isinstance(notes, list):
            raise BrokenContract("notes is not a list")
        cursor = _text(fields, "cursor") if fields.get("cursor") is not None else None
        return cls(tuple(NoteSummary.from_json(note) for note in notes), cursor)


@dataclass(frozen=True, slots=True)
class NotesDeleted:
    """What one step of deleting all notes has done, and whether another one is needed."""

    deleted: int
    remaining: bool

    @classmethod
    def from_json(cls, data: object) -> Self:
        fields = _mapping(data)
        deleted, remaining = fields.get("deleted"), fields.get("remaining")
        if not isinstance(deleted, int) or isinstance(deleted, bool) or deleted < 0:
            raise BrokenContract("deleted is not a number of notes")
        if not isinstance(remaining, bool):
            raise BrokenContract("remaining is neither true nor false")
        return cls(deleted, remaining)


def greeting_from_json(data: object) -> str:
    """The sentence with which the API says who it takes the person for."""
    return _text(_mapping(data), "message")


def _mapping(data: object) -> Mapping[str, object]:
    if not isinstance(data, dict):
        raise BrokenContract("the answer is not a JSON object")
    return data


# Returns Any values, since mypy cannot follow keyword arguments through a dictionary.
def _common(fields: Mapping[str, object]) -> dict[str, Any]:
    noteid = _text(fields, "noteid")
    if not is_note_id(noteid):
        raise BrokenContract("noteid does not have the form of a note id")
    version = fields.get("version")
    if not isinstance(version, int) or isinstance(version, bool) or version < 1:
        raise BrokenContract("version is not a positive whole number")
    pinned = fields.get("pinned")
    if not isinstance(pinned, bool):
        raise BrokenContract("pinned is neither true nor false")
    tags = fields.get("tags")
    if not isinstance(tags, list):
        raise BrokenContract("tags is not a list")
    return {
        "noteid": noteid,
        "title": _text(fields, "title"),
        "tags": tuple(_text({"tags": tag}, "tags") for tag in tags),
        "pinned": pinned,
        "version": version,
        "created_at": _moment(fields, "created_at"),
        "updated_at": _moment(fields, "updated_at"),
        "deleted_at": (
            _moment(fields, "deleted_at") if fields.get("deleted_at") is not None else None
        ),
    }


def _text(fields: Mapping[str, object], name: str) -> str:
    value = fields.get(name)
    if not isinstance(value, str):
        raise BrokenContract(f"{name} is not a text")
    try:
        # JSON can carry half of a surrogate pair, which no page could be encoded with.
        value.encode()
    except UnicodeEncodeError:
        raise BrokenContract(f"{name} is not valid Unicode") from None
    return value


def _moment(fields: Mapping[str, object], name: str) -> datetime:
    try:
        moment = datetime.fromisoformat(_text(fields, name))
    except ValueError:
        raise BrokenContract(f"{name} is not a moment in ISO 8601") from None
    if moment.tzinfo is None:
        raise BrokenContract(f"{name} has no time zone")
    return moment
