"""What the pages show of notes, prepared once so that templates only place it."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from urllib.parse import quote

from django.conf import settings
from django.http import HttpRequest
from django.urls import reverse
from django.utils.timezone import now

from notes.addresses import note_address
from notes.gateway import Note, NoteSummary
from notes.plain_words import plain_words

HEADING_CHARACTERS = 80
# As many as fit beside the date; the others are on the note's own page.
ROW_TAGS = 4


@dataclass(frozen=True, slots=True)
class Tag:
    name: str
    url: str


@dataclass(frozen=True, slots=True)
class Moment:
    """A moment as the page says it, and in ISO 8601 for the ``time`` element."""

    words: str
    iso: str


@dataclass(frozen=True, slots=True)
class Row:
    """A note in a list."""

    noteid: str
    url: str
    heading: str
    snippet: str
    tags: tuple[Tag, ...]
    more_tags: int
    pinned: bool
    updated: Moment
    deleted: Moment | None
    gone_after: Moment | None
    pin_url: str
    restore_url: str
    delete_for_good_url: str


def rows(notes: Iterable[NoteSummary]) -> list[Row]:
    """The rows of a page of notes."""
    base = reverse("notes:list")
    at = now()
    kept = timedelta(days=settings.NOTES_TRASH_DAYS)
    return [
        Row(
            noteid=note.noteid,
            url=note_address(base, note.noteid),
            heading=heading_of(note.title, note.snippet),
            # Without a title the snippet is the heading; it is not said twice.
            snippet=plain_words(note.snippet) if note.title.strip() else "",
            tags=tags(note.tags[:ROW_TAGS], base),
            more_tags=max(len(note.tags) - ROW_TAGS, 0),
            pinned=note.pinned,
            updated=moment(note.updated_at, at),
            deleted=moment(note.deleted_at, at) if note.deleted_at else None,
            gone_after=day(note.deleted_at + kept) if note.deleted_at else None,
            pin_url=f"{base}{note.noteid}/pin/",
            restore_url=f"{base}{note.noteid}/restore/",
            delete_for_good_url=f"{base}{note.noteid}/delete/?permanent=true",
        )
        for note in notes
    ]


def trash(request: HttpRequest) -> dict[str, int]:
    """A context processor: how many days the trash keeps a note, for every page that says it."""
    return {"trash_days": settings.NOTES_TRASH_DAYS}


def tags(names: Iterable[str], base: str = "") -> tuple[Tag, ...]:
    """Tags with the address of the list that each stands for."""
    base = base or reverse("notes:list")
    return tuple(Tag(name, f"{base}?tag={quote(name, safe='')}") for name in names)


def heading(note: Note) -> str:
    """What a note is called: its title, or the beginning of its text."""
    return heading_of(note.title, note.note)


def heading_of(title: str, text: str) -> str:
    """What a note with that title and text is called."""
    return title.strip() or _cut(plain_words(text.strip().partition("\n")[0])) or "Untitled"


def moment(value: datetime, at: datetime) -> Moment:
    """How long ago, while that is easier to read than the date."""
    age = at - value
    if age < timedelta(minutes=1):
        words = "just now"
    elif age < timedelta(hours=1):
        words = f"{age // timedelta(minutes=1)} min ago"
    elif age < timedelta(hours=24):
        words = f"{age // timedelta(hours=1)} h ago"
    elif age < timedelta(days=7):
        days = age // timedelta(days=1)
        words = f"{days} days ago" if days > 1 else "yesterday"
    else:
        words = _date(value, at)
    return Moment(words, value.isoformat())


def day(value: datetime) -> Moment:
    """A date in words."""
    return Moment(f"{value.day} {value:%B %Y}", value.isoformat())


def _date(value: datetime, at: datetime) -> str:
    return f"{value.day} {value:%b}" if value.year == at.year else f"{value.day} {value:%b %Y}"


def _cut(text: str) -> str:
    return text if len(text) <= HEADING_CHARACTERS else f"{text[:HEADING_CHARACTERS].rstrip()}…"
