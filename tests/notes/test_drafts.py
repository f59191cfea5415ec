"""Text that could not be saved: kept for its writer, offered until saved, shown to nobody else."""

import re
from collections.abc import Callable
from typing import Any
from urllib.parse import parse_qs, urlsplit
from uuid import uuid4

import pytest
from django.conf import settings
from django.test import Client, RequestFactory

from identity.models import BrowserSession, User
from notes import drafts
from notes.models import Draft
from tests.builders import note_json
from tests.notes.conftest import NotesApi

pytestmark = pytest.mark.django_db

TYPED = {"title": "Typed", "note": "two\r\nlines ✓\r\n", "tags": "one, two", "pinned": "on"}


def fields_of(page: Any) -> dict[str, str]:
    """The hidden fields of the editor."""
    html = page.content.decode()
    tags = re.findall(r'<input type="hidden"[^>]*>', html)
    pairs = [(re.search(r'name="([^"]*)"', t), re.search(r'value="([^"]*)"', t)) for t in tags]
    return {name[1]: value[1] for name, value in pairs if name and value}


def sent(browser: Client) -> dict[str, str]:
    """A new note's form as its writer would send it."""
    return {**fields_of(browser.get("/notes/new/")), **TYPED}


class KeptTests:
    @pytest.mark.parametrize("how", ["ran out", "was ended"])
    def test_a_form_sent_without_a_session_waits_behind_the_sign_in(
        self, browser: Client, sign_in: Callable[..., Client], how: str
    ) -> None:
        form = sent(browser)
        if how == "was ended":
            BrowserSession.objects.all().delete()
        else:
            BrowserSession.objects.update(expire_date="2020-01-01T00:00Z")

        answer = browser.post("/notes/new/", form)
        assert answer.status_code == 302
        # By way of Cognito's /logout, whose cookie would sign the browser in unasked.
        assert answer.headers["Location"].startswith(f"{settings.COGNITO_DOMAIN}/logout?")
        to_sign_in = browser.get("/signed-out/").context["next_url"]
        assert to_sign_in.startswith("/oidc/authenticate/?next=")
        editor = parse_qs(urlsplit(to_sign_in).query)["next"][0]
        page = sign_in().get(editor)
        assert page.context["form"]["note"].value() == TYPED["note"]
        assert page.context["form"]["title"].value() == "Typed"
        assert fields_of(page)["noteid"] == form["noteid"]

    def test_a_stale_csrf_token_costs_one_more_click(self, careful_browser: Client) -> None:
        form = sent(careful_browser)
        answer = careful_browser.post("/notes/new/", {**form, "csrfmiddlewaretoken": "x" * 64})
        page = careful_browser.get(answer.headers["Location"])
        assert page.context["form"]["note"].value() == TYPED["note"]

    def test_an_edit_keeps_the_version_it_started_from(
        self, api: NotesApi, browser: Client, sign_in: Callable[..., Client]
    ) -> None:
        api.answers("GET", "/notes/n1", note_json(noteid="n1", version=3))
        form = {**fields_of(browser.get("/notes/n1/edit/")), **TYPED}
        BrowserSession.objects.all().delete()
        browser.post("/notes/n1/edit/", form)
        page = sign_in().get(drafts.address(Draft.objects.get()))
        assert fields_of(page)["version"] == "3"
        assert page.context["form"]["note"].value() == TYPED["note"]

    def test_sent_twice_it_is_one_draft(self, browser: Client) -> None:
        form = sent(browser)
        BrowserSession.objects.all().delete()
        for _ in range(2):
            browser.post("/notes/new/", form)
        assert Draft.objects.count() == 1

    def test_it_is_encrypted_at_rest(self, browser: Client) -> None:
        form = sent(browser)
        BrowserSession.objects.all().delete()
        browser.post("/notes/new/", form)
        assert "Typed" not in str(Draft.objects.values().get())

    def test_it_goes_once_saved(self, api: NotesApi, browser: Client) -> None:
        draft_url = kept(browser)
        api.answers("POST", "/notes", {"message": "Note created", **note_json()}, 201)
        page = browser.get(draft_url)
        browser.post("/notes/new/", {**fields_of(page), **TYPED})
        assert not Draft.objects.exists()

    def test_it_is_offered_in_the_list_until_discarded(
        self, api: NotesApi, browser: Client
    ) -> None:
        draft_url = kept(browser)
        api.answers("GET", "/notes", {"notes": [], "cursor": None})
        assert draft_url in browser.get("/notes/").content.decode()
        browser.post(f"/notes/drafts/{Draft.objects.get().pk}/discard/")
        assert draft_url not in browser.get("/notes/").content.decode()

    def test_it_is_purged_after_a_week(self, browser: Client, clock: Any) -> None:
        draft_url = kept(browser)
        clock.shift(8 * 86_400)
        user = User.objects.get()
        assert drafts.waiting(user) == []
        draft = drafts.keep(request_with({"note": "new"}), user.pk, "")
        assert Draft.objects.get() == draft
        assert draft and drafts.address(draft) != draft_url

    def test_nobody_fills_the_database(self, browser: Client) -> None:
        user = User.objects.get()
        for number in range(drafts.MOST + 5):
            form = {"note": f"text {number}", "editor": str(uuid4())}
            drafts.keep(request_with(form), user.pk, "")
        assert Draft.objects.count() == drafts.MOST


class LongOpenTests:
    """A form that was open for as long as any session can last still says whose it is."""

    def test_its_text_is_kept_when_the_session_is_over(self, browser: Client, clock: Any) -> None:
        form = sent(browser)
        clock.shift(29 * 86_400)
        answer = browser.post("/notes/new/", form)
        assert answer.status_code == 302
        assert Draft.objects.count() == 1

    def test_a_mark_is_no_good_for_ever(self, browser: Client, clock: Any) -> None:
        form = sent(browser)
        clock.shift(31 * 86_400)
        browser.post("/notes/new/", form)
        assert not Draft.objects.exists()


class NobodyElseTests:
    def test_sent_under_another_persons_session_it_is_kept_for_its_writer(
        self, browser: Client, sign_in: Callable[..., Client]
    ) -> None:
        form, writer = sent(browser), User.objects.get()
        mallory = sign_in(sub="mallory", email="mallory@example.com", enforce_csrf_checks=True)
        answer = mallory.post("/notes/new/", form)
        assert answer.status_code == 403
        assert "written by somebody else" in answer.content.decode()
        assert "Typed" not in answer.content.decode()
        assert Draft.objects.get().user == writer

    def test_another_person_sees_an_empty_editor(
        self, browser: Client, sign_in: Callable[..., Client], api: NotesApi
    ) -> None:
        draft_url = kept(browser)
        mallory = sign_in(sub="mallory", email="mallory@example.com")
        assert "Typed" not in mallory.get(draft_url).content.decode()
        api.answers("GET", "/notes", {"notes": [], "cursor": None})
        assert "not saved yet" not in mallory.get("/notes/").content.decode()
        mallory.post(f"/notes/drafts/{Draft.objects.get().pk}/discard/")
        assert Draft.objects.count() == 1

    def test_the_content_of_a_draft_opens_for_its_writer_only(
        self, browser: Client, sign_in: Callable[..., Client]
    ) -> None:
        draft_url = kept(browser)
        mallory = sign_in(sub="mallory", email="mallory@example.com")
        Draft.objects.update(user=User.objects.get(sub="mallory"))
        assert "Typed" not in mallory.get(draft_url).content.decode()

    @pytest.mark.parametrize("owner", ["", "forged", "1:abc:def"])
    def test_a_form_without_an_owner_keeps_nothing(self, stranger: Client, owner: str) -> None:
        answer = stranger.post("/notes/new/", {**TYPED, "owner": owner})
        assert answer.headers["Location"].startswith("/oidc/authenticate/")
        assert not Draft.objects.exists()

    def test_other_forms_are_refused_as_before(self, careful_browser: Client) -> None:
        assert careful_browser.post("/notes/n1/delete/").status_code == 403
        assert not Draft.objects.exists()


def kept(browser: Client) -> str:
    """Send a form with a session that is gone, and come back with it; the draft's address."""
    form = sent(browser)
    cookie = browser.cookies.pop(settings.SESSION_COOKIE_NAME)
    browser.post("/notes/new/", form)
    browser.cookies[settings.SESSION_COOKIE_NAME] = cookie.value
    return drafts.address(Draft.objects.get())


def request_with(form: dict[str, str]) -> Any:
    """A POST as the editor sends it."""

    return RequestFactory().post("/notes/new/", form)
