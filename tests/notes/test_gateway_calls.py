"""What each operation sends, and what it returns."""

import json
import ssl
from datetime import UTC, datetime

import pytest

from notes.gateway import (
    NoteConflict,
    NoteContent,
    NoteInvalid,
    NoteNotFound,
    NotesDeleted,
    NotesGateway,
    Transport,
    UnexpectedResponse,
)
from tests.builders import note_json, page_json, summary_json
from tests.notes.conftest import NotesApi

CONTENT = NoteContent(title="Garden", note="Plant the bulbs.", tags=("home",), pinned=False)


class OperationTests:
    def test_greet_returns_the_sentence(self, api: NotesApi, gateway: NotesGateway) -> None:
        api.answers("GET", "/", {"message": "Hello, ada with email ada@example.com!"})

        assert gateway.greet() == "Hello, ada with email ada@example.com!"

    def test_list_notes_sends_what_was_asked_for_alone(
        self, api: NotesApi, gateway: NotesGateway
    ) -> None:
        api.answers("GET", "/notes", page_json())

        gateway.list_notes(q="a&b=c", tag="two words", cursor="next page", view="trash")

        sent = api.requests[0].url.partition("?")[2]
        assert sent == "limit=20&cursor=next+page&q=a%26b%3Dc&tag=two+words&view=trash"

    def test_list_notes_returns_summaries_and_the_cursor(
        self, api: NotesApi, gateway: NotesGateway
    ) -> None:
        api.answers("GET", "/notes", page_json(summary_json(noteid="a"), cursor="after-a"))

        page = gateway.list_notes()

        assert page.cursor == "after-a"
        assert page.notes[0].noteid == "a"
        assert page.notes[0].updated_at == datetime(2026, 11, 2, 9, 30, 0, 2, UTC)
        assert page.notes[0].deleted_at is None

    def test_create_note_returns_the_note_with_the_text_that_was_sent(
        self, api: NotesApi, gateway: NotesGateway
    ) -> None:
        created = note_json(version=1, message="Note created")
        del created["note"]
        api.answers("POST", "/notes", created, status=201)

        note = gateway.create_note("note1", CONTENT)

        assert (note.version, note.content) == (1, CONTENT)
        assert json.loads(api.requests[0].body) == {
            "noteid": "note1",
            "title": "Garden",
            "note": "Plant the bulbs.",
            "tags": ["home"],
            "pinned": False,
        }

    def test_get_note_returns_the_note(self, api: NotesApi, gateway: NotesGateway) -> None:
        api.answers("GET", "/notes/note1", note_json())

        assert gateway.get_note("note1").content == CONTENT

    def test_update_note_sends_the_version_it_replaces(
        self, api: NotesApi, gateway: NotesGateway
    ) -> None:
        api.answers("PUT", "/notes/note1", note_json(version=4))

        assert gateway.update_note("note1", 3, CONTENT).version == 4
        assert api.requests[0].headers["If-Match"] == '"3"'

    def test_update_note_says_what_is_stored_on_a_conflict(
        self, api: NotesApi, gateway: NotesGateway
    ) -> None:
        stored = note_json(note="Something else.", version=5)
        api.answers("PUT", "/notes/note1", {"code": "NoteChanged", "current": stored}, status=412)

        with pytest.raises(NoteConflict) as conflict:
            gateway.update_note("note1", 3, CONTENT)

        assert conflict.value.current.version == 5
        assert conflict.value.current.note == "Something else."

    def test_delete_note_moves_to_the_trash(self, api: NotesApi, gateway: NotesGateway) -> None:
        api.answers("DELETE", "/notes/note1", {"message": "Note deleted"})

        gateway.delete_note("note1")

        assert api.requests[0].url.endswith("/notes/note1")

    def test_delete_note_of_a_version_leaves_another_one(
        self, api: NotesApi, gateway: NotesGateway
    ) -> None:
        stored = note_json(version=2)
        api.answers(
            "DELETE", "/notes/note1", {"code": "NoteChanged", "current": stored}, status=412
        )
        with pytest.raises(NoteConflict):
            gateway.delete_note("note1", version=1)
        assert api.requests[0].headers["If-Match"] == '"1"'

    def test_delete_note_for_good_says_so(self, api: NotesApi, gateway: NotesGateway) -> None:
        api.answers("DELETE", "/notes/note1", {"message": "Note deleted"})

        gateway.delete_note_for_good("note1")

        assert api.requests[0].url.endswith("/notes/note1?permanent=true")

    def test_delete_notes_says_that_all_are_meant(
        self, api: NotesApi, gateway: NotesGateway
    ) -> None:
        said = {"message": "Notes deleted", "deleted": 1000, "remaining": True}
        api.answers("DELETE", "/notes", said)

        assert gateway.delete_notes() == NotesDeleted(1000, remaining=True)
        assert api.requests[0].url.endswith("/notes?confirm=all")

    @pytest.mark.parametrize(
        "changes", [{"deleted": -1}, {"deleted": True}, {"deleted": "1"}, {"remaining": None}]
    )
    def test_delete_notes_refuses_what_breaks_the_contract(
        self, changes: dict[str, object], api: NotesApi, gateway: NotesGateway
    ) -> None:
        api.answers("DELETE", "/notes", {"deleted": 1, "remaining": False, **changes})

        with pytest.raises(UnexpectedResponse):
            gateway.delete_notes()

    def test_restore_note_returns_the_note(self, api: NotesApi, gateway: NotesGateway) -> None:
        api.answers("POST", "/notes/note1/restore", note_json())

        assert gateway.restore_note("note1").noteid == "note1"


HOSTILE_IDS = [
    "",
    ".",
    "..",
    "../admin",
    "..%2fadmin",
    "%2e%2e/",
    "a/b",
    "a?x=1",
    "a#f",
    "a;b",
    "a b",
    "a\r\nX-Evil: 1",
    "a\n",
    "a\x00",
    "-leading",
    "_leading",
    "é",
    "😀",
    "a" * 65,
    "a" * 10_240,
    "//example.org",
    "http://example.org/",
    "\\",
]


class NoteIdTests:
    @pytest.mark.parametrize("noteid", HOSTILE_IDS)
    def test_a_hostile_id_is_refused_before_the_wire(
        self, noteid: str, api: NotesApi, gateway: NotesGateway
    ) -> None:
        for call in (
            lambda: gateway.get_note(noteid),
            lambda: gateway.update_note(noteid, 1, CONTENT),
            lambda: gateway.delete_note(noteid),
            lambda: gateway.restore_note(noteid),
        ):
            with pytest.raises(NoteNotFound):
                call()
        with pytest.raises(NoteInvalid):
            gateway.create_note(noteid, CONTENT)
        assert api.requests == []


class HeaderTests:
    def test_only_these_headers_are_sent(self, api: NotesApi, gateway: NotesGateway) -> None:
        api.answers("PUT", "/notes/note1", note_json())

        gateway.update_note("note1", 3, CONTENT)

        sent = dict(api.requests[0].headers)
        assert int(sent.pop("Content-Length")) == len(api.requests[0].body)
        assert sent == {
            "Accept": "application/json",
            "Accept-Encoding": "identity",
            "Authorization": "first-id-token",
            "Connection": "keep-alive",
            "Content-Type": "application/json",
            "If-Match": '"3"',
            "User-Agent": "notesite",
        }

    def test_a_cookie_of_the_api_is_not_kept(self, api: NotesApi, gateway: NotesGateway) -> None:
        api.answers("GET", "/notes/note1", note_json(), headers={"Set-Cookie": "a=b; Path=/"})

        gateway.get_note("note1")
        gateway.get_note("note1")

        assert "Cookie" not in api.requests[1].headers

    def test_proxies_and_netrc_of_the_environment_are_not_used(
        self, api: NotesApi, gateway: NotesGateway, monkeypatch: pytest.MonkeyPatch, tmp_path
    ) -> None:
        (tmp_path / "netrc").write_text("machine 127.0.0.1 login other password secret\n")
        monkeypatch.setenv("NETRC", str(tmp_path / "netrc"))
        monkeypatch.setenv("HTTP_PROXY", "http://proxy.example:3128")
        api.answers("GET", "/notes/note1", note_json())

        gateway.get_note("note1")

        assert api.requests[0].headers["Authorization"] == "first-id-token"
        assert not api.requests[0].req_kwargs["proxies"]


class ConnectionTests:
    def test_one_tls_context_serves_every_connection(self, monkeypatch: pytest.MonkeyPatch) -> None:
        made: list[ssl.SSLContext] = []
        make = ssl.create_default_context

        def counted(**given: str) -> ssl.SSLContext:
            made.append(make(**given))
            return made[-1]

        monkeypatch.setattr(ssl, "create_default_context", counted)
        Transport("https://api.example.com/prod", read_seconds=4, pool_size=2)
        assert len(made) == 1
