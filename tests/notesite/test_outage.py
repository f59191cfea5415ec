"""While the database is away: pages that say so, nothing lost, nobody signed out."""

import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from html import unescape
from typing import Any

import pytest
from django.conf import settings
from django.db import InterfaceError, OperationalError, connection
from django.test import Client

TEXT = 'First line\n\n  "quoted" & <b>not bold</b>\n'


@contextmanager
def database_away(error: type[Exception] = OperationalError) -> Iterator[None]:
    """Every query fails, as when the server has gone."""

    def fail(*_: Any) -> None:
        raise error("the connection is closed")

    with connection.execute_wrapper(fail):
        yield


@pytest.fixture
def browser(signed_in_client: Client) -> Client:
    signed_in_client.raise_request_exception = False
    return signed_in_client


class OutageTests:
    @pytest.mark.parametrize("error", [OperationalError, InterfaceError])
    def test_a_page_says_so_and_when_to_try_again(
        self, browser: Client, error: type[Exception]
    ) -> None:
        with database_away(error):
            answer = browser.get("/notes/?q=tea")
        assert answer.status_code == 503 and answer.headers["Retry-After"] == "5"
        assert 'href="/notes/?q=tea"' in answer.content.decode()
        assert not answer.cookies
        assert browser.get("/notes/new/").status_code == 200

    def test_a_script_is_told_in_json(self, browser: Client) -> None:
        with database_away():
            answer = browser.get("/notes/", headers={"Sec-Fetch-Mode": "cors"})
        assert (answer.status_code, answer.json()["code"]) == (503, "DatabaseUnavailable")

    def test_what_was_sent_is_in_the_page_to_be_sent_again(
        self, sign_in: Callable[..., Client]
    ) -> None:
        browser = sign_in(enforce_csrf_checks=True)
        browser.raise_request_exception = False
        form = browser.get("/notes/new/").content.decode()
        token = re.findall(r'name="csrfmiddlewaretoken" value="([^"]+)"', form)[0]
        sent = {"csrfmiddlewaretoken": token, "noteid": "abc", "title": "T", "note": TEXT}
        with database_away():
            answer = browser.post("/notes/new/", sent)
        assert answer.status_code == 503
        page = answer.content.decode()
        fields = dict(re.findall(r'type="hidden" name="(\w+)" value="([^"]*)"', page))
        assert {name: unescape(value) for name, value in fields.items()} == sent

    def test_visitors_are_served(self, client: Client) -> None:
        with database_away():
            assert client.get("/").status_code == 200
            assert client.get("/healthz").status_code == 200

    def test_a_mistake_of_our_own_is_still_one(
        self, browser: Client, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        def mistake(*_: Any) -> None:
            raise RuntimeError("a mistake")

        monkeypatch.setattr("notes.editing.render", mistake)
        assert browser.get("/notes/new/").status_code == 500


def test_the_cookie_outlives_it(signed_in_client: Client) -> None:
    signed_in_client.raise_request_exception = False
    key = signed_in_client.cookies[settings.SESSION_COOKIE_NAME].value
    with database_away():
        signed_in_client.get("/account/")
    assert signed_in_client.cookies[settings.SESSION_COOKIE_NAME].value == key
