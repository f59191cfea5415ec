"""Security events in the log: each with its cause and its session, and without anything secret."""

import json
import logging
import time
from collections.abc import Callable
from hashlib import sha256
from typing import Any

import pytest
import requests
import responses
from django.conf import settings
from django.test import Client

from identity.models import User
from notes.drafts import owner_mark
from tests.identity.hostile_provider import HostileProvider, Reply
from tests.identity.relying_parties import CALLBACK, begin, finish, sign_in

pytestmark = pytest.mark.django_db

REVOKE = f"{settings.COGNITO_DOMAIN}/oauth2/revoke"


@pytest.fixture
def event(caplog: pytest.LogCaptureFixture) -> Callable[[str], logging.LogRecord]:
    """The one event of that name so far."""
    caplog.set_level(logging.INFO, logger="identity")

    def named(name: str) -> logging.LogRecord:
        (record,) = [record for record in caplog.records if record.msg == name]
        return record

    return named


def mark(client: Client) -> str:
    key = client.cookies[settings.SESSION_COOKIE_NAME].value
    return sha256(key.encode()).hexdigest()[:16]


class EventTests:
    def test_sign_in_names_the_new_session(
        self, client: Client, provider: HostileProvider, event: Any
    ) -> None:
        sign_in(client, provider)
        assert event("sign_in").session == mark(client)

    @pytest.mark.parametrize(
        ("reply", "cause", "level"),
        [
            (Reply(status=503), "provider_unavailable", logging.ERROR),
            (Reply(status=400, body={"error": "invalid_grant"}), "code_refused", logging.WARNING),
            (Reply(status=400, body={"error": "invalid_client"}), "code_refused", logging.ERROR),
        ],
    )
    def test_sign_in_failed_has_its_cause_and_is_an_error_when_it_would_fail_for_everybody(
        self,
        client: Client,
        provider: HostileProvider,
        event: Any,
        reply: Reply,
        cause: str,
        level: int,
    ) -> None:
        provider.answers["token"] = reply
        sign_in(client, provider)
        assert event("sign_in_failed").cause == cause
        assert event("sign_in_failed").levelno == level
        assert event("sign_in_failed").session == "-"

    def test_an_id_token_that_does_not_verify_is_named(
        self, client: Client, provider: HostileProvider, event: Any
    ) -> None:
        provider.claims = {"aud": "another"}
        sign_in(client, provider)
        assert event("sign_in_failed").cause == "id_token_refused"
        assert event("sign_in_failed").detail == "it does not verify: InvalidAudienceError"
        assert event("sign_in_failed").levelno == logging.ERROR

    @pytest.mark.parametrize(
        ("error", "detail", "level"),
        [
            ("invalid_scope", "invalid_scope", logging.ERROR),
            ("server_error", "server_error", logging.ERROR),
            ("access_denied", "", logging.WARNING),
            ("what a stranger wrote", "", logging.WARNING),
        ],
    )
    def test_what_the_authorization_endpoint_refuses_is_named_and_would_fail_for_everybody(
        self,
        client: Client,
        provider: HostileProvider,
        event: Any,
        error: str,
        detail: str,
        level: int,
    ) -> None:
        finish(client, {"error": error, "state": begin(client, provider)})
        assert event("sign_in_failed").cause == "provider_error"
        assert event("sign_in_failed").detail == detail
        assert event("sign_in_failed").levelno == level

    def test_a_forged_callback_is_noted(self, client: Client, event: Any) -> None:
        client.get(CALLBACK, {"code": "c", "state": "forged"})
        assert event("sign_in_failed").cause == "attempt_unknown"
        assert event("sign_in_failed").levelno == logging.WARNING

    @pytest.mark.parametrize(
        ("answer", "level"),
        [
            ({"status": 400, "json": {"error": "invalid_grant"}}, logging.WARNING),
            ({"json": {"id_token": "forged", "access_token": "a"}}, logging.ERROR),
        ],
    )
    def test_refresh_failed_tells_an_end_from_an_attack(
        self,
        sign_in: Callable[..., Client],
        wire: responses.RequestsMock,
        event: Any,
        answer: dict[str, Any],
        level: int,
    ) -> None:
        client = sign_in(exp=int(time.time()) + 30)
        wire.post(settings.OIDC_OP_TOKEN_ENDPOINT, **answer)
        client.get("/notes/", headers={"Sec-Fetch-Mode": "navigate"})
        assert event("refresh_failed").levelno == level
        assert len(event("refresh_failed").session) == 16

    def test_sign_out(
        self, signed_in_client: Client, wire: responses.RequestsMock, event: Any
    ) -> None:
        wire.post(REVOKE, body=requests.ConnectionError())
        session = mark(signed_in_client)
        signed_in_client.post("/oidc/logout/")
        assert event("sign_out").session == session

    def test_a_visitor_signs_nobody_out(self, client: Client, caplog: Any) -> None:
        client.post("/oidc/logout/")
        assert "sign_out" not in caplog.messages

    def test_csrf_failure(self, sign_in: Callable[..., Client], event: Any) -> None:
        client = sign_in(enforce_csrf_checks=True)
        client.post("/oidc/logout/")
        assert event("csrf_failure").session == mark(client)

    def test_access_refused(self, signed_in_client: Client, event: Any) -> None:
        assert signed_in_client.get("/admin/login/").status_code == 403
        assert event("access_refused").route == "admin:login"
        assert event("access_refused").session == mark(signed_in_client)

    def test_a_draft_is_kept_and_restored(self, signed_in_client: Client, event: Any) -> None:
        form = {"owner": owner_mark(User.objects.get()), "note": "typed", "title": "t"}
        answer = Client().post("/notes/new/", form)
        assert event("draft_kept").session == "-"
        draft = answer.headers["Location"].rpartition("%3D")[2]
        signed_in_client.get("/notes/new/", {"draft": draft})
        assert event("draft_restored").session == mark(signed_in_client)
        assert event("draft_restored").draft == draft

    @pytest.mark.parametrize("nasty", ["x\r\ny", "x\x1b[2Jy", "x\u2028y", "\x00", '"}\n{"a":1'])
    def test_what_a_browser_sends_makes_no_line_of_its_own(
        self, client: Client, caplog: Any, nasty: str
    ) -> None:
        client.cookies[settings.SESSION_COOKIE_NAME] = "k"
        client.get(CALLBACK, {"code": nasty, "state": nasty, "error": nasty})
        said = json.dumps([record.getMessage() for record in caplog.records])
        assert nasty not in said
