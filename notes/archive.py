"""Notes as a ZIP file: each text in a Markdown file, and the rest about them in notes.json."""

import io
import json
import zipfile
from collections.abc import Iterable, Iterator
from typing import Any

from django.utils.text import slugify

from notes.gateway import Note

INDEX = "notes.json"


def write(notes: Iterable[Note]) -> Iterator[bytes]:
    """The archive, piece by piece as the notes come."""
    sink = _Sink()
    index: list[dict[str, object]] = []
    with zipfile.ZipFile(sink, "w", zipfile.ZIP_DEFLATED) as archive:
        for number, note in enumerate(notes, start=1):
            name = _file_name(number, note)
            archive.writestr(_entry(name, note), note.note.encode())
            index.append(_index_entry(name, note))
            yield sink.take()
        archive.writestr(INDEX, json.dumps({"notes": index}, indent=1, ensure_ascii=False))
    yield sink.take()


def _index_entry(name: str, note: Note) -> dict[str, object]:
    return {
        "file": name,
        "noteid": note.noteid,
        "title": note.title,
        "tags": list(note.tags),
        "pinned": note.pinned,
        "version": note.version,
        "created_at": note.created_at.isoformat(),
        "updated_at": note.updated_at.isoformat(),
        "deleted_at": note.deleted_at.isoformat() if note.deleted_at else None,
    }


def words_of(title: str) -> str:
    """What is left of a title in a file's name: letters, digits and hyphens; perhaps nothing."""
    return slugify(title, allow_unicode=True)[:60].strip("-_")


def _file_name(number: int, note: Note) -> str:
    """Unique by its number on every file system."""
    folder = "trash" if note.deleted_at else "notes"
    words = words_of(note.title)
    return f"{folder}/{number:05d}-{words}.md" if words else f"{folder}/{number:05d}.md"


def _entry(name: str, note: Note) -> zipfile.ZipInfo:
    at = note.updated_at
    entry = zipfile.ZipInfo(name, (at.year, at.month, at.day, at.hour, at.minute, at.second))
    entry.compress_type = zipfile.ZIP_DEFLATED
    entry.external_attr = 0o600 << 16
    return entry


class _Sink(io.RawIOBase):
    """Where zipfile writes; what it wrote can be taken away."""

    def __init__(self) -> None:
        self._pieces: list[bytes] = []

    def writable(self) -> bool:
        return True

    def write(self, data: Any, /) -> int:
        self._pieces.append(bytes(data))
        return len(self._pieces[-1])

    def take(self) -> bytes:
        taken = b"".join(self._pieces)
        self._pieces.clear()
        return taken
