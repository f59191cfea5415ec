"""One refresh for all who ask, whatever becomes of it: slow, failing, abandoned or too late."""

import json
import threading
import time
from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from typing import Any
from urllib.parse import parse_qs

import pytest
import responses
from django.conf import settings
from django.db import DatabaseError, connection
from django.http import HttpRequest
from django.test import Client
from django.utils import timezone

from identity import refresh, tokens
from identity.models import BrowserSession, User
from identity.sessions import token_columns
from tests import builders
from tests.identity.requests_of import request_of
from tests.identity.test_tokens import serve_refresh, token_calls

pytestmark = pytest.mark.django_db


@pytest.fixture
def client(sign_in: Callable[..., Client]) -> Client:
    """The browser of somebody whose ID token lasts another half minute."""
    return sign_in(exp=int(time.time()) + 30)


def revocations(wire: responses.RequestsMock) -> list[str]:
    """The refresh tokens that were revoked."""
    calls = [call for call in wire.calls if call.request.url.endswith("/revoke")]
    return [parse_qs(call.request.body)["token"][0] for call in calls]


class LeaseTests:
    def test_nobody_tries_again_right_after_a_failure(
        self, client: Client, wire: responses.RequestsMock, clock: Any
    ) -> None:
        wire.post(settings.OIDC_OP_TOKEN_ENDPOINT, status=503)
        old = client.session.tokens.id_token
        for _ in range(3):
            assert tokens.api_token(request_of(client)) == old
        assert token_calls(wire) == 1

        clock.shift(refresh.PAUSE.total_seconds())
        wire.remove(responses.POST, settings.OIDC_OP_TOKEN_ENDPOINT)
        new = serve_refresh(wire)
        assert tokens.api_token(request_of(client)) == new

    def test_the_lease_of_a_process_that_died_runs_out(
        self, client: Client, wire: responses.RequestsMock
    ) -> None:
        BrowserSession.objects.update(refreshing_until=timezone.now() + timedelta(seconds=0.2))
        new = serve_refresh(wire)
        assert tokens.api_token(request_of(client)) == new
        assert BrowserSession.objects.get().refreshing_until is None

    def test_a_session_that_ends_meanwhile_stays_ended_and_its_new_token_is_revoked(
        self, client: Client, wire: responses.RequestsMock
    ) -> None:
        wire.post(f"{settings.COGNITO_DOMAIN}/oauth2/revoke")
        answer = {"id_token": builders.id_token(), "access_token": "x", "refresh_token": "new"}

        def slowly(_: object) -> tuple[int, dict[str, str], str]:
            BrowserSession.objects.all().delete()
            return 200, {}, json.dumps(answer)

        wire.add_callback(responses.POST, settings.OIDC_OP_TOKEN_ENDPOINT, slowly)
        with pytest.raises(tokens.SignInNeeded):
            tokens.api_token(request_of(client))
        assert not BrowserSession.objects.exists()
        assert revocations(wire) == ["new"]

    def test_a_rotated_token_is_kept_when_the_rest_cannot_be_verified(
        self, client: Client, wire: responses.RequestsMock
    ) -> None:
        wire.post(
            settings.OIDC_OP_TOKEN_ENDPOINT,
            json={"id_token": builders.id_token(kid="new-key"), "access_token": "x"}
            | {"refresh_token": "rotated"},
        )
        wire.replace(responses.GET, settings.OIDC_OP_JWKS_ENDPOINT, status=503)
        old = client.session.tokens
        assert tokens.api_token(request_of(client)) == old.id_token
        assert client.session.tokens.refresh_token == "rotated"

    def test_a_demotion_by_another_session_is_not_undone(
        self, client: Client, wire: responses.RequestsMock
    ) -> None:
        request = request_of(client)
        assert request.user.is_authenticated and not request.user.is_staff
        User.objects.update(is_staff=True)
        serve_refresh(wire)
        tokens.api_token(request)
        assert not User.objects.get().is_staff

    def test_the_lease_outlasts_the_slowest_refresh(
        self, client: Client, wire: responses.RequestsMock, clock: Any
    ) -> None:
        """A call for the tokens and one for the keys, of 5 s each at most."""
        asked: list[bool] = []

        def slowly(_: object) -> tuple[int, dict[str, str], str]:
            clock.shift(10)
            if not asked:
                asked.append(refresh._take_lease(BrowserSession.objects.get()))
            return 503, {}, ""

        wire.add_callback(responses.POST, settings.OIDC_OP_TOKEN_ENDPOINT, slowly)
        tokens.api_token(request_of(client))
        assert asked == [False]

    def test_who_waits_too_long_goes_on_with_the_token_at_hand(
        self, client: Client, wire: responses.RequestsMock, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(refresh, "WAIT_SECONDS", 0.1)
        BrowserSession.objects.update(refreshing_until=timezone.now() + refresh.LEASE)
        old = client.session.tokens.id_token
        assert tokens.api_token(request_of(client)) == old
        assert token_calls(wire) == 0

    @pytest.mark.parametrize(
        ("status", "answer"),
        [(200, {"access_token": "x", "refresh_token": "late"}), (400, {"error": "invalid_grant"})],
    )
    def test_an_answer_after_the_lease_changes_nothing(
        self, client: Client, wire: responses.RequestsMock, status: int, answer: dict[str, str]
    ) -> None:
        """Somebody else took over, and has stored newer tokens since."""
        row = BrowserSession.objects.get()
        newer = replace(client.session.tokens, obtained_at=time.time() + 1, refresh_token="newer")

        def late(_: object) -> tuple[int, dict[str, str], str]:
            BrowserSession.objects.update(**token_columns(newer, row.session_key))
            if status == 200:
                answer["id_token"] = builders.id_token()
            return status, {}, json.dumps(answer)

        wire.add_callback(responses.POST, settings.OIDC_OP_TOKEN_ENDPOINT, late)
        assert tokens.api_token(request_of(client)) == newer.id_token
        assert client.session.tokens.refresh_token == "newer"
        assert revocations(wire) == []

    def test_a_renewed_token_that_is_not_the_access_tokens_ends_the_session(
        self, client: Client, wire: responses.RequestsMock
    ) -> None:
        wire.post(f"{settings.COGNITO_DOMAIN}/oauth2/revoke")
        serve_refresh(wire, at_hash="of-another-access-token")
        with pytest.raises(tokens.SignInNeeded):
            tokens.api_token(request_of(client))


class RightsTests:
    @pytest.fixture
    def client(self, sign_in: Callable[..., Client]) -> Client:
        return sign_in(exp=int(time.time()) + 30, **{"cognito:groups": ["admins"]})

    def test_they_are_gone_for_a_request_that_waited_for_anothers_refresh(
        self, client: Client, wire: responses.RequestsMock
    ) -> None:
        waited, other = request_of(client), request_of(client)
        assert isinstance(waited.user, User) and waited.user.is_staff
        # Loaded before the other one's refresh.
        assert waited.session.tokens is not None
        serve_refresh(wire)
        tokens.api_token(other)
        tokens.api_token(waited)
        assert not waited.user.is_staff
        assert token_calls(wire) == 1

    def test_new_tokens_are_not_stored_without_them(
        self, client: Client, wire: responses.RequestsMock, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        def fail(*_: object) -> None:
            raise DatabaseError

        serve_refresh(wire)
        before = client.session.tokens
        monkeypatch.setattr("identity.people.apply_claims", fail)
        with pytest.raises(DatabaseError):
            tokens.api_token(request_of(client))
        assert client.session.tokens == before


class NonceTests:
    @pytest.mark.parametrize("nonce", [None, "of-the-sign-in"])
    def test_it_takes_none_or_the_first(
        self, client: Client, wire: responses.RequestsMock, nonce: str | None
    ) -> None:
        self._sign_in_had(client, "of-the-sign-in")
        new = serve_refresh(wire, nonce=nonce)
        assert tokens.api_token(request_of(client)) == new

    def test_another_one_ends_the_session(
        self, client: Client, wire: responses.RequestsMock
    ) -> None:
        wire.post(f"{settings.COGNITO_DOMAIN}/oauth2/revoke")
        self._sign_in_had(client, "of-the-sign-in")
        serve_refresh(wire, nonce="of-another")
        with pytest.raises(tokens.SignInNeeded):
            tokens.api_token(request_of(client))
        assert revocations(wire) == ["rotated"]

    @staticmethod
    def _sign_in_had(client: Client, nonce: str) -> None:
        row = BrowserSession.objects.get()
        columns = token_columns(replace(client.session.tokens, nonce=nonce), row.session_key)
        BrowserSession.objects.update(**columns)


@pytest.mark.django_db(transaction=True)
class OutageTests:
    def test_all_who_wait_share_one_attempt(
        self, client: Client, wire: responses.RequestsMock
    ) -> None:
        all_ask = threading.Event()

        def slowly(_: object) -> tuple[int, dict[str, str], str]:
            assert all_ask.wait(10)
            return 503, {}, ""

        wire.add_callback(responses.POST, settings.OIDC_OP_TOKEN_ENDPOINT, slowly)
        old = client.session.tokens.id_token
        got: list[str] = []

        def ask(request: HttpRequest) -> None:
            try:
                got.append(tokens.api_token(request))
            finally:
                connection.close()

        asking = [request_of(client) for _ in range(8)]
        threads = [threading.Thread(target=ask, args=(request,)) for request in asking]
        for thread in threads:
            thread.start()
        all_ask.set()
        for thread in threads:
            thread.join()
        assert got == [old] * 8
        assert token_calls(wire) == 1
