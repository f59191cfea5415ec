"""What a note was when somebody began to change it: as much of it as merging needs.

It travels in the editor's form and in drafts, so a line is there as a hash. That is enough to
tell who changed which line, and is small beside the text.
"""

import re
from base64 import urlsafe_b64encode
from dataclasses import dataclass
from hashlib import blake2b
from typing import Self

from notes.gateway import NoteContent
from notes.gateway.note import TAGS

# Comparing takes quadratic time at worst; a longer text counts as one line.
MOST_LINES = 1_000
MARK = r"[\w-]{8}"
FORM = re.compile(
    rf"({MARK})\.((?:{MARK}){{0,{TAGS}}})\.([01])\.((?:{MARK}){{1,{MOST_LINES}}})", re.ASCII
)


@dataclass(frozen=True, slots=True)
class BaseVersion:
    """The marks of a version's parts; equal parts have equal marks."""

    title: str
    tags: tuple[str, ...]
    pinned: bool
    lines: tuple[str, ...]

    @classmethod
    def of(cls, content: NoteContent) -> Self:
        return cls(
            title=mark(content.title),
            tags=tuple(map(mark, content.tags)),
            pinned=content.pinned,
            lines=tuple(map(mark, lines(content.note))),
        )

    @classmethod
    def parse(cls, text: str) -> Self | None:
        """What ``str`` made; None for anything else, as from a form without it."""
        if not (match := FORM.fullmatch(text)):
            return None
        title, tags, pinned, marks = match.groups()
        return cls(title, _eights(tags), pinned == "1", _eights(marks))

    def __str__(self) -> str:
        return ".".join(
            (self.title, "".join(self.tags), str(int(self.pinned)), "".join(self.lines))
        )

    def has_words_of(self, content: NoteContent) -> bool:
        """Whether title, text and tags are these; the pin may be another."""
        other = BaseVersion.of(content)
        return (self.title, self.tags, self.lines) == (other.title, other.tags, other.lines)


def lines(text: str) -> list[str]:
    """The text's lines without their ends, at least one. ``splitlines`` also splits at
    characters that are text here."""
    split = text.split("\n")
    return split if len(split) <= MOST_LINES else [text]


def mark(text: str) -> str:
    """Eight characters that no other text of the same note has but by a chance of 2**-48.

    A line from elsewhere may end with a CR; in a form it no longer does.
    """
    text = text.removesuffix("\r")
    return urlsafe_b64encode(blake2b(text.encode(), digest_size=6).digest()).decode()


def _eights(marks: str) -> tuple[str, ...]:
    return tuple(marks[at : at + 8] for at in range(0, len(marks), 8))
