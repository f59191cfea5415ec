"""/account/: who the API takes the person for, and where they are signed in."""

from collections.abc import Callable

import pytest
from django.test import Client

from identity.models import BrowserSession
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

    def test_it_refuses_strangers(self, api: NotesApi, stranger: Client) -> None:
        assert stranger.get("/account/")["Location"] == "/oidc/authenticate/?next=%2Faccount%2F"
        assert api.requests == []

    def test_it_takes_no_post(self, browser: Client) -> None:
        assert browser.post("/account/").status_code == 405
