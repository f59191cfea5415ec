"""Notes as a ZIP file: each text in a Markdown file, and the rest about them in notes.json."""

import hashlib
import io
import json
import zipfile
import zlib
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import PurePosixPath
from typing import IO, Any

from django.utils.text import slugify

from notes.gateway import Note, NoteContent
from notes.gateway.note import TEXT_BYTES, TITLE_CHARACTERS, is_note_id

INDEX = "notes.json"
INDEX_BYTES = 20_000_000
FILES = 20_000
TEXT_ENDINGS = {".md", ".markdown", ".txt"}


class NotReadable(Exception):
    """The file cannot be taken for notes; the message says why."""


@dataclass(frozen=True, slots=True)
class Incoming:
    """A note read from a file. The same file gives the same id each time it is read."""

    name: str
    noteid: str
    content: NoteContent
    is_deleted: bool = False

    @property
    def copy_id(self) -> str:
        """An id beside one that is used by a note with other content."""
        return _derived_id(self.noteid, json.dumps(self.content.to_json()))


@dataclass(frozen=True, slots=True)
class Unreadable:
    """A file of an archive that is no note, and why."""

    name: str
    reason: str


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


def read(name: str, file: IO[bytes]) -> Iterator[Incoming | Unreadable]:
    """What is in an archive of ours, in any other ZIP of text files, or in one text file.

    Raises NotReadable at once; afterwards each file that is no note is yielded as such.
    """
    if PurePosixPath(name.lower()).suffix in TEXT_ENDINGS:
        return iter([_loose(name, file.read(TEXT_BYTES + 1))])
    try:
        archive = zipfile.ZipFile(file)
        entries = [entry for entry in archive.infolist() if not entry.is_dir()]
        index = _index(archive)
    except (zipfile.BadZipFile, *_BROKEN_ENTRY):
        raise NotReadable("This is neither a ZIP file nor a text file.") from None
    if len(entries) > FILES:
        raise NotReadable(f"This archive has more than {FILES:,} files.")
    return (
        _from_archive(archive, entry, index.get(entry.filename))
        for entry in entries
        if PurePosixPath(entry.filename.lower()).suffix in TEXT_ENDINGS
    )


# What zipfile raises for an entry that is damaged, encrypted or packed in an unknown way.
_BROKEN_ENTRY = (zipfile.BadZipFile, zlib.error, RuntimeError, NotImplementedError, EOFError)


def _from_archive(
    archive: zipfile.ZipFile, entry: zipfile.ZipInfo, said: dict[str, Any] | None
) -> Incoming | Unreadable:
    try:
        # Never more than a note can hold, whatever a crafted entry would unpack to.
        data = archive.open(entry).read(TEXT_BYTES + 1)
    except _BROKEN_ENTRY:
        return Unreadable(entry.filename, "is damaged or encrypted")
    return _described(entry.filename, data, said) if said else _loose(entry.filename, data)


def _described(name: str, data: bytes, said: dict[str, Any]) -> Incoming | Unreadable:
    text = _text(name, data, "utf-8")
    if isinstance(text, Unreadable):
        return text
    tags = said.get("tags")
    content = NoteContent(
        title=str(said.get("title") or "")[:TITLE_CHARACTERS],
        note=text,
        tags=tuple(str(tag) for tag in tags) if isinstance(tags, list) else (),
        pinned=said.get("pinned") is True,
    )
    noteid = str(said.get("noteid"))
    if not is_note_id(noteid):
        noteid = _derived_id(name, text)
    return Incoming(name, noteid, content, is_deleted=bool(said.get("deleted_at")))


def _loose(name: str, data: bytes) -> Incoming | Unreadable:
    """A text file of somebody else's: its name is the title."""
    text = _text(name, data, "utf-8-sig")
    if isinstance(text, Unreadable):
        return text
    title = PurePosixPath(name).stem[:TITLE_CHARACTERS]
    return Incoming(name, _derived_id(name, text), NoteContent(title, text))


def _text(name: str, data: bytes, encoding: str) -> str | Unreadable:
    if len(data) > TEXT_BYTES:
        return Unreadable(name, f"is larger than the {TEXT_BYTES:,} bytes that a note can hold")
    try:
        text = data.decode(encoding)
    except UnicodeDecodeError:
        return Unreadable(name, "is not text in UTF-8")
    return Unreadable(name, "is not text") if "\x00" in text else text


def _derived_id(name: str, text: str) -> str:
    return "i" + hashlib.sha256(f"{name}\0{text}".encode()).hexdigest()[:32]


def _index(archive: zipfile.ZipFile) -> dict[str, dict[str, Any]]:
    """What notes.json says, by file; nothing when there is none or it says something else."""
    try:
        data = json.loads(archive.open(INDEX).read(INDEX_BYTES))
        return {str(entry["file"]): entry for entry in data["notes"]}
    except (KeyError, TypeError, ValueError, RecursionError):
        return {}


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
