"""/notes/<noteid>/edit/: the next version of a note, or both versions when it changed."""

import json
import re
from html import unescape

import pytest
from django.http import HttpResponse
from django.test import Client

from notes.base_version import BaseVersion
from notes.gateway import NoteContent
from tests.builders import note_json
from tests.notes.conftest import NotesApi
from tests.notes.test_create_note import typed_text

FORM = {"version": "3", "title": "Garden", "note": "one\r\nmine\r\nthree", "tags": "home"}
BEGAN_WITH = str(BaseVersion.of(NoteContent("Garden", "one\ntwo\nthree", ("home",))))


def hidden(response: HttpResponse, name: str) -> str:
    found = re.search(rf'name="{name}" value="([^"]*)"', response.content.decode())
    assert found
    return found[1]


class EditNoteTests:
    def test_it_shows_the_stored_note_and_its_version(self, api: NotesApi, browser: Client) -> None:
        api.answers("GET", "/notes/note1", note_json(note="\nlow\n", tags=["to do"], pinned=True))

        response = browser.get("/notes/note1/edit/")

        page = response.content.decode()
        assert typed_text(response) == "\nlow\n"
        assert 'name="version" value="3"' in page
        assert 'value="to do,"' in page
        assert re.search(r'name="pinned"[^>]*checked', page)

    def test_it_saves_and_goes_to_the_note(self, api: NotesApi, browser: Client) -> None:
        api.answers("PUT", "/notes/note1", note_json(version=4))

        response = browser.post("/notes/note1/edit/", FORM)

        assert (response.status_code, response["Location"]) == (302, "/notes/note1/")
        assert api.requests[0].headers["If-Match"] == '"3"'
        assert json.loads(api.requests[0].body) == {
            "title": "Garden",
            "note": "one\nmine\nthree",
            "tags": ["home"],
            "pinned": False,
        }

    @pytest.mark.parametrize("version", ["", "0", "-1", "x", '1"'])
    def test_a_forged_version_goes_no_further(
        self, version: str, api: NotesApi, browser: Client
    ) -> None:
        response = browser.post("/notes/note1/edit/", {**FORM, "version": version})

        assert response.status_code == 422
        assert b"This page does not know which note it is." in response.content
        assert api.requests == []

    def test_a_conflict_shows_both_versions_and_one_of_both(
        self, api: NotesApi, browser: Client
    ) -> None:
        stored = note_json(version=7, note="one\ntheirs\nthree", tags=["work"], title="Theirs")
        api.answers("PUT", "/notes/note1", {"code": "NoteChanged", "current": stored}, 412)

        response = browser.post("/notes/note1/edit/", FORM)

        page = response.content.decode()
        assert response.status_code == 409
        assert "<mark>theirs\n</mark>" in page
        assert "<mark>mine\n</mark>" in page
        assert ">Theirs</p>" in page
        assert typed_text(response) == "one\ntheirs\nmine\nthree"
        assert 'name="version" value="7"' in page
        assert 'value="work, home"' in page

    def test_changes_in_different_places_are_merged(self, api: NotesApi, browser: Client) -> None:
        stored = note_json(version=7, note="one\ntwo\ntheirs", tags=["home", "work"])
        api.answers("PUT", "/notes/note1", {"code": "NoteChanged", "current": stored}, 412)

        response = browser.post("/notes/note1/edit/", FORM | {"base": BEGAN_WITH})

        assert typed_text(response) == "one\nmine\ntheirs"
        assert b"The changes are in different places" in response.content
        assert BaseVersion.parse(hidden(response, "base")) == BaseVersion.of(
            NoteContent("Garden", "one\ntwo\ntheirs", ("home", "work"))
        )

    def test_a_note_that_was_only_pinned_meanwhile_is_saved(
        self, api: NotesApi, browser: Client
    ) -> None:
        stored = note_json(version=7, note="one\ntwo\nthree", tags=["home"], pinned=True)
        api.answers("PUT", "/notes/note1", {"code": "NoteChanged", "current": stored}, 412)
        api.answers("PUT", "/notes/note1", note_json(version=8))

        response = browser.post("/notes/note1/edit/", FORM | {"base": BEGAN_WITH})

        assert (response.status_code, response["Location"]) == (302, "/notes/note1/")
        assert api.requests[1].headers["If-Match"] == '"7"'
        assert json.loads(api.requests[1].body) == {
            "title": "Garden",
            "note": "one\nmine\nthree",
            "tags": ["home"],
            "pinned": True,
        }

    @pytest.mark.parametrize(("saved", "typed"), [(True, False), (False, True), (True, True)])
    def test_each_version_says_whether_it_is_pinned(
        self, saved: bool, typed: bool, api: NotesApi, browser: Client
    ) -> None:
        stored = note_json(version=7, note="theirs", tags=[], pinned=saved)
        api.answers("PUT", "/notes/note1", {"code": "NoteChanged", "current": stored}, 412)
        form = {**FORM, "tags": "", **({"pinned": "on"} if typed else {})}

        page = browser.post("/notes/note1/edit/", form).content.decode()

        versions = re.findall(r'<section class="version.*?</section>', page, re.S)
        assert ["Pinned</span>" in version for version in versions] == [saved, typed]

    def test_both_versions_can_be_copied_to_the_byte(self, api: NotesApi, browser: Client) -> None:
        stored = note_json(version=7, note="\n  a <b>\n")
        api.answers("PUT", "/notes/note1", {"code": "NoteChanged", "current": stored}, 412)

        page = browser.post("/notes/note1/edit/", {**FORM, "note": "\r\n\r\nb"}).content.decode()

        shown = re.findall(r'<pre class="version-text"[^>]*>\n(.*?)</pre>', page, re.S)
        texts = [unescape(re.sub("</?mark>", "", text)) for text in shown]
        assert texts == ["\n  a <b>\n", "\n\nb"]

    @pytest.mark.parametrize(
        ("status", "answer"),
        [
            (404, {"code": "NoteNotFound"}),
            (412, {"current": note_json(deleted_at="2026-11-10T00:00:00Z")}),
        ],
        ids=["gone", "in the trash"],
    )
    def test_a_note_deleted_meanwhile_can_be_saved_as_a_new_one(
        self, status: int, answer: dict, api: NotesApi, browser: Client
    ) -> None:
        api.answers("PUT", "/notes/note1", answer, status)

        response = browser.post("/notes/note1/edit/", FORM)

        page = response.content.decode()
        assert response.status_code == 404
        assert "deleted in the meantime" in page
        assert typed_text(response) == "one\nmine\nthree"
        assert 'action="/notes/new/"' in page
        assert re.search(r'name="noteid" value="[0-9a-f]{32}"', page)

    @pytest.mark.parametrize(("status", "shown"), [(503, 503), (429, 429), (301, 502), (403, 403)])
    def test_a_failure_keeps_what_was_typed(
        self, status: int, shown: int, api: NotesApi, browser: Client
    ) -> None:
        api.answers("PUT", "/notes/note1", {}, status)

        response = browser.post("/notes/note1/edit/", FORM)

        assert response.status_code == shown
        assert typed_text(response) == "one\nmine\nthree"
        assert b'name="version" value="3"' in response.content
        assert b'action="/notes/note1/edit/"' in response.content

    def test_a_note_in_the_trash_is_shown_instead(self, api: NotesApi, browser: Client) -> None:
        api.answers("GET", "/notes/note1", note_json(deleted_at="2026-11-10T00:00:00Z"))

        assert browser.get("/notes/note1/edit/")["Location"] == "/notes/note1/"

    def test_an_unknown_note_is_not_found(self, api: NotesApi, browser: Client) -> None:
        api.answers("GET", "/notes/note1", {"code": "NoteNotFound"}, 404)

        assert browser.get("/notes/note1/edit/").status_code == 404

    def test_the_api_being_down_is_said(self, api: NotesApi, browser: Client) -> None:
        api.answers("GET", "/notes/note1", status=503)

        assert browser.get("/notes/note1/edit/").status_code == 503

    def test_it_refuses_strangers(self, api: NotesApi, stranger: Client) -> None:
        assert stranger.post("/notes/note1/edit/", FORM).status_code == 302
        assert api.requests == []

    def test_it_takes_no_other_method(self, browser: Client) -> None:
        assert browser.delete("/notes/note1/edit/").status_code == 405
