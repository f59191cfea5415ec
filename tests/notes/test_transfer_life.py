"""Export and import with the notes service itself, whatever becomes of the notes in between."""

import io
import json
import zipfile
from collections.abc import Callable, Iterator
from typing import Any

import pytest
import responses
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from notes import transfer
from notes.gateway import Deadline, NoteContent, NotesGateway, Retries, Transport
from tests.devcloud.running import Devcloud
from tests.devcloud.sign_in import sign_in


class OneToken:
    """A TokenSource with a token that is good for the time of the tests."""

    def __init__(self, id_token: str) -> None:
        self.api_token = self.refreshed_api_token = lambda: id_token


@pytest.fixture(scope="module")
def connect(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Callable[[], NotesGateway]]:
    """Gateways to the service on devcloud, for the demo person."""
    devcloud = Devcloud(tmp_path_factory.mktemp("transfer"), ThrottlingRate="10000")
    token = OneToken(sign_in(devcloud)["id_token"])
    transport = Transport(devcloud.api, read_seconds=10, pool_size=1)
    yield lambda: NotesGateway(transport, token, Deadline(30), Retries())
    devcloud.stop()


@pytest.fixture
def notes(
    connect: Callable[[], NotesGateway],
    wire: responses.RequestsMock,
    monkeypatch: pytest.MonkeyPatch,
) -> NotesGateway:
    """The service with no notes in it, also for the pages."""
    wire.add_passthru("http://127.0.0.1:")
    monkeypatch.setattr(transfer, "gateway_for", lambda request: connect())
    connect().delete_notes()
    return connect()


def exported(browser: Client) -> bytes:
    return bytes(browser.get("/notes/export/").getvalue())


def imported(browser: Client, archive: bytes) -> str:
    file = SimpleUploadedFile("notes.zip", archive)
    return str(browser.post("/notes/import/", {"file": file}).getvalue().decode())


def with_tag(archive: bytes, tag: str) -> bytes:
    """The archive with that one tag at its one note."""
    changed = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(archive)) as old, zipfile.ZipFile(changed, "w") as new:
        for name in old.namelist():
            content = old.read(name)
            if name == "notes.json":
                index = json.loads(content)
                index["notes"][0]["tags"] = [tag]
                content = json.dumps(index).encode()
            new.writestr(name, content)
    return changed.getvalue()


def texts(notes: NotesGateway, **view: Any) -> list[str]:
    """The texts in use, or in that view."""
    page = notes.list_notes(**view)
    return sorted(notes.get_note(summary.noteid).note for summary in page.notes)


@pytest.fixture
def browser(signed_in_client: Client) -> Client:
    return signed_in_client


class RoundTripTests:
    def test_a_note_that_was_changed_since_gets_a_copy_beside_it(
        self, notes: NotesGateway, browser: Client
    ) -> None:
        notes.create_note("n1", NoteContent("", "original A", ("Two  Words",)))
        archive = exported(browser)
        notes.update_note("n1", 1, NoteContent("", "edited B"))

        page = imported(browser, archive)

        assert "this one is a copy beside it" in page
        assert texts(notes) == ["edited B", "original A"]
        imported(browser, archive)
        assert texts(notes) == ["edited B", "original A"]

    def test_a_copy_that_was_changed_since_gets_one_too(
        self, notes: NotesGateway, browser: Client
    ) -> None:
        notes.create_note("n1", NoteContent("", "A"))
        archive = exported(browser)
        notes.update_note("n1", 1, NoteContent("", "B"))
        imported(browser, archive)
        (copy,) = (it for it in notes.list_notes().notes if it.noteid != "n1")
        notes.update_note(copy.noteid, 1, NoteContent("", "C"))

        imported(browser, archive)

        assert texts(notes) == ["A", "B", "C"]

    def test_a_note_that_is_as_it_was_is_left_alone(
        self, notes: NotesGateway, browser: Client
    ) -> None:
        notes.create_note("n1", NoteContent("", "A"))
        notes.update_note("n1", 1, NoteContent("", "B", ("Tag",)))

        page = imported(browser, exported(browser))

        assert "copy" not in page
        assert notes.get_note("n1").version == 2
        assert texts(notes) == ["B"]

    def test_tags_that_were_written_elsewhere_make_no_copy(
        self, notes: NotesGateway, browser: Client
    ) -> None:
        notes.create_note("n1", NoteContent("", "A"))
        notes.update_note("n1", 1, NoteContent("", "A", ("café",)))
        written_elsewhere = with_tag(exported(browser), "Cafe\u0301")

        page = imported(browser, written_elsewhere)

        assert "copy" not in page
        assert texts(notes) == ["A"]

    @pytest.mark.parametrize("is_changed", [False, True])
    def test_a_note_that_was_restored_since_stays_in_use(
        self, notes: NotesGateway, browser: Client, is_changed: bool
    ) -> None:
        notes.create_note("n1", NoteContent("", "A"))
        notes.delete_note("n1")
        archive = exported(browser)
        restored = notes.restore_note("n1")
        if is_changed:
            notes.update_note("n1", restored.version, NoteContent("", "B"))

        imported(browser, archive)

        assert texts(notes) == (["B"] if is_changed else ["A"])
        assert texts(notes, view="trash") == (["A"] if is_changed else [])

    def test_a_note_that_is_changed_while_it_comes_in_stays_in_use(
        self, notes: NotesGateway, browser: Client, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        notes.create_note("n1", NoteContent("", "A"))
        notes.delete_note("n1")
        archive = exported(browser)
        notes.delete_notes()
        delete = NotesGateway.delete_note

        def after_a_change(gateway: NotesGateway, noteid: str, version: int | None = None) -> None:
            notes.update_note(noteid, 1, NoteContent("", "B"))
            delete(gateway, noteid, version)

        monkeypatch.setattr(NotesGateway, "delete_note", after_a_change)
        imported(browser, archive)
        assert texts(notes) == ["B"]

    def test_a_note_that_was_deleted_since_is_said_to_be_in_the_trash(
        self, notes: NotesGateway, browser: Client
    ) -> None:
        notes.create_note("n1", NoteContent("", "A"))
        archive = exported(browser)
        notes.delete_note("n1")

        assert "you have this note in the trash" in imported(browser, archive)
        assert texts(notes) == []

    def test_all_come_back_to_where_they_were(self, notes: NotesGateway, browser: Client) -> None:
        notes.create_note("n1", NoteContent("Title", "A", ("Home",), pinned=True))
        notes.create_note("n2", NoteContent("", "B"))
        notes.delete_note("n2")
        archive = exported(browser)
        before = notes.get_note("n1").content
        notes.delete_notes()

        for _ in range(2):
            assert "Done. 2 notes are here now." in imported(browser, archive)

        assert notes.get_note("n1").content == before
        assert texts(notes, view="trash") == ["B"]


class MovingNotesTests:
    def test_a_note_that_is_restored_meanwhile_is_not_missed(
        self, notes: NotesGateway, browser: Client, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        for noteid in ("restored", "n1", "n2"):
            notes.create_note(noteid, NoteContent("", noteid))
        notes.delete_note("restored")
        read = NotesGateway.get_note

        def restoring(gateway: NotesGateway, noteid: str) -> Any:
            notes.restore_note("restored")
            return read(gateway, noteid)

        monkeypatch.setattr(NotesGateway, "get_note", restoring)
        found = transfer.incoming.read("notes.zip", io.BytesIO(exported(browser)))
        assert sorted(entry.noteid for entry in found) == ["n1", "n2", "restored"]
