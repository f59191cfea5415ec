"""/notes/drafts/: text kept while it is typed, for its writer, and what a long-open form needs."""

from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client

from identity.models import User
from notes import drafts
from notes.base_version import BaseVersion
from notes.gateway import NoteContent
from notes.models import Draft
from tests.builders import note_json, page_json
from tests.notes.conftest import NotesApi
from tests.notes.test_drafts import TYPED, fields_of, sent

pytestmark = pytest.mark.django_db


def keep(browser: Client, form: dict[str, str], query: str = "") -> Any:
    """Send it as the editor's script does."""
    address = f"/notes/drafts/{query}"
    return browser.post(address, form, headers={"Sec-Fetch-Mode": "cors"})


class KeepDraftTests:
    def test_an_editor_has_one_draft_however_long_somebody_types(self, browser: Client) -> None:
        form = sent(browser)
        for text in ("a", "ab", "abc"):
            draft = keep(browser, {**form, "note": text}).json()["draft"]

        page = browser.get("/notes/new/", {"draft": Draft.objects.get().pk})
        assert page.context["form"]["note"].value() == "abc"
        assert draft == str(Draft.objects.get().pk)

    def test_two_editors_of_the_same_text_do_not_touch_each_others_draft(
        self, api: NotesApi, browser: Client
    ) -> None:
        laptop = sent(browser)
        keep(browser, {**laptop, "note": "begun"})
        page = browser.get("/notes/new/", {"draft": Draft.objects.get().pk})
        phone = {**fields_of(page), **TYPED, "note": "begun, and gone on with"}
        keep(browser, phone)
        assert [draft.heading for draft in drafts.waiting(User.objects.get())] == ["Typed"]

        keep(browser, {**laptop, "note": "begun again"})
        keep(browser, {**phone, "note": "begun, and finished"})
        api.answers("POST", "/notes", note_json(), 201)
        browser.post("/notes/new/", {**laptop, "note": "begun again"})
        (left,) = drafts.waiting(User.objects.get())
        assert browser.get(left.url).context["form"]["note"].value() == "begun, and finished"

    def test_a_draft_that_was_written_on_elsewhere_meanwhile_stays(
        self, api: NotesApi, browser: Client
    ) -> None:
        laptop = sent(browser)
        keep(browser, {**laptop, "note": "begun"})
        page = browser.get("/notes/new/", {"draft": Draft.objects.get().pk})
        keep(browser, {**laptop, "note": "begun, and gone on with"})
        api.answers("POST", "/notes", note_json(), 201)
        browser.post("/notes/new/", {**fields_of(page), **TYPED, "note": "begun"})
        (left,) = drafts.waiting(User.objects.get())
        assert browser.get(left.url).context["form"]["note"].value() == "begun, and gone on with"

    def test_an_editor_that_does_not_say_who_it_is_has_one_draft_too(
        self, api: NotesApi, browser: Client
    ) -> None:
        form = sent(browser)
        del form["editor"]
        for text in ("a", "ab", "abc"):
            keep(browser, {**form, "note": text})
        assert Draft.objects.count() == 1
        keep(browser, {**form, "note": "of a note"}, "?note=n1")
        assert Draft.objects.count() == 2

    def test_text_sent_in_vain_renews_the_draft_of_its_editor(self, browser: Client) -> None:
        form = sent(browser)
        keep(browser, {**form, "note": "typed"})
        Client().post("/notes/new/", {**form, "note": "typed and sent"})
        page = browser.get("/notes/new/", {"draft": Draft.objects.get().pk})
        assert page.context["form"]["note"].value() == "typed and sent"

    def test_an_emptied_editor_has_none(self, browser: Client) -> None:
        form = sent(browser)
        keep(browser, form)
        assert keep(browser, {**form, "title": " ", "note": "\r\n"}).json() == {"draft": ""}
        assert not Draft.objects.exists()

    def test_it_is_offered_in_the_editor_of_its_note_and_in_no_other(
        self, api: NotesApi, browser: Client
    ) -> None:
        for noteid in ("n1", "n2"):
            api.answers("GET", f"/notes/{noteid}", note_json(noteid=noteid))
        keep(browser, {**fields_of(browser.get("/notes/n1/edit/")), "note": "typed"}, "?note=n1")

        offer = f"/notes/n1/edit/?draft={Draft.objects.get().pk}"
        assert offer in browser.get("/notes/n1/edit/").content.decode()
        assert offer not in browser.get("/notes/n2/edit/").content.decode()

    def test_discarded_in_the_editor_one_stays_there(self, browser: Client) -> None:
        keep(browser, {**sent(browser)}, "?note=n1")
        discard = f"/notes/drafts/{Draft.objects.get().pk}/discard/"
        assert browser.post(discard, {"note": "n1"})["Location"] == "/notes/n1/edit/"
        assert not Draft.objects.exists()

    def test_the_list_names_the_note_that_has_unsaved_text(
        self, api: NotesApi, browser: Client
    ) -> None:
        keep(browser, {**sent(browser), "title": "Harvest <b>"})
        api.answers("GET", "/notes", page_json())
        page = browser.get("/notes/").content.decode()
        assert "Harvest &lt;b&gt;</bdi></strong> has text that is not saved yet" in page

    def test_strangers_keep_nothing(self, browser: Client, stranger: Client) -> None:
        assert keep(stranger, sent(browser)).status_code == 401
        assert not Draft.objects.exists()

    def test_nothing_is_kept_in_somebody_elses_session(
        self, browser: Client, sign_in: Callable[..., Client]
    ) -> None:
        mallory = sign_in(sub="mallory", email="mallory@example.com")
        assert keep(mallory, sent(browser)).json()["code"] == "OtherPerson"
        assert not Draft.objects.exists()

    def test_the_draft_of_another_person_is_not_touched(
        self, browser: Client, sign_in: Callable[..., Client]
    ) -> None:
        form = sent(browser)
        keep(browser, form)
        mallory = sign_in(sub="mallory", email="mallory@example.com")
        keep(mallory, {**sent(mallory), "note": "Mallory's", "editor": form["editor"]})
        mine = Draft.objects.get(user=User.objects.exclude(sub="mallory").get())
        page = browser.get("/notes/new/", {"draft": mine.pk})
        assert page.context["form"]["title"].value() == "Typed"

    def test_another_site_keeps_nothing(self, careful_browser: Client) -> None:
        form = {**sent(careful_browser), "csrfmiddlewaretoken": ""}
        assert keep(careful_browser, form).status_code == 403
        assert not Draft.objects.exists()

    @pytest.mark.parametrize("noteid", ["-x", "a/b", "x" * 65])
    def test_no_note_can_have_that_id(self, noteid: str, browser: Client) -> None:
        assert keep(browser, sent(browser), f"?note={noteid}").status_code == 404

    def test_it_takes_no_get(self, browser: Client) -> None:
        assert browser.get("/notes/drafts/").status_code == 405


class WriterTests:
    def test_it_renews_a_form_that_was_open_before_the_sign_in(
        self, careful_browser: Client
    ) -> None:
        form = sent(careful_browser)
        del careful_browser.cookies["csrftoken"]
        assert keep(careful_browser, form).status_code == 403
        writer = careful_browser.get("/notes/drafts/writer/").json()
        assert writer["person"] == User.objects.get().pk
        assert keep(careful_browser, form | writer["fields"]).json()["draft"]

    def test_strangers_are_told_to_sign_in(self, stranger: Client) -> None:
        answer = stranger.get("/notes/drafts/writer/", headers={"Sec-Fetch-Mode": "cors"})
        assert (answer.status_code, answer.json()["code"]) == (401, "SignInNeeded")


class SaveInPlaceTests:
    def test_a_script_is_told_the_version_and_no_message_is_left(
        self, api: NotesApi, browser: Client
    ) -> None:
        api.answers("PUT", "/notes/n1", note_json(noteid="n1", version=4))
        api.answers("GET", "/notes", page_json())
        form = {"version": "3", "title": "Garden", "note": "x", "tags": ""}
        answer = browser.post("/notes/n1/edit/", form, headers={"Sec-Fetch-Mode": "cors"})
        assert answer.json() == {
            "version": 4,
            "base": str(BaseVersion.of(NoteContent("Garden", "Plant the bulbs.", ("home",)))),
            "pinned": False,
            "action": "/notes/n1/edit/",
            "keep_url": "/notes/drafts/?note=n1",
        }
        assert "Saved." not in browser.get("/notes/").content.decode()

    def test_a_script_is_told_why_it_is_not_saved(self, api: NotesApi, browser: Client) -> None:
        api.answers("POST", "/notes", {}, 503)
        form = sent(browser)
        answer = browser.post("/notes/new/", form, headers={"Sec-Fetch-Mode": "cors"})
        assert answer.status_code == 503
        assert answer.json() == {
            "message": "The notes service does not answer right now.",
            "code": "NotesUnavailable",
        }
        assert answer["Retry-After"]
        assert Draft.objects.count() == 1
