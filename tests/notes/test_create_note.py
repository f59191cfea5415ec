"""/notes/new/: an empty editor that makes one note."""

import json
import re
from html import unescape
from urllib.parse import urlencode

import pytest
import requests
from django.test import Client

from tests.builders import note_json
from tests.notes.conftest import NotesApi

FORM = {"noteid": "note1", "title": "Garden", "note": "Plant the bulbs.", "tags": "home"}


def typed_text(response) -> str:
    """What a browser has in the text area: with LF as line breaks, and without the first one."""
    (text,) = re.findall(rb'<textarea name="note"[^>]*>(.*?)</textarea>', response.content, re.S)
    return unescape(text.decode().replace("\r\n", "\n").removeprefix("\n"))


class CreateNoteTests:
    def test_it_shows_an_empty_editor_with_an_id_of_its_own(self, browser: Client) -> None:
        pages = [browser.get("/notes/new/").content.decode() for _ in range(2)]

        ids = [re.search(r'name="noteid" value="([0-9a-f]{32})"', page)[1] for page in pages]
        assert ids[0] != ids[1]

    def test_it_creates_and_goes_to_the_note(self, api: NotesApi, browser: Client) -> None:
        api.answers("POST", "/notes", note_json(), 201)

        response = browser.post("/notes/new/", {**FORM, "pinned": "on"})

        assert (response.status_code, response["Location"]) == (302, "/notes/note1/")
        assert json.loads(api.requests[0].body) == {
            "noteid": "note1",
            "title": "Garden",
            "note": "Plant the bulbs.",
            "tags": ["home"],
            "pinned": True,
        }

    @pytest.mark.parametrize(
        ("typed", "tags"),
        [
            ("home garden", ["home", "garden"]),
            ("Home, GARDEN,home", ["home", "garden"]),
            ("to do, home", ["to do", "home"]),
            ("to  do,", ["to do"]),
            ("Cafe\u0301 café", ["café"]),
            # As many letters as a tag can have, with an accent on each.
            ("e\u0301" * 50, ["é" * 50]),
            (" , ,", []),
            ("", []),
        ],
    )
    def test_tags_are_words_or_between_commas(
        self, typed: str, tags: list[str], api: NotesApi, browser: Client
    ) -> None:
        api.answers("POST", "/notes", note_json(), 201)

        browser.post("/notes/new/", {**FORM, "tags": typed})

        assert json.loads(api.requests[0].body)["tags"] == tags

    @pytest.mark.parametrize(
        "text",
        [
            "  indented\n\n",
            "\n\nstarts low",
            "a\rb",
            "tab\tand\x0b",
            "\u2028\u00a0😀 \ufeff",
            "&lt;b>",
        ],
    )
    def test_text_is_sent_to_the_byte(self, text: str, api: NotesApi, browser: Client) -> None:
        api.answers("POST", "/notes", note_json(), 201)

        # As a browser does: every line break as CR LF.
        browser.post("/notes/new/", {**FORM, "note": text.replace("\n", "\r\n")})

        assert json.loads(api.requests[0].body)["note"] == text

    def test_other_fields_are_ignored(self, api: NotesApi, browser: Client) -> None:
        api.answers("POST", "/notes", note_json(), 201)

        browser.post("/notes/new/", {**FORM, "userId": "x", "version": "9", "created_at": "x"})

        sent = json.loads(api.requests[0].body)
        assert set(sent) == {"noteid", "title", "note", "tags", "pinned"}

    @pytest.mark.parametrize(
        ("change", "said"),
        [
            ({"title": "", "note": " \n"}, "Write a title or some text first."),
            ({"title": "x" * 201}, "The title is too long: it can have 200 characters."),
            ({"note": "é" * 150_001}, "The text is 2 bytes too long"),
            ({"note": "a\x00b"}, "Null characters are not allowed."),
            ({"title": "a\x00b"}, "Null characters are not allowed."),
            ({"tags": "a\x00b"}, "Null characters are not allowed."),
            ({"tags": " ".join(map(str, range(21)))}, "A note can have 20 tags; these are 21."),
            ({"tags": "x" * 51}, "A tag can have 50 characters"),
        ],
    )
    def test_bad_input_is_shown_again_with_the_reason(
        self, change: dict[str, str], said: str, api: NotesApi, browser: Client
    ) -> None:
        response = browser.post("/notes/new/", {**FORM, **change})

        assert response.status_code == 422
        assert said in unescape(response.content.decode())
        assert api.requests == []

    @pytest.mark.parametrize("noteid", ["", "../x", "a b", "a\n", "x" * 65])
    def test_a_forged_id_goes_no_further(self, noteid: str, api: NotesApi, browser: Client) -> None:
        response = browser.post("/notes/new/", {**FORM, "noteid": noteid})

        assert response.status_code == 422
        # A field that nobody sees cannot have the focus.
        (focused,) = re.findall(r"<[^>]* autofocus[^>]*>", response.content.decode())
        assert 'name="title"' in focused
        assert api.requests == []

    def test_limits_are_allowed(self, api: NotesApi, browser: Client) -> None:
        api.answers("POST", "/notes", note_json(), 201)
        full = {"title": "x" * 200, "note": "é" * 150_000, "tags": "x" * 50}

        assert browser.post("/notes/new/", {**FORM, **full}).status_code == 302

    def test_what_the_api_finds_wrong_is_shown_at_the_field(
        self, api: NotesApi, browser: Client
    ) -> None:
        said = {"message": "No.", "code": "InvalidRequest", "fields": {"title": "has <odd> signs"}}
        api.answers("POST", "/notes", said, 400)

        response = browser.post("/notes/new/", FORM)

        assert response.status_code == 422
        assert "has &lt;odd&gt; signs" in response.content.decode()
        assert typed_text(response) == "Plant the bulbs."

    def test_a_reason_without_a_field_is_shown_above(self, api: NotesApi, browser: Client) -> None:
        api.answers("POST", "/notes", {"message": "All full.", "code": "NotesFull"}, 400)

        assert b"All full." in browser.post("/notes/new/", FORM).content

    def test_an_id_used_for_another_text_shows_both(self, api: NotesApi, browser: Client) -> None:
        stored = note_json(note="Another text.", version=2)
        api.answers("POST", "/notes", {"code": "NoteExists", "current": stored}, 409)

        response = browser.post("/notes/new/", FORM)

        assert response.status_code == 409
        assert typed_text(response) == "Another text.\nPlant the bulbs."
        assert b'action="/notes/note1/edit/"' in response.content
        assert b'name="version" value="2"' in response.content

    def test_it_refuses_strangers(self, api: NotesApi, stranger: Client) -> None:
        assert stranger.get("/notes/new/")["Location"].startswith("/oidc/authenticate/")
        assert stranger.post("/notes/new/", FORM)["Location"].startswith("/oidc/authenticate/")
        assert api.requests == []

    def test_it_takes_no_other_method(self, browser: Client) -> None:
        assert browser.put("/notes/new/").status_code == 405

    def test_it_refuses_a_post_without_csrf_token(
        self, api: NotesApi, careful_browser: Client
    ) -> None:
        response = careful_browser.post("/notes/new/", FORM)

        assert response.status_code == 403
        assert b"This form is out of date" in response.content
        assert api.requests == []

    def test_a_form_that_is_not_utf_8_is_no_server_error(
        self, api: NotesApi, browser: Client
    ) -> None:
        api.answers("POST", "/notes", note_json(), 201)
        body = urlencode(FORM) + "&note=%ff%fe%ed%a0%80"

        response = browser.post(
            "/notes/new/", body, content_type="application/x-www-form-urlencoded"
        )

        assert response.status_code == 302


FAILURES = [
    (503, {}, 503),
    (500, {}, 503),
    (504, {}, 503),
    (429, {"Retry-After": "20"}, 429),
    (403, {"x-amzn-ErrorType": "MissingAuthenticationTokenException"}, 502),
    (403, {}, 403),
    (401, {}, 401),
    (204, {}, 503),
    (301, {}, 502),
]


class NothingIsLostTests:
    @pytest.mark.parametrize(("status", "headers", "shown"), FAILURES)
    def test_the_editor_keeps_what_was_typed(
        self, status: int, headers: dict[str, str], shown: int, api: NotesApi, browser: Client, wire
    ) -> None:
        wire.post("http://127.0.0.1:9000/oauth2/token", status=503)
        api.answers("POST", "/notes", {}, status, headers=headers)

        response = browser.post("/notes/new/", {**FORM, "note": "\r\nlow & <b> start \r\n"})

        page = response.content.decode()
        assert response.status_code == shown
        assert "Not saved yet." in page
        assert typed_text(response) == "\nlow & <b> start \n"
        assert 'name="noteid" value="note1"' in page
        assert 'value="Garden"' in page

    def test_a_lost_answer_is_no_server_error(self, api: NotesApi, browser: Client) -> None:
        api.answers("POST", "/notes", body=requests.exceptions.ReadTimeout("slow"))

        response = browser.post("/notes/new/", FORM)

        assert response.status_code == 503
        assert response["Retry-After"] == "5"
        assert typed_text(response) == "Plant the bulbs."

    def test_throttling_says_for_how_long(self, api: NotesApi, browser: Client) -> None:
        api.answers("POST", "/notes", {}, 429, headers={"Retry-After": "20"})

        assert browser.post("/notes/new/", FORM)["Retry-After"] == "20"

    def test_a_refused_sign_in_is_renewed_beside_the_editor(
        self, api: NotesApi, browser: Client, wire
    ) -> None:
        wire.post("http://127.0.0.1:9000/oauth2/token", json={"error": "invalid_grant"}, status=400)
        api.answers("POST", "/notes", {"message": "Unauthorized"}, 401)

        response = browser.post("/notes/new/", FORM)

        assert response.status_code == 401
        assert b'href="/oidc/authenticate/" target="_blank"' in response.content
        assert typed_text(response) == "Plant the bulbs."
