"""Notes from a file that somebody brings: an archive of ours, another ZIP of texts, or one text."""

import codecs
import hashlib
import json
import re
import struct
import unicodedata
import zipfile
import zlib
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from pathlib import PurePosixPath
from typing import IO, Any

from notes.archive import INDEX
from notes.gateway import NoteContent
from notes.gateway.note import TEXT_BYTES, TITLE_CHARACTERS, is_note_id

FILES = 20_000
# About 400 a note. As JSON of the worst kind these take 30 times as much memory.
INDEX_BYTES = 8_000_000
# As UTF-16, a text that a note can hold takes at most twice its bytes, and a mark before them.
FILE_BYTES = 2 * TEXT_BYTES + 2
TEXT_ENDINGS = {".md", ".markdown", ".txt"}
# Hidden files, what macOS adds, and folders.
NO_NOTES = re.compile(r"(^|/)(\.[^./]|__MACOSX/)|/$")
# Of these zipfile unpacks no more than it is asked for; of others, megabytes from a few bytes.
PACKINGS = {zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED}
# Bit 11 of the flags (PKWARE's APPNOTE.TXT, 4.4.4).
MARKED_AS_UTF_8 = 1 << 11

# What zipfile raises for an archive or an entry that is damaged or encrypted; much of
# it comes from the modules below.
_BROKEN = (
    zipfile.BadZipFile,
    zlib.error,
    struct.error,
    RuntimeError,
    EOFError,
    OSError,
    ValueError,
    OverflowError,
    IndexError,
)

_File = tuple[PurePosixPath, zipfile.ZipInfo]


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
    """A file of an archive that is no note, or how many, and why."""

    name: str
    reason: str


def read(name: str, file: IO[bytes]) -> Iterator[Incoming | Unreadable]:
    """What is in an archive of ours, in any other ZIP of text files, or in one text file.

    Raises NotReadable at once; afterwards what is no note is yielded as such. What was changed
    last comes last, so that it is the newest here too. Hidden files, and those that macOS adds to
    a ZIP, count for nothing.
    """
    path = _path(name)
    if _is_text(path):
        return iter([_loose(path, file.read(FILE_BYTES + 1))])
    try:
        archive = zipfile.ZipFile(file)
    except _BROKEN:
        raise NotReadable(
            "This is neither a ZIP file nor a text file (.md, .markdown, .txt), or it is damaged."
        ) from None
    files = [
        (_path(_name(entry)), entry)
        for entry in archive.infolist()
        if not NO_NOTES.search(_name(entry))
    ]
    if len(files) > FILES:
        raise NotReadable(f"This archive has more than {FILES:,} files.")
    if not any(_is_text(path) or path.name == INDEX for path, _ in files):
        raise NotReadable("There is no text file (.md, .markdown, .txt) in this archive.")
    return _unpacked(archive, files)


def _unpacked(archive: zipfile.ZipFile, files: list[_File]) -> Iterator[Incoming | Unreadable]:
    index = _index(archive, files)
    if isinstance(index, Unreadable):
        yield index
        index = {}
    # Newest first, as our archives are already; those without dates keep their order.
    files.sort(key=lambda file: file[1].date_time, reverse=True)
    for path, entry in reversed(files):
        if not _is_text(path):
            continue
        data = _data(archive, entry, FILE_BYTES)
        if data is None:
            yield Unreadable(str(path), "is damaged, encrypted or packed in an unusual way")
        elif path in index:
            yield _described(path, data, index[path])
        else:
            yield _loose(path, data)
    others = sum(not _is_text(path) and path.name != INDEX for path, _ in files)
    if others:
        counted = "1 file" if others == 1 else f"{others:,} files"
        yield Unreadable(counted, "left out: only .md, .markdown and .txt are taken")


def _name(entry: zipfile.ZipInfo) -> str:
    """zipfile takes a name for cp437 that is not marked as UTF-8; that of macOS is UTF-8 too."""
    if not entry.flag_bits & MARKED_AS_UTF_8:
        with suppress(UnicodeError):
            return entry.filename.encode("cp437").decode()
    return entry.filename


def _path(name: str) -> PurePosixPath:
    """In one form: macOS takes letters and accents apart, some of Windows write backslashes."""
    return PurePosixPath(unicodedata.normalize("NFC", name).replace("\\", "/"))


def _is_text(path: PurePosixPath) -> bool:
    return path.suffix.lower() in TEXT_ENDINGS


def _data(archive: zipfile.ZipFile, entry: zipfile.ZipInfo, most: int) -> bytes | None:
    """What the entry holds, cut one byte after ``most``; None if it cannot be unpacked."""
    if entry.compress_type not in PACKINGS:
        return None
    try:
        with archive.open(entry) as packed:
            return packed.read(most + 1)
    except _BROKEN:
        return None


def _described(
    path: PurePosixPath, data: bytes, index_entry: dict[str, Any]
) -> Incoming | Unreadable:
    text = _text(path, data, "utf-8")
    if isinstance(text, Unreadable):
        return text
    tags = index_entry.get("tags")
    content = NoteContent(
        title=str(index_entry.get("title") or "")[:TITLE_CHARACTERS],
        note=text,
        tags=tuple(str(tag) for tag in tags) if isinstance(tags, list) else (),
        pinned=index_entry.get("pinned") is True,
    )
    noteid = str(index_entry.get("noteid"))
    if not is_note_id(noteid):
        noteid = _derived_id(path, text)
    return Incoming(str(path), noteid, content, is_deleted=bool(index_entry.get("deleted_at")))


def _loose(path: PurePosixPath, data: bytes) -> Incoming | Unreadable:
    """A text file of somebody else's: its name is the title, and lines end as the editor's do."""
    is_utf_16 = data.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE))
    text = _text(path, data, "utf-16" if is_utf_16 else "utf-8-sig")
    if isinstance(text, Unreadable):
        return text
    text = text.replace("\r\n", "\n").replace("\r", "\n")
    title = path.stem[:TITLE_CHARACTERS]
    return Incoming(str(path), _derived_id(path, text), NoteContent(title, text))


def _text(path: PurePosixPath, data: bytes, encoding: str) -> str | Unreadable:
    too_large = f"is larger than the {TEXT_BYTES:,} bytes that a note can hold"
    if len(data) > FILE_BYTES:
        return Unreadable(str(path), too_large)
    try:
        text = data.decode(encoding)
    except UnicodeDecodeError:
        return Unreadable(str(path), "is not text in UTF-8 or UTF-16: save it as UTF-8 first")
    if len(text.encode()) > TEXT_BYTES:
        return Unreadable(str(path), too_large)
    return Unreadable(str(path), "is not text") if "\x00" in text else text


def _derived_id(name: object, text: str) -> str:
    return "i" + hashlib.sha256(f"{name}\0{text}".encode()).hexdigest()[:32]


def _index(
    archive: zipfile.ZipFile, files: list[_File]
) -> dict[PurePosixPath, dict[str, Any]] | Unreadable:
    """What notes.json says, by file; nothing when there is none or it says something else.

    It is in a folder if the archive was unpacked and packed again.
    """
    indexes = [file for file in files if file[0].name == INDEX]
    if not indexes:
        return {}
    path, entry = min(indexes, key=lambda file: len(file[0].parts))
    data = _data(archive, entry, INDEX_BYTES)
    if data is None or len(data) > INDEX_BYTES:
        lost = "titles come from the files' names, and tags are missing"
        return Unreadable(str(path), f"is damaged or too large: {lost}")
    try:
        notes = json.loads(data)["notes"]
        return {path.parent / _path(str(note["file"])): note for note in notes}
    except (KeyError, TypeError, ValueError, RecursionError):
        return {}
