"""Deleting, undoing, the trash."""

import pytest
from django.test import Client
from pytest_django import Settings

from tests.builders import note_json, page_json, summary_json
from tests.notes.conftest import NotesApi


class DeleteNoteTests:
    def test_it_moves_to_the_trash_and_offers_undo_once(
        self, api: NotesApi, browser: Client
    ) -> None:
        api.answers("DELETE", "/notes/note1", {"message": "Note deleted"})
        api.answers("GET", "/notes", page_json())

        page = browser.post("/notes/note1/delete/", follow=True).content.decode()

        assert "The note is in the trash." in page
        assert 'action="/notes/note1/restore/"' in page
        assert "restore" not in browser.get("/notes/").content.decode()

    def test_for_good_leads_back_to_the_trash(self, api: NotesApi, browser: Client) -> None:
        api.answers("DELETE", "/notes/note1", {"message": "Note deleted"})

        response = browser.post("/notes/note1/delete/?permanent=true")

        assert response["Location"] == "/notes/trash/"
        assert api.requests[0].params == {"permanent": "true"}

    def test_a_note_that_is_not_there_is_not_found(self, api: NotesApi, browser: Client) -> None:
        api.answers("DELETE", "/notes/note1", {"code": "NoteNotFound"}, 404)

        assert browser.post("/notes/note1/delete/").status_code == 404

    def test_when_the_api_is_down_it_can_be_tried_again(
        self, api: NotesApi, browser: Client
    ) -> None:
        api.answers("DELETE", "/notes/note1", {}, 503)

        response = browser.post("/notes/note1/delete/")

        assert response.status_code == 503
        assert b'<form action="/notes/note1/delete/" method="post">' in response.content


class RestoreNoteTests:
    def test_it_brings_the_note_back(self, api: NotesApi, browser: Client) -> None:
        api.answers("POST", "/notes/note1/restore", note_json())

        assert browser.post("/notes/note1/restore/")["Location"] == "/notes/note1/"

    def test_a_note_that_is_gone_for_good_is_not_found(
        self, api: NotesApi, browser: Client
    ) -> None:
        api.answers("POST", "/notes/note1/restore", {"code": "NoteNotFound"}, 404)

        assert browser.post("/notes/note1/restore/").status_code == 404


class TrashTests:
    def test_it_says_when_each_note_goes(self, api: NotesApi, browser: Client) -> None:
        deleted = summary_json(deleted_at="2026-11-10T00:00:00Z")
        api.answers("GET", "/notes", page_json(deleted, cursor="c2"))

        page = browser.get("/notes/trash/").content.decode()

        assert api.requests[0].params == {"limit": "20", "view": "trash"}
        assert ">10 December 2026</time>" in page
        assert 'action="/notes/note1/restore/"' in page
        assert 'action="/notes/note1/delete/?permanent=true"' in page
        assert 'href="/notes/trash/?cursor=c2"' in page

    def test_it_says_the_days_of_the_deployment(
        self, api: NotesApi, browser: Client, settings: Settings
    ) -> None:
        settings.NOTES_TRASH_DAYS = 1
        api.answers("GET", "/notes", page_json(summary_json(deleted_at="2026-11-10T00:00:00Z")))

        page = browser.get("/notes/trash/").content.decode()

        assert "stay here for 1 day, then" in page
        assert ">11 November 2026</time>" in page

    def test_an_empty_trash_says_so(self, api: NotesApi, browser: Client) -> None:
        api.answers("GET", "/notes", page_json())

        assert b"The trash is empty" in browser.get("/notes/trash/").content

    def test_a_cursor_that_the_api_refuses_leads_to_the_newest(
        self, api: NotesApi, browser: Client
    ) -> None:
        api.answers("GET", "/notes", {}, 400)

        assert browser.get("/notes/trash/?cursor=x")["Location"] == "/notes/trash/"


class AccessTests:
    @pytest.mark.parametrize("action", ["delete", "restore"])
    def test_only_a_post_acts(self, action: str, api: NotesApi, browser: Client) -> None:
        assert browser.get(f"/notes/note1/{action}/").status_code == 405
        assert api.requests == []

    @pytest.mark.parametrize("action", ["delete", "restore"])
    def test_strangers_are_refused(self, action: str, api: NotesApi, stranger: Client) -> None:
        assert stranger.post(f"/notes/note1/{action}/").status_code == 302
        assert api.requests == []

    @pytest.mark.parametrize("action", ["delete", "restore"])
    def test_another_site_cannot_act(
        self, action: str, api: NotesApi, careful_browser: Client
    ) -> None:
        assert careful_browser.post(f"/notes/note1/{action}/").status_code == 403
        assert api.requests == []

    def test_strangers_do_not_see_the_trash(self, stranger: Client) -> None:
        assert stranger.get("/notes/trash/").status_code == 302
