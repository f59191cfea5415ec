"""The archive: out and in again to the byte, and no harm from a crafted one."""

import io
import json
import re
import tracemalloc
import unicodedata
import zipfile
from collections.abc import Iterable
from contextlib import suppress
from dataclasses import replace
from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from notes import archive, incoming
from notes.gateway import Note, NoteContent
from notes.incoming import Incoming, NotReadable, Unreadable
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


def as_macos_marks_it(made: io.BytesIO) -> io.BytesIO:
    """The archive without the flags that say that names are UTF-8."""
    marked = made.getvalue()
    for signature, at in ((b"PK\x03\x04", 6), (b"PK\x01\x02", 8)):
        head, *entries = marked.split(signature)
        parts = [entry[: at - 4] + b"\0\0" + entry[at - 2 :] for entry in entries]
        marked = signature.join([head, *parts])
    return io.BytesIO(marked)


NOT_UTF = "is not text in UTF-8 or UTF-16: save it as UTF-8 first"
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

        back = list(incoming.read("notes.zip", zipped(notes)))

        assert [entry.content for entry in back] == contents[::-1]
        assert [entry.noteid for entry in back] == [note.noteid for note in notes[::-1]]

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
        assert [entry.is_deleted for entry in incoming.read("a.zip", made)] == [True, False]

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
        assert list(incoming.read("notes.zip", zipped([]))) == []

    def test_the_newest_comes_last_to_be_the_newest_again(self) -> None:
        days = {"old": 1, "newest": 3, "new": 2}
        notes = [
            replace(NOTE, noteid=noteid, updated_at=datetime(2026, 11, day, tzinfo=UTC))
            for noteid, day in days.items()
        ]

        back = incoming.read("notes.zip", zipped(notes))

        assert [entry.noteid for entry in back] == ["old", "new", "newest"]

    def test_an_archive_that_was_packed_again_is_still_ours(self) -> None:
        """As macOS does it: in a folder, with names decomposed, and files of its own beside."""
        ours = zipfile.ZipFile(zipped([replace(NOTE, title="Grüße")]))
        files = {}
        for name in ours.namelist():
            packed = unicodedata.normalize("NFD", f"notes-2026/{name}")
            files[packed] = ours.read(name)
            files[f"__MACOSX/{packed}"] = b"\x00\x05\x16\x07"

        (entry,) = incoming.read("again.zip", as_macos_marks_it(zip_of(files)))

        assert isinstance(entry, Incoming)
        assert (entry.noteid, entry.content.title) == (NOTE.noteid, "Grüße")

    def test_notes_are_taken_also_when_the_index_is_damaged(self) -> None:
        made = zipped([NOTE]).getvalue()
        at = zipfile.ZipFile(io.BytesIO(made)).getinfo("notes.json").header_offset
        damaged = made[: at + 45] + b"\xff\xff\xff" + made[at + 48 :]

        told, note = incoming.read("notes.zip", io.BytesIO(damaged))

        assert isinstance(told, Unreadable)
        assert told == Unreadable(
            "notes.json",
            "is damaged or too large: titles come from the files' names, and tags are missing",
        )
        assert isinstance(note, Incoming)
        assert note.content.note == NOTE.note

    def test_an_index_that_is_too_large_is_told_and_not_read(self) -> None:
        """Read as JSON, it would take thirty times its size in memory."""
        made = io.BytesIO()
        with zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED) as into:
            into.writestr("a.md", "text")
            into.writestr("notes.json", '{"notes": [' + '{"":0},' * 1_500_000 + "0]}")

        tracemalloc.start()
        told, note = incoming.read("a.zip", made)
        _, most = tracemalloc.get_traced_memory()
        tracemalloc.stop()

        assert isinstance(told, Unreadable) and told.name == "notes.json"
        assert isinstance(note, Incoming)
        assert most < 25_000_000


class ForeignFileTests:
    def test_a_text_file_is_a_note_with_its_name_as_title(self) -> None:
        (note,) = incoming.read("Garden plan.md", io.BytesIO(b"\xef\xbb\xbf# Bulbs\r\n"))

        assert isinstance(note, Incoming)
        assert note.content == NoteContent("Garden plan", "# Bulbs\n")

    @pytest.mark.parametrize("encoding", ["utf-8-sig", "utf-16-le", "utf-16-be"])
    def test_text_as_windows_saves_it_is_text(self, encoding: str) -> None:
        mark = "" if encoding == "utf-8-sig" else "\ufeff"
        data = f"{mark}Käse\r\nBrot\rMilch\n".encode(encoding)

        (note,) = incoming.read("Liste.txt", io.BytesIO(data))

        assert isinstance(note, Incoming)
        assert note.content.note == "Käse\nBrot\nMilch\n"

    def test_as_much_is_taken_as_a_note_can_hold_however_it_is_written(self) -> None:
        for size, kind in ((300_000, Incoming), (300_001, Unreadable)):
            for encoding in ("utf-8-sig", "utf-16"):
                data = io.BytesIO(("x" * size).encode(encoding))
                assert isinstance(next(incoming.read("a.txt", data)), kind)

    def test_an_empty_file_is_a_note_with_a_title(self) -> None:
        (note,) = incoming.read("Later.md", io.BytesIO(b""))

        assert isinstance(note, Incoming)
        assert note.content == NoteContent("Later", "")

    @pytest.mark.parametrize(
        ("packed", "title"),
        [
            ("Grüße".encode("cp437"), "Grüße"),
            ("Grüße".encode(), "Grüße"),
            (unicodedata.normalize("NFD", "Grüße").encode(), "Grüße"),
            (b"Garten\\Plan", "Plan"),
            (b"../...und dann", "...und dann"),
        ],
    )
    def test_names_are_read_as_windows_and_macos_write_them(
        self, packed: bytes, title: str
    ) -> None:
        placeholder = b"N" * len(packed)
        made = zip_of({f"{placeholder.decode()}.md": b"text"}).getvalue()

        (note,) = incoming.read("a.zip", io.BytesIO(made.replace(placeholder, packed)))

        assert isinstance(note, Incoming)
        assert note.content.title == title

    def test_the_title_of_one_file_from_macos_is_composed(self) -> None:
        name = unicodedata.normalize("NFD", "Grüße.md")

        (note,) = incoming.read(name, io.BytesIO(b"text"))

        assert isinstance(note, Incoming)
        assert note.content.title == "Grüße"

    def test_hidden_files_are_left_out(self) -> None:
        files = dict.fromkeys(["a/._one.md", ".trash/two.md", "__MACOSX/._a.md", "one.md"], b"1")

        assert [entry.name for entry in incoming.read("a.zip", zip_of(files))] == ["one.md"]

    def test_an_archive_without_text_is_refused(self) -> None:
        with pytest.raises(NotReadable, match="no text file"):
            incoming.read("a.zip", zip_of({"letter.docx": b"1"}))

    def test_files_come_in_the_order_of_their_dates(self) -> None:
        made = io.BytesIO()
        with zipfile.ZipFile(made, "w") as into:
            for name, year in {"a.md": 2024, "b.md": 2022, "c.md": 2024}.items():
                into.writestr(zipfile.ZipInfo(name, (year, 1, 1, 0, 0, 0)), name)

        back = incoming.read("a.zip", made)

        assert [entry.name for entry in back] == ["b.md", "c.md", "a.md"]

    def test_the_same_file_gives_the_same_id_and_another_text_another(self) -> None:
        ids = [
            next(incoming.read("a.txt", io.BytesIO(text))).noteid for text in (b"one", b"one", b"2")
        ]

        assert ids[0] == ids[1] != ids[2]

    def test_text_files_of_any_folder_are_taken(self) -> None:
        files = {"x/y/one.md": b"1", "two.txt": b"2", "picture.png": b"\x89PNG", "x/": b""}

        two, one, others = incoming.read("a.zip", zip_of(files))

        assert isinstance(one, Incoming) and isinstance(two, Incoming)
        assert {one.content.title, two.content.title} == {"one", "two"}
        assert others == Unreadable("1 file", "left out: only .md, .markdown and .txt are taken")

    @pytest.mark.parametrize(
        ("data", "reason"),
        [
            (b"\xff\xfe\x00", NOT_UTF),
            ("Käse".encode("cp1252"), NOT_UTF),
            (b"a\x00b", "is not text"),
            (b"x" * 700_000, "is larger than the 300,000 bytes that a note can hold"),
            (b"x" * 300_001, "is larger than the 300,000 bytes that a note can hold"),
        ],
    )
    def test_what_is_no_note_is_named_and_the_rest_taken(self, data: bytes, reason: str) -> None:
        found = incoming.read("a.zip", zip_of({"bad.md": data, "good.md": b"fine"}))

        good, bad = sorted(found, key=lambda entry: isinstance(entry, Unreadable))
        assert isinstance(good, Incoming)
        assert bad == Unreadable("bad.md", reason)

    @pytest.mark.parametrize("data", [b"", b"no zip", b"PK\x03\x04 cut off"])
    def test_what_is_no_archive_is_refused(self, data: bytes) -> None:
        with pytest.raises(NotReadable):
            incoming.read("notes.zip", io.BytesIO(data))

    @pytest.mark.parametrize("packing", [zipfile.ZIP_DEFLATED, zipfile.ZIP_BZIP2, zipfile.ZIP_LZMA])
    def test_an_entry_that_would_unpack_to_very_much_is_not_unpacked(self, packing: int) -> None:
        bomb = io.BytesIO()
        with zipfile.ZipFile(bomb, "w", packing) as into:
            into.writestr("bomb.md", b"0" * 50_000_000)

        tracemalloc.start()
        (entry,) = incoming.read("a.zip", bomb)
        _, most = tracemalloc.get_traced_memory()
        tracemalloc.stop()

        assert isinstance(entry, Unreadable)
        assert most < 5_000_000

    def test_a_damaged_entry_is_named(self) -> None:
        made = zip_of({"a.md": b"hello hello"})
        damaged = io.BytesIO(made.getvalue().replace(b"hello hello", b"hello jello", 1))

        assert list(incoming.read("a.zip", damaged)) == [
            Unreadable("a.md", "is damaged, encrypted or packed in an unusual way")
        ]

    @pytest.mark.parametrize("packing", [zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED])
    @given(st.data())
    def test_whatever_is_damaged_it_is_told_and_nothing_breaks_off(
        self, packing: int, data: st.DataObject
    ) -> None:
        made = io.BytesIO()
        with zipfile.ZipFile(made, "w", packing) as into:
            for name in ("ä.md", "b.md", "notes.json"):
                into.writestr(name, '{"notes": [{"file": "b.md"}]} ' * 9)
        damaged = bytearray(made.getvalue())
        for _ in range(data.draw(st.integers(1, 4))):
            damaged[data.draw(st.integers(0, len(damaged) - 1))] = data.draw(st.integers(0, 255))

        with suppress(NotReadable):
            list(incoming.read("a.zip", io.BytesIO(damaged)))

    def test_a_name_that_is_marked_as_utf_8_and_is_not_is_refused(self) -> None:
        made = zip_of({"ä.md": b"text"}).getvalue()

        with pytest.raises(NotReadable, match="damaged"):
            incoming.read("a.zip", io.BytesIO(made.replace("ä".encode(), b"\xff\xff")))

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
        (entry,) = incoming.read("a.zip", zip_of({"a.md": b"text", "notes.json": index}))

        assert isinstance(entry, Incoming)
        assert entry.content.note == "text"
        assert re.fullmatch("i[0-9a-f]{32}", entry.noteid)
