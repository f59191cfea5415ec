"""/notes/<noteid>/pin/: on top of the list, or back among the others, from the list itself."""

import json
import re

import pytest
from django.test import Client

from tests.builders import note_json, page_json, summary_json
from tests.notes.conftest import NotesApi

WITH_TEXT = {"title": "Garden", "note": "Plant the bulbs.", "tags": ["home"]}


class PinNoteTests:
    @pytest.mark.parametrize("pinned", [True, False])
    def test_it_saves_the_whole_note_with_its_version(
        self, pinned: bool, api: NotesApi, browser: Client
    ) -> None:
        api.answers("GET", "/notes/note1", note_json(pinned=not pinned, version=7))
        api.answers("PUT", "/notes/note1", note_json(pinned=pinned, version=8))

        browser.post("/notes/note1/pin/", {"pinned": str(pinned).lower()})

        saved = api.requests[1]
        assert saved.headers["If-Match"] == '"7"'
        assert json.loads(saved.body) == {**WITH_TEXT, "pinned": pinned}

    def test_a_note_that_is_so_already_is_not_saved_again(
        self, api: NotesApi, browser: Client
    ) -> None:
        api.answers("GET", "/notes/note1", note_json(pinned=True))

        response = browser.post("/notes/note1/pin/", {"pinned": "true"})

        assert response.status_code == 302
        assert [request.method for request in api.requests] == ["GET"]

    @pytest.mark.parametrize(
        ("list_of", "back"),
        [
            ({}, "/notes/#pin-note1"),
            ({"q": "a b", "tag": "Home"}, "/notes/?q=a+b&tag=home#pin-note1"),
            # The note has left that page: nothing on it can be its place.
            ({"tag": "home", "cursor": "c2"}, "/notes/?tag=home&cursor=c2#main"),
            ({"q": "", "next": "https://evil.example/"}, "/notes/#pin-note1"),
        ],
    )
    def test_it_leads_back_to_the_note_in_the_same_list(
        self, list_of: dict[str, str], back: str, api: NotesApi, browser: Client
    ) -> None:
        api.answers("GET", "/notes/note1", note_json())
        api.answers("PUT", "/notes/note1", note_json(pinned=True))

        response = browser.post("/notes/note1/pin/", {"pinned": "true", **list_of})

        assert (response.status_code, response["Location"]) == (302, back)

    def test_what_was_done_is_said(self, api: NotesApi, browser: Client) -> None:
        api.answers("GET", "/notes/note1", note_json(pinned=True))
        api.answers("PUT", "/notes/note1", note_json())
        api.answers("GET", "/notes", page_json())

        page = browser.post("/notes/note1/pin/", {"pinned": "false"}, follow=True)

        assert "“Garden” is no longer pinned." in page.content.decode()

    def test_a_change_elsewhere_at_that_moment_is_said_and_kept(
        self, api: NotesApi, browser: Client
    ) -> None:
        stored = note_json(note="Theirs.", version=4)
        api.answers("GET", "/notes/note1", note_json(version=3))
        api.answers("PUT", "/notes/note1", {"code": "NoteChanged", "current": stored}, 412)
        api.answers("GET", "/notes", page_json())

        page = browser.post("/notes/note1/pin/", {"pinned": "true"}, follow=True)

        said = "“Garden” was changed elsewhere at the same moment, so it is not pinned yet."
        assert said in page.content.decode()
        assert [request.method for request in api.requests] == ["GET", "PUT", "GET"]

    @pytest.mark.parametrize(
        ("stored", "said"),
        [
            ({"pinned": True, "version": 4}, "“Garden” is pinned."),
            (
                {"deleted_at": "2026-11-10T00:00:00Z", "version": 4},
                "“Garden” is in the trash: restore it first.",
            ),
        ],
    )
    def test_what_was_done_elsewhere_at_that_moment_is_said(
        self, stored: dict[str, object], said: str, api: NotesApi, browser: Client
    ) -> None:
        api.answers("GET", "/notes/note1", note_json(version=3))
        current = note_json(**stored)
        api.answers("PUT", "/notes/note1", {"code": "NoteChanged", "current": current}, 412)
        api.answers("GET", "/notes", page_json())

        page = browser.post("/notes/note1/pin/", {"pinned": "true"}, follow=True)

        assert said in page.content.decode()

    def test_a_note_in_the_trash_is_left_there(self, api: NotesApi, browser: Client) -> None:
        api.answers("GET", "/notes/note1", note_json(deleted_at="2026-11-10T00:00:00Z"))
        api.answers("GET", "/notes", page_json())

        page = browser.post("/notes/note1/pin/", {"pinned": "true"}, follow=True)

        assert "“Garden” is in the trash: restore it first." in page.content.decode()
        assert "PUT" not in [request.method for request in api.requests]

    @pytest.mark.parametrize("form", [{}, {"pinned": ""}, {"pinned": "True"}, {"pinned": "1"}])
    def test_anything_but_true_or_false_is_refused(
        self, form: dict[str, str], api: NotesApi, browser: Client
    ) -> None:
        assert browser.post("/notes/note1/pin/", form).status_code == 400
        assert api.requests == []

    def test_an_unknown_note_is_not_found(self, api: NotesApi, browser: Client) -> None:
        api.answers("GET", "/notes/note1", {"code": "NoteNotFound"}, 404)

        assert browser.post("/notes/note1/pin/", {"pinned": "true"}).status_code == 404

    def test_when_the_api_is_down_it_can_be_tried_again(
        self, api: NotesApi, browser: Client
    ) -> None:
        api.answers("GET", "/notes/note1", note_json())
        api.answers("PUT", "/notes/note1", {}, 503)

        response = browser.post("/notes/note1/pin/", {"pinned": "true", "q": "bulbs"})

        page = response.content.decode()
        assert response.status_code == 503
        assert '<form action="/notes/note1/pin/" method="post">' in page
        assert '<input type="hidden" name="pinned" value="true">' in page
        assert '<input type="hidden" name="q" value="bulbs">' in page

    def test_a_refused_token_asks_to_sign_in(self, api: NotesApi, browser: Client) -> None:
        api.answers("GET", "/notes/note1", {"message": "Unauthorized"}, 401)

        assert browser.post("/notes/note1/pin/", {"pinned": "true"}).status_code == 401

    def test_only_a_post_acts(self, api: NotesApi, browser: Client) -> None:
        assert browser.get("/notes/note1/pin/?pinned=true").status_code == 405
        assert api.requests == []

    def test_strangers_are_refused(self, api: NotesApi, stranger: Client) -> None:
        assert stranger.post("/notes/note1/pin/", {"pinned": "true"}).status_code == 302
        assert api.requests == []

    def test_another_site_cannot_act(self, api: NotesApi, careful_browser: Client) -> None:
        response = careful_browser.post("/notes/note1/pin/", {"pinned": "true"})

        assert response.status_code == 403
        assert api.requests == []


class PinButtonTests:
    @pytest.mark.parametrize(
        ("pinned", "name", "value"), [(False, "Pin", "true"), (True, "Unpin", "false")]
    )
    def test_each_row_has_one_that_names_its_note(
        self, pinned: bool, name: str, value: str, api: NotesApi, browser: Client
    ) -> None:
        api.answers("GET", "/notes", page_json(summary_json(pinned=pinned)))

        page = browser.get("/notes/").content.decode()

        (button,) = re.findall(r'<button id="pin-note1".*?</button>', page, re.S)
        assert 'formaction="/notes/note1/pin/"' in button
        assert f'name="pinned" value="{value}"' in button
        assert f'aria-label="{name} Garden"' in button

    def test_the_list_that_is_shown_is_sent_along(self, api: NotesApi, browser: Client) -> None:
        api.answers("GET", "/notes", page_json(summary_json()))

        page = browser.get("/notes/?q=bulbs&tag=home&cursor=c2").content.decode()

        (form,) = re.findall(r'<form id="pin".*?</form>', page, re.S)
        fields = dict(re.findall(r'name="(q|tag|cursor)" value="([^"]*)"', form))
        assert fields == {"q": "bulbs", "tag": "home", "cursor": "c2"}
