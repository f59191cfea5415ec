"""The archive: out and in again to the byte, and no harm from a crafted one."""

import io
import json
import re
import tracemalloc
import zipfile
from collections.abc import Iterable
from dataclasses import replace
from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from notes import archive
from notes.archive import Incoming, NotReadable, Unreadable
from notes.gateway import Note, NoteContent
from tests.builders import note_json

NOTE = Note.from_json(note_json())


def zipped(notes: Iterable[Note]) -> io.BytesIO:
    return io.BytesIO(b"".join(archive.write(notes)))


def zip_of(files: dict[str, bytes]) -> io.BytesIO:
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w") as into:
        for name, data in files.items():
            into.writestr(name, data)
    made.seek(0)
    return made


CONTENTS = st.builds(
    NoteContent,
    title=st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0"), max_size=200),
    note=st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0"), max_size=300),
    tags=st.lists(st.text("abc é,=+@-", min_size=1, max_size=50), max_size=3).map(tuple),
    pinned=st.booleans(),
)


class RoundTripTests:
    @given(st.lists(CONTENTS, max_size=5))
    def test_what_went_out_comes_in(self, contents: list[NoteContent]) -> None:
        notes = [
            replace(
                NOTE,
                noteid=f"note{n}",
                title=content.title,
                note=content.note,
                tags=content.tags,
                pinned=content.pinned,
            )
            for n, content in enumerate(contents)
        ]

        back = list(archive.read("notes.zip", zipped(notes)))

        assert [entry.content for entry in back] == contents
        assert [entry.noteid for entry in back] == [note.noteid for note in notes]

    @given(st.text(st.characters(exclude_categories=["Cs"])))
    def test_file_names_are_flat_and_harmless(self, title: str) -> None:
        (name, index) = zipfile.ZipFile(zipped([replace(NOTE, title=title)])).namelist()

        assert index == "notes.json"
        assert re.fullmatch(r"notes/00001(-[\w-]+)?\.md", name)
        assert len(name) < 90

    def test_notes_in_the_trash_are_kept_apart(self) -> None:
        deleted = replace(NOTE, deleted_at=datetime(2026, 11, 10, tzinfo=UTC))

        made = zipped([NOTE, deleted])

        assert zipfile.ZipFile(made).namelist()[:2] == [
            "notes/00001-garden.md",
            "trash/00002-garden.md",
        ]
        assert [entry.is_deleted for entry in archive.read("a.zip", made)] == [False, True]

    def test_it_is_written_as_the_notes_come(self) -> None:
        asked: list[int] = []

        def notes() -> Iterable[Note]:
            for number in range(3):
                asked.append(number)
                yield NOTE

        pieces = archive.write(notes())
        first = next(pieces)

        assert asked == [0]
        assert b"notes/00001-garden.md" in first

    def test_an_empty_archive_is_one(self) -> None:
        assert list(archive.read("notes.zip", zipped([]))) == []


class ForeignFileTests:
    def test_a_text_file_is_a_note_with_its_name_as_title(self) -> None:
        (note,) = archive.read("Garden plan.md", io.BytesIO(b"\xef\xbb\xbf# Bulbs\r\n"))

        assert isinstance(note, Incoming)
        assert note.content == NoteContent("Garden plan", "# Bulbs\r\n")

    def test_the_same_file_gives_the_same_id_and_another_text_another(self) -> None:
        ids = [
            next(archive.read("a.txt", io.BytesIO(text))).noteid for text in (b"one", b"one", b"2")
        ]

        assert ids[0] == ids[1] != ids[2]

    def test_text_files_of_any_folder_are_taken(self) -> None:
        files = {"x/y/one.md": b"1", "two.txt": b"2", "picture.png": b"\x89PNG", "x/": b""}

        assert [e.content.title for e in archive.read("a.zip", zip_of(files))] == ["one", "two"]

    @pytest.mark.parametrize(
        ("data", "reason"),
        [
            (b"\xff\xfe\x00", "is not text in UTF-8"),
            (b"a\x00b", "is not text"),
            (b"x" * 300_001, "is larger than the 300,000 bytes that a note can hold"),
        ],
    )
    def test_what_is_no_note_is_named_and_the_rest_taken(self, data: bytes, reason: str) -> None:
        bad, good = archive.read("a.zip", zip_of({"bad.md": data, "good.md": b"fine"}))

        assert bad == Unreadable("bad.md", reason)
        assert isinstance(good, Incoming)

    @pytest.mark.parametrize("data", [b"", b"no zip", b"PK\x03\x04 cut off"])
    def test_what_is_no_archive_is_refused(self, data: bytes) -> None:
        with pytest.raises(NotReadable):
            archive.read("notes.zip", io.BytesIO(data))

    def test_an_entry_that_would_unpack_to_very_much_is_not_unpacked(self) -> None:
        bomb = io.BytesIO()
        with zipfile.ZipFile(bomb, "w", zipfile.ZIP_DEFLATED) as into:
            into.writestr("bomb.md", b"0" * 50_000_000)

        tracemalloc.start()
        (entry,) = archive.read("a.zip", bomb)
        _, most = tracemalloc.get_traced_memory()
        tracemalloc.stop()

        assert isinstance(entry, Unreadable)
        assert most < 5_000_000

    def test_a_damaged_entry_is_named(self) -> None:
        made = zip_of({"a.md": b"hello hello"})
        damaged = io.BytesIO(made.getvalue().replace(b"hello hello", b"hello jello", 1))

        assert list(archive.read("a.zip", damaged)) == [
            Unreadable("a.md", "is damaged or encrypted")
        ]

    @pytest.mark.parametrize(
        "index",
        [
            b"[]",
            b"{",
            b'{"notes": 7}',
            b'{"notes": [{"nofile": 1}]}',
            b"[" * 100_000,
            json.dumps({"notes": [{"file": "a.md", "noteid": "../x", "tags": 7}]}).encode(),
        ],
    )
    def test_an_index_that_says_nonsense_harms_nothing(self, index: bytes) -> None:
        (entry,) = archive.read("a.zip", zip_of({"a.md": b"text", "notes.json": index}))

        assert isinstance(entry, Incoming)
        assert entry.content.note == "text"
        assert re.fullmatch("i[0-9a-f]{32}", entry.noteid)
