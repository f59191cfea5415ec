"""/notes/<noteid>/download/: one note's text as a Markdown file."""

import pytest
from django.test import Client

from tests.builders import note_json
from tests.notes.conftest import NotesApi


class DownloadNoteTests:
    def test_it_is_the_text_to_the_byte(self, api: NotesApi, browser: Client) -> None:
        text = "\n  # Ünïcödé <b>\n\n- [ ] 👩‍👩‍👧‍👦\n"
        api.answers("GET", "/notes/note1", note_json(note=text))

        response = browser.get("/notes/note1/download/")

        assert response.status_code == 200
        assert response.content == text.encode()
        assert response["Content-Type"] == "text/markdown; charset=utf-8"
        assert response["X-Content-Type-Options"] == "nosniff"
        assert response["Cache-Control"] == "no-store"

    @pytest.mark.parametrize(
        ("title", "name"),
        [
            ("Garden, week 2", 'filename="garden-week-2.md"'),
            ("", 'filename="note.md"'),
            ('../"x"\r\nSet-Cookie: a', 'filename="x-set-cookie-a.md"'),
            ("Übung", "filename*=utf-8''%C3%BCbung.md"),
            ("x" * 200, f'filename="{"x" * 60}.md"'),
        ],
    )
    def test_its_name_is_the_title(
        self, title: str, name: str, api: NotesApi, browser: Client
    ) -> None:
        api.answers("GET", "/notes/note1", note_json(title=title))

        response = browser.get("/notes/note1/download/")

        assert response["Content-Disposition"] == f"attachment; {name}"

    def test_the_notes_page_offers_it(self, api: NotesApi, browser: Client) -> None:
        api.answers("GET", "/notes/note1", note_json())

        page = browser.get("/notes/note1/").content.decode()

        # Without "download": a failure is then shown as a page, and not kept as a file.
        assert 'href="/notes/note1/download/">' in page
        assert 'data-copies="/notes/note1/download/" hidden' in page

    def test_an_unknown_note_is_not_found(self, api: NotesApi, browser: Client) -> None:
        api.answers("GET", "/notes/note1", {"code": "NoteNotFound"}, 404)

        assert browser.get("/notes/note1/download/").status_code == 404

    def test_when_the_api_is_down_it_says_so(self, api: NotesApi, browser: Client) -> None:
        api.answers("GET", "/notes/note1", {}, 503)

        assert browser.get("/notes/note1/download/").status_code == 503

    def test_a_refused_token_asks_to_sign_in(self, api: NotesApi, browser: Client) -> None:
        api.answers("GET", "/notes/note1", {"message": "Unauthorized"}, 401)

        assert browser.get("/notes/note1/download/").status_code == 401

    def test_it_refuses_strangers(self, api: NotesApi, stranger: Client) -> None:
        assert stranger.get("/notes/note1/download/").status_code == 302
        assert api.requests == []

    def test_it_takes_no_post(self, browser: Client) -> None:
        assert browser.post("/notes/note1/download/").status_code == 405
