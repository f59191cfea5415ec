"""The one way to an ID token: stored, or refreshed once."""

import threading
import time
from collections.abc import Callable
from typing import Any

import pytest
import requests
import responses
from django.conf import settings
from django.contrib.sessions.backends.base import SessionBase
from django.db import connection
from django.http import HttpRequest
from django.test import Client
from django.utils import timezone

from identity import tokens
from identity.models import BrowserSession, User
from identity.sessions import SessionStore
from tests import builders
from tests.identity.requests_of import request_of

pytestmark = pytest.mark.django_db


def serve_refresh(wire: responses.RequestsMock, **changes: Any) -> str:
    """Serve a refresh grant; the new ID token."""
    new = builders.id_token(**{"jti": "refreshed", **changes})
    answer = {"id_token": new, "access_token": "new-access", "token_type": "Bearer"}
    wire.post(settings.OIDC_OP_TOKEN_ENDPOINT, json={**answer, "refresh_token": "rotated"})
    return new


def token_calls(wire: responses.RequestsMock) -> int:
    return len([c for c in wire.calls if c.request.url == settings.OIDC_OP_TOKEN_ENDPOINT])


class IdTokenTests:
    def test_it_returns_the_stored_token_while_it_lasts(
        self, signed_in_client: Client, wire: responses.RequestsMock
    ) -> None:
        token = tokens.api_token(request_of(signed_in_client))
        assert token == signed_in_client.session.tokens.id_token
        assert token_calls(wire) == 0

    def test_it_refreshes_a_token_in_its_last_minute(
        self, sign_in: Callable[..., Client], wire: responses.RequestsMock
    ) -> None:
        client = sign_in(exp=int(time.time()) + 30)
        new = serve_refresh(wire)

        assert tokens.api_token(request_of(client)) == new
        assert client.session.tokens.refresh_token == "rotated"
        assert tokens.api_token(request_of(client)) == new
        assert token_calls(wire) == 1

    def test_it_keeps_the_refresh_token_where_none_comes_back(
        self, sign_in: Callable[..., Client], wire: responses.RequestsMock
    ) -> None:
        client = sign_in(exp=int(time.time()) + 30)
        wire.post(
            settings.OIDC_OP_TOKEN_ENDPOINT,
            json={"id_token": builders.id_token(), "access_token": "new"},
        )
        tokens.api_token(request_of(client))
        assert client.session.tokens.refresh_token == "refresh-token-of-the-test"

    def test_it_takes_the_token_that_another_request_has_fetched(
        self, sign_in: Callable[..., Client], wire: responses.RequestsMock
    ) -> None:
        client = sign_in(exp=int(time.time()) + 30)
        slow = request_of(client)
        assert slow.session.tokens
        new = serve_refresh(wire)
        tokens.api_token(request_of(client))

        assert tokens.api_token(slow) == new
        assert token_calls(wire) == 1

    def test_it_brings_group_changes_into_effect(
        self, sign_in: Callable[..., Client], wire: responses.RequestsMock
    ) -> None:
        client = sign_in(**{"cognito:groups": ["admins"], "exp": int(time.time()) + 30})
        assert User.objects.get().is_staff
        serve_refresh(wire)
        tokens.api_token(request_of(client))
        assert not User.objects.get().is_staff

    def test_it_refreshes_tokens_from_before_the_stale_mark(
        self, signed_in_client: Client, wire: responses.RequestsMock, clock: Any
    ) -> None:
        clock.shift(5)
        User.objects.update(stale_before=timezone.now())
        clock.shift(5)
        new = serve_refresh(wire)
        assert tokens.api_token(request_of(signed_in_client)) == new
        assert tokens.api_token(request_of(signed_in_client)) == new
        assert token_calls(wire) == 1

    def test_the_api_gets_the_kind_of_token_that_its_authorizer_takes(
        self, signed_in_client: Client, settings: Any
    ) -> None:
        stored = signed_in_client.session.tokens
        assert tokens.api_token(request_of(signed_in_client)) == stored.id_token
        settings.NOTES_API_TOKEN = "access"
        assert tokens.api_token(request_of(signed_in_client)) == stored.access_token

    def test_a_forced_refresh_replaces_a_token_that_still_lasts(
        self, signed_in_client: Client, wire: responses.RequestsMock
    ) -> None:
        new = serve_refresh(wire)
        assert tokens.refreshed_api_token(request_of(signed_in_client)) == new


class RefusedRefreshTests:
    @pytest.mark.parametrize("error", ["invalid_grant", "invalid_client"])
    def test_it_ends_the_session_when_the_provider_says_no(
        self, sign_in: Callable[..., Client], wire: responses.RequestsMock, error: str
    ) -> None:
        client = sign_in(exp=int(time.time()) + 30)
        wire.post(settings.OIDC_OP_TOKEN_ENDPOINT, status=400, json={"error": error})
        with pytest.raises(tokens.SignInNeeded):
            tokens.api_token(request_of(client))
        assert not BrowserSession.objects.exists()

    @pytest.mark.parametrize("changes", [{"sub": "somebody-else"}, {"iss": "https://other"}])
    def test_it_ends_the_session_when_the_new_token_is_not_this_persons(
        self,
        sign_in: Callable[..., Client],
        wire: responses.RequestsMock,
        changes: dict[str, str],
    ) -> None:
        client = sign_in(exp=int(time.time()) + 30)
        serve_refresh(wire, **changes)
        with pytest.raises(tokens.SignInNeeded):
            tokens.api_token(request_of(client))
        assert not BrowserSession.objects.exists()

    FAULTS = [
        {"status": 500},
        {"status": 429, "json": {}},
        {"body": requests.Timeout()},
        # Not about the grant: a wrong address, a firewall, a word that nobody knows.
        {"status": 404, "json": {"message": "Not Found"}},
        {"status": 403, "json": {"message": "Forbidden"}},
        {"status": 400, "json": {"error": "made_up"}},
    ]

    @pytest.mark.parametrize("fault", FAULTS)
    def test_it_uses_the_old_token_while_it_is_valid(
        self, sign_in: Callable[..., Client], wire: responses.RequestsMock, fault: dict[str, Any]
    ) -> None:
        client = sign_in(exp=int(time.time()) + 30)
        wire.post(settings.OIDC_OP_TOKEN_ENDPOINT, **fault)
        assert tokens.api_token(request_of(client)) == client.session.tokens.id_token

    @pytest.mark.parametrize("fault", FAULTS)
    def test_it_keeps_the_session_of_an_expired_token_for_later(
        self, sign_in: Callable[..., Client], wire: responses.RequestsMock, fault: dict[str, Any]
    ) -> None:
        client = sign_in(exp=int(time.time()) - 5)
        wire.post(settings.OIDC_OP_TOKEN_ENDPOINT, **fault)
        with pytest.raises(tokens.TokensUnavailable):
            tokens.api_token(request_of(client))
        assert client.session.tokens is not None


class SessionRowTests:
    def test_a_slow_tab_does_not_put_old_tokens_back(
        self, sign_in: Callable[..., Client], wire: responses.RequestsMock
    ) -> None:
        client = sign_in(exp=int(time.time()) + 30)
        slow = request_of(client).session
        slow["note"] = "typed before the refresh"
        serve_refresh(wire)
        tokens.api_token(request_of(client))
        slow.save()
        assert client.session.tokens.refresh_token == "rotated"
        assert client.session["note"] == "typed before the refresh"

    def test_a_slow_tab_does_not_bring_an_ended_session_back(
        self, signed_in_client: Client
    ) -> None:
        slow: SessionBase = request_of(signed_in_client).session
        slow["note"] = "typed before the sign-out"
        BrowserSession.objects.all().delete()
        slow.save()
        assert not BrowserSession.objects.exists()

    def test_tokens_copied_into_another_row_do_not_decrypt(
        self, sign_in: Callable[..., Client]
    ) -> None:
        client, other = sign_in(), sign_in()
        stolen = BrowserSession.objects.get(session_key=client.session.session_key).tokens
        other_key = other.session.session_key
        BrowserSession.objects.filter(session_key=other_key).update(tokens=stolen)
        assert other.session.tokens is None

    def test_its_absolute_limit_holds_also_where_the_idle_one_is_longer(
        self, settings: Any, sign_in: Callable[..., Client], clock: Any
    ) -> None:
        settings.SESSION_COOKIE_AGE, settings.SESSION_ABSOLUTE_AGE = 7_200, 3_600
        key = sign_in().cookies[settings.SESSION_COOKIE_NAME].value
        clock.shift(3_601)
        assert not SessionStore(key).get("_auth_user_id")

    def test_it_ends_when_idle_and_at_the_absolute_limit(
        self, signed_in_client: Client, clock: Any
    ) -> None:
        for _ in range(int(settings.SESSION_ABSOLUTE_AGE / 1_200) - 1):
            clock.shift(1_200)
            session = SessionStore(signed_in_client.cookies[settings.SESSION_COOKIE_NAME].value)
            assert session.get("_auth_user_id")
            session.touch()
        clock.shift(1_300)
        assert not SessionStore(session.session_key).get("_auth_user_id")

    def test_a_short_idle_limit_leaves_who_is_at_work_alone(
        self, settings: Any, sign_in: Callable[..., Client], clock: Any
    ) -> None:
        settings.SESSION_COOKIE_AGE = 60
        key = sign_in().cookies[settings.SESSION_COOKIE_NAME].value
        for _ in range(30):
            clock.shift(10)
            session = SessionStore(key)
            assert session.get("_auth_user_id")
            session.touch()
        clock.shift(121)
        assert not SessionStore(key).get("_auth_user_id")


@pytest.mark.django_db(transaction=True)
class ParallelRefreshTests:
    def test_twenty_requests_make_one_token_call(
        self, sign_in: Callable[..., Client], wire: responses.RequestsMock
    ) -> None:
        client = sign_in(exp=int(time.time()) + 30)
        new = serve_refresh(wire)
        requests_ = [request_of(client) for _ in range(20)]
        got: list[str] = []

        def fetch(request: HttpRequest) -> None:
            try:
                got.append(tokens.api_token(request))
            finally:
                connection.close()

        threads = [threading.Thread(target=fetch, args=(request,)) for request in requests_]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        assert got == [new] * 20
        assert token_calls(wire) == 1
