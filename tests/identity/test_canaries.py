"""Whatever happens at sign-in and while writing: nothing secret in logs, pages and session rows.

Each secret of these tests is a value that cannot come from anywhere else; what was logged (as in
production, but at DEBUG), shown and stored is searched for it, also encoded.
"""

import io
import logging
import logging.config
import time
from base64 import urlsafe_b64encode
from collections.abc import Callable, Iterator
from typing import Any
from urllib.parse import quote

import pytest
import requests
import responses
from django.conf import settings
from django.contrib.auth.decorators import login_not_required
from django.db import connection
from django.http import HttpRequest, HttpResponse
from django.test import Client
from django.urls import path

from identity.models import BrowserSession, User
from notes.drafts import owner_mark
from notesite import log
from tests import canaries
from tests.identity.hostile_provider import HostileProvider
from tests.identity.relying_parties import CALLBACK, begin, finish
from tests.identity.wrong_answers import WRONG_ANSWERS, WrongAnswer

pytestmark = pytest.mark.django_db

CODE = "canary-code-5d8f"
ACCESS_TOKEN = "canary-access-token-91b2"
REFRESH_TOKEN = "canary-refresh-token-77aa"
EMAIL = "canary-email-3c1e@example.com"
NAME = "Canary-Name-4f4f"
TEXT = "canary-note-text-0e0e"


@pytest.fixture
def output() -> Iterator[io.StringIO]:
    """All that the site writes to standard error, as in production but at DEBUG."""
    configuration = log.configuration("DEBUG")
    stream = io.StringIO()
    configuration["handlers"]["stderr"]["stream"] = stream
    configuration["root"]["level"] = "DEBUG"
    root = logging.getLogger()
    handlers, level = root.handlers[:], root.level
    levels = {name: logging.getLogger(name).level for name in configuration["loggers"]}
    logging.config.dictConfig(configuration)
    yield stream
    root.handlers, root.level = handlers, level
    for name, before in levels.items():
        logging.getLogger(name).setLevel(before)


def secrets_of(*more: str) -> set[str]:
    secret = settings.OIDC_RP_CLIENT_SECRET
    return {CODE, ACCESS_TOKEN, REFRESH_TOKEN, EMAIL, NAME, TEXT, secret, *filter(None, more)}


def found(haystack: str, *more: str) -> set[str]:
    """These tests' secrets in that text, and anything that looks like a JWT."""
    return canaries.found(haystack, secrets_of(*more), canaries.JWT)


def all_rows() -> str:
    """Everything in the tables that hold sessions and drafts, but for keys that name the rows."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT session_data, tokens FROM identity_browsersession")
        rows = cursor.fetchall()
        cursor.execute("SELECT content, digest FROM notes_draft")
        return repr([*rows, *cursor.fetchall()])


@pytest.fixture
def pool(provider: HostileProvider) -> HostileProvider:
    provider.claims = {"email": EMAIL, "name": NAME}
    provider.tokens = {"access_token": ACCESS_TOKEN, "refresh_token": REFRESH_TOKEN}
    return provider


def sign_in(client: Client, provider: HostileProvider) -> Any:
    client.raise_request_exception = False
    return finish(client, {"code": CODE, "state": begin(client, provider)})


class CanaryTests:
    def test_the_search_finds_what_it_looks_for(self) -> None:
        assert found(f"x {CODE} y") == {CODE}
        assert found(urlsafe_b64encode(f"xxxx{EMAIL}xxxxxxxx".encode()).decode()) == {EMAIL}
        assert found(quote(EMAIL)) == {EMAIL}
        assert found("Bearer eyJhbGciOi.eyJzdWIiOiI") == {"eyJhbGciOi.eyJzdWIiOiI"}

    def test_an_address_among_other_bytes_counts_if_it_is_no_chance(self) -> None:
        def among_bytes(text: str) -> str:
            raw = b"\x80\xff" * 8 + text.encode() + b"\xfe\x81" * 8
            return urlsafe_b64encode(raw).decode()

        assert canaries.found(among_bytes("2@Y.vhp"), (), canaries.ADDRESS) == set()
        assert canaries.found(among_bytes(EMAIL), (), canaries.ADDRESS) == {EMAIL}
        assert canaries.found(among_bytes(CODE), (CODE,)) == {CODE}

    def test_a_sign_in_and_its_session(
        self, client: Client, pool: HostileProvider, output: io.StringIO
    ) -> None:
        assert sign_in(client, pool).is_signed_in
        key = client.cookies[settings.SESSION_COOKIE_NAME].value
        assert '"event": "sign_in"' in output.getvalue()
        assert found(output.getvalue(), key) == set()
        assert found(all_rows(), key) == set()
        assert found(str(client.cookies)) == set()

    @pytest.mark.parametrize("wrong", WRONG_ANSWERS.values(), ids=WRONG_ANSWERS.keys())
    def test_a_sign_in_that_fails(
        self,
        client: Client,
        pool: HostileProvider,
        output: io.StringIO,
        wrong: WrongAnswer,
    ) -> None:
        wrong.arrange(pool)
        pool.claims = {**pool.claims, "email": EMAIL, "name": NAME}
        pool.tokens = {
            "access_token": ACCESS_TOKEN,
            "refresh_token": REFRESH_TOKEN,
            **pool.tokens,
        }
        outcome = sign_in(client, pool)
        assert not outcome.is_signed_in
        assert found(outcome.text) == set()
        assert "sign_in_failed" in output.getvalue()
        assert found(output.getvalue()) == set()

    def test_a_refresh_and_a_sign_out_that_fail(
        self, client: Client, pool: HostileProvider, output: io.StringIO, settings: Any
    ) -> None:
        pool.claims["exp"] = int(time.time()) + 30
        sign_in(client, pool)
        pool.tokens["id_token"] = f"{CODE}.{CODE}.{CODE}"
        settings.NOTES_API_URL = pool.url
        page = client.get("/notes/", headers={"Sec-Fetch-Mode": "navigate"})
        assert not BrowserSession.objects.exists()
        assert "refresh_failed" in output.getvalue()
        assert found(output.getvalue()) == set()
        assert found(page.content.decode()) == set()

    def test_a_callback_that_nobody_asked_for(self, client: Client, output: io.StringIO) -> None:
        client.get(CALLBACK, {"code": CODE, "state": ACCESS_TOKEN, "error": EMAIL})
        assert "sign_in_failed" in output.getvalue()
        assert found(output.getvalue()) == set()


class WatchTests:
    """The search that goes along with every test of the suite finds something where there is."""

    @pytest.mark.parametrize("secret", [canaries.REFRESH_TOKEN, "ada@example.com"])
    def test_a_secret_in_a_row(self, watch: canaries.Watch, secret: str) -> None:
        BrowserSession.objects.filter(session_key="a" * 32).update(session_data=f"it is {secret}")
        assert watch.leaks() == {"row": {secret}}
        watch.forget()

    @pytest.mark.parametrize("secret", [canaries.REFRESH_TOKEN, "ada@example.com", "a" * 32])
    def test_a_secret_in_a_log(self, watch: canaries.Watch, secret: str) -> None:
        BrowserSession.objects.filter(session_key="a" * 32).update(session_data="")
        logging.getLogger("notes").debug("Found %s there", secret)
        assert watch.leaks() == {"log": {secret}}
        watch.forget()

    @pytest.mark.urls("tests.identity.test_canaries")
    def test_a_token_on_an_error_page(self, client: Client, watch: canaries.Watch) -> None:
        client.get("/")
        assert watch.leaks() == {"error page": {canaries.ACCESS_TOKEN}}
        watch.forget()


@login_not_required
def leaking(request: HttpRequest) -> HttpResponse:
    return HttpResponse(canaries.ACCESS_TOKEN, status=500)


urlpatterns = [path("", leaking)]


class NoteTests:
    @pytest.fixture
    def form(self, signed_in_client: Client) -> dict[str, str]:
        return {
            "owner": owner_mark(User.objects.get()),
            "noteid": "0123456789abcdef",
            "title": TEXT,
            "note": TEXT,
            "tags": "",
        }

    def test_a_draft(self, client: Client, form: dict[str, str], output: io.StringIO) -> None:
        answer = client.post("/notes/new/", form)
        assert "draft_kept" in output.getvalue()
        assert found(output.getvalue()) == set()
        assert found(all_rows()) == set()
        assert found(answer.headers["Location"]) == set()

    @pytest.mark.parametrize(
        "fault",
        [
            {"status": 503},
            {"status": 500, "body": TEXT},
            {"status": 403, "json": {"message": TEXT}},
            {"status": 200, "body": TEXT},
            {"body": requests.ConnectionError(TEXT)},
            # No fault of the API: a mistake of our own, of any kind.
            {"body": RuntimeError(TEXT)},
        ],
    )
    def test_a_note_that_is_not_saved(
        self,
        signed_in_client: Client,
        wire: responses.RequestsMock,
        form: dict[str, str],
        output: io.StringIO,
        fault: dict[str, Any],
    ) -> None:
        signed_in_client.raise_request_exception = False
        wire.post(f"{settings.NOTES_API_URL}/notes", **fault)
        answer = signed_in_client.post("/notes/new/", form)
        assert answer.status_code >= 400
        key = signed_in_client.cookies[settings.SESSION_COOKIE_NAME].value
        assert found(output.getvalue(), key, "ada@example.com") == set()
        assert found(all_rows(), key) == set()

    def test_a_csrf_failure(
        self, sign_in: Callable[..., Client], form: dict[str, str], output: io.StringIO
    ) -> None:
        client = sign_in(enforce_csrf_checks=True)
        client.post("/notes/new/", form)
        assert "csrf_failure" in output.getvalue()
        assert found(output.getvalue()) == set()
