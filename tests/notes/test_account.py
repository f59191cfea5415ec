"""/account/: who the API takes the person for, where they are signed in, and how they leave."""

import time
from collections.abc import Callable
from typing import Any

import pytest
import responses
from django.conf import settings
from django.test import Client

from cognito import pool, pool_errors
from identity.models import BrowserSession, User
from notes import account_deletion
from notes.http import RequestTokens
from tests.notes.conftest import NotesApi


class AccountTests:
    def test_it_shows_who_the_api_says_you_are(self, api: NotesApi, browser: Client) -> None:
        api.answers("GET", "/", {"message": "Hello, ada with email ada@example.com!"})

        page = browser.get("/account/").content.decode()

        assert "“Hello, ada with email ada@example.com!”" in page

    def test_it_shows_groups(
        self, api: NotesApi, sign_in: Callable[..., Client], _no_waiting: None
    ) -> None:
        api.answers("GET", "/", {"message": "Hello"})

        page = sign_in(**{"cognito:groups": ["readers"]}).get("/account/").content.decode()

        assert '<span class="tag">readers</span>' in page

    def test_it_lists_the_persons_sessions_and_marks_this_one(
        self, api: NotesApi, browser: Client, sign_in: Callable[..., Client]
    ) -> None:
        api.answers("GET", "/", {"message": "Hello"})
        sign_in()
        sign_in(sub="5f3c1d1e-0000-4000-8000-00000000000b", email="bob@example.com")

        page = browser.get("/account/").content.decode()

        assert page.count('<p class="session-device">Firefox on Linux') == 2
        assert page.count("This browser") == 1
        assert page.count("Sign out of that device") == 1

    def test_another_session_can_be_ended(
        self, api: NotesApi, browser: Client, sign_in: Callable[..., Client]
    ) -> None:
        api.answers("GET", "/", {"message": "Hello"})
        sign_in()
        other = BrowserSession.objects.latest("created_at")

        page = browser.get("/account/").content.decode()

        assert f'action="/account/sessions/{other.pk}/end/"' in page
        assert other.session_key not in page

    @pytest.mark.parametrize("status", [503, 429, 403, 302])
    def test_signing_out_does_not_depend_on_the_api(
        self, status: int, api: NotesApi, browser: Client
    ) -> None:
        api.answers("GET", "/", {}, status)

        response = browser.get("/account/")

        assert response.status_code == 200
        assert b'action="/oidc/logout/"' in response.content
        assert b'<span class="problem">' in response.content

    def test_nor_on_cognito(
        self, sign_in: Callable[..., Client], wire: responses.RequestsMock
    ) -> None:
        browser = sign_in(exp=int(time.time()) - 5)
        sign_in()
        wire.post(settings.OIDC_OP_TOKEN_ENDPOINT, status=503)

        response = browser.get("/account/")

        assert response.status_code == 200
        page = response.content.decode()
        assert "The sign-in service does not answer right now." in page
        assert page.count("Sign out of that device") == 1

    def test_it_refuses_strangers(self, api: NotesApi, stranger: Client) -> None:
        assert stranger.get("/account/")["Location"] == "/oidc/authenticate/?next=%2Faccount%2F"
        assert api.requests == []

    def test_it_takes_no_post(self, browser: Client) -> None:
        assert browser.post("/account/").status_code == 405


class DeleteAccountTests:
    """Asked for by e-mail address; sessions elsewhere first, the account last."""

    ADDRESS = {"confirm": "Ada@Example.com"}

    @pytest.fixture
    def deleted(self, monkeypatch: pytest.MonkeyPatch) -> list[str]:
        """Whom the user pool was told to delete."""
        told: list[str] = []
        monkeypatch.setattr(pool, "delete", told.append)
        return told

    def test_it_says_what_happens_and_does_nothing(
        self, api: NotesApi, browser: Client, deleted: list[str]
    ) -> None:
        page = browser.get("/account/delete/").content.decode()

        assert "This cannot be undone" in page
        assert "Type ada@example.com to confirm" in page
        assert (api.requests, deleted, User.objects.count()) == ([], [], 1)

    def test_it_deletes_notes_account_and_person(
        self, api: NotesApi, browser: Client, deleted: list[str]
    ) -> None:
        steps(api, {"deleted": 1000, "remaining": True}, {"deleted": 7, "remaining": False})
        sub = User.objects.get().sub

        response = browser.post("/account/delete/", self.ADDRESS)

        assert "Your account is deleted" in response.content.decode()
        assert response["Clear-Site-Data"] == '"cache", "storage"'
        assert [request.url.partition("/notes")[2] for request in api.requests] == (
            ["?confirm=all"] * 2
        )
        assert deleted == [sub]
        assert User.objects.count() == BrowserSession.objects.count() == 0
        assert browser.get("/notes/").status_code == 302

    def test_other_browsers_are_signed_out_before_any_note_goes(
        self, api: NotesApi, browser: Client, sign_in: Callable[..., Client], deleted: list[str]
    ) -> None:
        sign_in()
        api.answers("DELETE", "/notes", {}, 503)

        browser.post("/account/delete/", self.ADDRESS)

        assert BrowserSession.objects.count() == 1

    def test_other_people_stay(
        self, api: NotesApi, browser: Client, sign_in: Callable[..., Client], deleted: list[str]
    ) -> None:
        sign_in(sub="5f3c1d1e-0000-4000-8000-00000000000b", email="bob@example.com")
        steps(api, {"deleted": 0, "remaining": False})

        browser.post("/account/delete/", self.ADDRESS)

        assert User.objects.get().email == "bob@example.com"
        assert BrowserSession.objects.count() == 1

    @pytest.mark.parametrize("typed", ["", "bob@example.com", "delete"])
    def test_it_wants_the_persons_own_address(
        self, typed: str, api: NotesApi, browser: Client, deleted: list[str]
    ) -> None:
        response = browser.post("/account/delete/", {"confirm": typed})

        assert response.status_code == 422
        assert (api.requests, deleted, User.objects.count()) == ([], [], 1)

    def test_somebody_without_an_address_types_a_word(
        self, api: NotesApi, sign_in: Callable[..., Client], _no_waiting: None, deleted: list[str]
    ) -> None:
        steps(api, {"deleted": 0, "remaining": False})

        sign_in(email=None).post("/account/delete/", {"confirm": "delete"})

        assert len(deleted) == 1

    def test_many_notes_take_several_pages(
        self,
        api: NotesApi,
        browser: Client,
        deleted: list[str],
        monkeypatch: pytest.MonkeyPatch,
    ) -> None:
        monkeypatch.setattr(account_deletion, "STEPS_SECONDS", -1)
        steps(api, {"deleted": 1000, "remaining": True}, {"deleted": 7, "remaining": False})

        page = browser.post("/account/delete/", self.ADDRESS).content.decode()

        assert "not all of them yet" in page
        assert 'value="Ada@Example.com"' in page
        assert deleted == []
        browser.post("/account/delete/", self.ADDRESS)
        assert len(deleted) == 1

    def test_when_the_api_is_down_the_account_stays(
        self, api: NotesApi, browser: Client, deleted: list[str]
    ) -> None:
        api.answers("DELETE", "/notes", {}, 503)

        response = browser.post("/account/delete/", self.ADDRESS)

        assert response.status_code == 503
        assert response["Retry-After"]
        assert b"it goes on where it stopped" in response.content
        assert (deleted, User.objects.count()) == ([], 1)

    def test_when_cognito_is_down_nothing_is_deleted_and_it_can_be_tried_again(
        self,
        api: NotesApi,
        sign_in: Callable[..., Client],
        wire: responses.RequestsMock,
        deleted: list[str],
    ) -> None:
        wire.post(settings.OIDC_OP_TOKEN_ENDPOINT, status=503)

        response = sign_in(exp=int(time.time()) - 5).post("/account/delete/", self.ADDRESS)

        assert response.status_code == 503
        assert b'value="Ada@Example.com"' in response.content
        assert (api.requests, deleted) == ([], [])

    @pytest.mark.parametrize("error", [pool_errors.PoolUnavailable, pool_errors.PoolBusy])
    def test_when_the_user_pool_is_down_it_can_be_tried_again(
        self,
        error: type[Exception],
        api: NotesApi,
        browser: Client,
        monkeypatch: pytest.MonkeyPatch,
    ) -> None:
        response = self._answered(error, api, browser, monkeypatch)

        assert response.status_code == 503
        assert b"your account is not yet" in response.content
        assert b"Try again in a moment: it goes on where it stopped." in response.content
        assert User.objects.count() == BrowserSession.objects.count() == 1

    @pytest.mark.parametrize("error", [pool_errors.NotAllowed, pool_errors.PoolNotFound])
    def test_when_the_user_pool_refuses_nobody_is_told_to_try_again(
        self,
        error: type[Exception],
        api: NotesApi,
        browser: Client,
        monkeypatch: pytest.MonkeyPatch,
    ) -> None:
        response = self._answered(error, api, browser, monkeypatch)

        assert response.status_code == 502
        assert b"the sign-in service refuses to delete it" in response.content
        assert b"tell whoever runs this site" in response.content
        assert b"Try again" not in response.content
        assert User.objects.count() == BrowserSession.objects.count() == 1

    def _answered(
        self,
        error: type[Exception],
        api: NotesApi,
        browser: Client,
        monkeypatch: pytest.MonkeyPatch,
    ) -> Any:
        def fails(sub: str) -> None:
            raise error("TheCause")

        monkeypatch.setattr(pool, "delete", fails)
        steps(api, {"deleted": 3, "remaining": False})
        return browser.post("/account/delete/", self.ADDRESS)

    def test_a_refused_token_leads_to_sign_in(
        self, api: NotesApi, browser: Client, deleted: list[str], monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(RequestTokens, "refreshed_api_token", RequestTokens.api_token)
        api.answers("DELETE", "/notes", {}, 401)

        assert browser.post("/account/delete/", self.ADDRESS).status_code == 401
        assert deleted == []

    def test_it_needs_the_forms_token(
        self, api: NotesApi, careful_browser: Client, deleted: list[str]
    ) -> None:
        assert careful_browser.post("/account/delete/", self.ADDRESS).status_code == 403
        assert (api.requests, deleted) == ([], [])

    def test_it_refuses_strangers(
        self, api: NotesApi, stranger: Client, deleted: list[str]
    ) -> None:
        response = stranger.post("/account/delete/", self.ADDRESS)

        assert response.status_code in {302, 401}
        assert (api.requests, deleted) == ([], [])

    def test_it_takes_no_put(self, browser: Client) -> None:
        assert browser.put("/account/delete/").status_code == 405


def steps(api: NotesApi, *answers: dict[str, object]) -> None:
    for answer in answers:
        api.answers("DELETE", "/notes", {"message": "Notes deleted", **answer})
