"""A save that the API does not carry out: the text is on the answer's page and on the server."""

from collections.abc import Callable
from typing import Any

import pytest
from django.conf import settings
from django.test import Client

from identity.models import User
from notes import drafts
from notes.models import Draft
from tests.builders import note_json
from tests.notes.conftest import NotesApi
from tests.notes.test_drafts import TYPED, fields_of, sent

pytestmark = pytest.mark.django_db


class SavedInVainTests:
    """Whatever the API says: the answer's page may be closed or never arrive."""

    @pytest.mark.parametrize("status", [503, 500, 429, 403, 401, 204, 400])
    def test_it_is_on_the_server_too_until_it_is_saved(
        self, status: int, api: NotesApi, browser: Client, wire: Any
    ) -> None:
        wire.post(f"{settings.COGNITO_DOMAIN}/oauth2/token", status=503)
        api.answers("POST", "/notes", {}, status)
        page = browser.post("/notes/new/", sent(browser))
        assert drafts.waiting(User.objects.get())[0].heading == "Typed"

        api.answers("POST", "/notes", note_json(), 201)
        browser.post("/notes/new/", {**fields_of(page), **TYPED, "note": "typed on"})
        assert not Draft.objects.exists()

    def test_after_a_lost_answer_sending_it_again_leaves_nothing_to_offer(
        self, api: NotesApi, browser: Client
    ) -> None:
        form = sent(browser)
        api.answers("POST", "/notes", {}, 503)
        for _ in range(2):
            browser.post("/notes/new/", form)
        assert Draft.objects.count() == 1

        api.answers("POST", "/notes", note_json(), 201)
        browser.post("/notes/new/", form)
        assert not Draft.objects.exists()

    @pytest.mark.parametrize(
        ("answer", "status"),
        [({"code": "NoteChanged", "current": note_json(version=7)}, 412), ({}, 404)],
        ids=["changed elsewhere", "deleted"],
    )
    def test_of_two_versions_the_typed_one_is_kept_until_one_of_both_is_saved(
        self, answer: dict[str, Any], status: int, api: NotesApi, browser: Client
    ) -> None:
        api.answers("PUT", "/notes/note1", answer, status)
        form = {**sent(browser), "version": "3"}
        page = browser.post("/notes/note1/edit/", form)
        (draft,) = drafts.waiting(User.objects.get())
        again = browser.get(draft.url)
        assert again.context["form"]["note"].value() == TYPED["note"]

        action = page.context["action"]
        api.answers("PUT", "/notes/note1", note_json(version=8))
        api.answers("POST", "/notes", note_json(), 201)
        browser.post(action, {**fields_of(page), **TYPED, "note": "of both"})
        assert not Draft.objects.exists()

    def test_a_deleted_note_sent_in_vain_as_a_new_one_is_still_one_draft(
        self, api: NotesApi, browser: Client
    ) -> None:
        api.answers("PUT", "/notes/note1", {}, 404)
        api.answers("POST", "/notes", {}, 503)
        page = browser.post("/notes/note1/edit/", {**sent(browser), "version": "3"})
        browser.post("/notes/new/", {**fields_of(page), **TYPED})
        assert [draft.url.split("?")[0] for draft in drafts.waiting(User.objects.get())] == [
            "/notes/new/"
        ]

    def test_what_the_form_itself_refuses_is_kept_as_well(self, browser: Client) -> None:
        browser.post("/notes/new/", {**sent(browser), "title": "x" * 201})
        (draft,) = drafts.waiting(User.objects.get())
        assert browser.get(draft.url).context["form"]["note"].value() == TYPED["note"]

    def test_an_empty_form_is_nothing_to_keep(self, browser: Client) -> None:
        browser.post("/notes/new/", {**sent(browser), "title": " ", "note": "\r\n"})
        assert not Draft.objects.exists()

    def test_text_of_a_former_editor_goes_to_its_writer_also_when_the_save_fails(
        self, api: NotesApi, browser: Client, sign_in: Callable[..., Client]
    ) -> None:
        form, writer = sent(browser), User.objects.get()
        api.answers("POST", "/notes", {}, 503)
        sign_in(sub="mallory", email="mallory@example.com").post("/notes/new/", form)
        assert Draft.objects.get().user == writer
