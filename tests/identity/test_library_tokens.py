"""Tokens and how long they count: mozilla-django-oidc 5.0.2 by itself, beside our site.

Its weaknesses 4, 7 to 9, 23 to 25 and 28.
"""

import time
from pathlib import Path
from typing import Any

import pytest
from django.test import Client

from identity.models import BrowserSession, User
from identity.token_set import TokenSet
from identity.tokens import api_token
from tests import canaries
from tests.identity.hostile_provider import HostileProvider, Reply
from tests.identity.relying_parties import CALLBACK, begin, sign_in
from tests.identity.requests_of import request_of

pytestmark = pytest.mark.django_db

TOKENS = {"hostile-access-token", "hostile-refresh-token"}
# How a browser marks what a script asks for.
BY_SCRIPT = {"Sec-Fetch-Mode": "cors"}


class KeysTests:
    """Weakness 4."""

    def fetched(self, provider: HostileProvider) -> int:
        for _ in range(5):
            assert sign_in(Client(), provider).is_signed_in
        return len(provider.requests("jwks.json"))

    def test_plain_fetches_them_at_every_sign_in(
        self, plain: Client, provider: HostileProvider
    ) -> None:
        assert self.fetched(provider) == 5

    def test_ours_once(self, ours: Client, provider: HostileProvider) -> None:
        assert self.fetched(provider) == 1


class ErrorTests:
    """Weakness 7."""

    @pytest.fixture
    def telling_error(self, provider: HostileProvider) -> None:
        body = {"error": "invalid_grant", "echo": "canary-of-the-token-endpoint"}
        provider.answers["token"] = Reply(status=400, body=body)

    def test_plain_quotes_the_answer_in_its_error(
        self, plain: Client, provider: HostileProvider, telling_error: None
    ) -> None:
        plain.raise_request_exception = True
        state = begin(plain, provider)
        with pytest.raises(Exception, match="canary-of-the-token-endpoint"):
            plain.get(CALLBACK, {"code": "c", "state": state})

    def test_ours_says_only_which_error_it_was(
        self, ours: Client, provider: HostileProvider, telling_error: None, caplog: Any
    ) -> None:
        assert "canary" not in sign_in(ours, provider).text
        assert "canary" not in str([record.__dict__ for record in caplog.records])


class RefusedPersonTests:
    """Weakness 8: the tokens of somebody who may not come in."""

    def refuse_bob(self, client: Client, provider: HostileProvider) -> None:
        """Ada is signed in; in her browser somebody signs in who is deactivated here."""
        bob = {"sub": "bob", "email": "bob@example.com"}
        provider.claims, provider.user_info = bob, bob
        assert sign_in(Client(), provider).is_signed_in
        User.objects.filter(email="bob@example.com").update(is_active=False)
        provider.claims, provider.user_info = {}, {}
        assert sign_in(client, provider).is_signed_in
        provider.claims, provider.user_info = bob, bob
        provider.tokens = {"access_token": "access-token-of-bob"}
        sign_in(client, provider)
        signed_in = User.objects.get(pk=client.session["_auth_user_id"])
        assert signed_in.email == "ada@example.com"

    def test_plain_leaves_them_in_the_session_of_another(
        self, plain: Client, provider: HostileProvider
    ) -> None:
        self.refuse_bob(plain, provider)
        assert plain.session["oidc_access_token"] == "access-token-of-bob"

    def test_ours_keeps_none_of_them(self, ours: Client, provider: HostileProvider) -> None:
        self.refuse_bob(ours, provider)
        assert ours.session.tokens.access_token == "hostile-access-token"


class StoredTests:
    """Weaknesses 9 and 28."""

    def test_plain_keeps_the_tokens_readable_and_no_refresh_token(
        self, plain: Client, provider: HostileProvider, stock_sessions: Path
    ) -> None:
        sign_in(plain, provider)
        (session,) = stock_sessions.iterdir()
        assert canaries.found(session.read_text(), TOKENS) == {"hostile-access-token"}
        assert canaries.found(session.read_text(), set(), canaries.JWT)

    def test_ours_encrypted_with_the_refresh_token(
        self, ours: Client, provider: HostileProvider
    ) -> None:
        sign_in(ours, provider)
        row = BrowserSession.objects.get()
        stored = f"{row.tokens} {row.session_data}"
        assert row.tokens and not canaries.found(stored, TOKENS, canaries.JWT)
        tokens: TokenSet = ours.session.tokens
        assert tokens.refresh_token == "hostile-refresh-token"


class ExpiryTests:
    """Weaknesses 23 and 24: ``plain`` has the library's SessionRefresh."""

    @pytest.fixture
    def plain(self, plain: Client, settings: Any) -> Client:
        refresh = "mozilla_django_oidc.middleware.SessionRefresh"
        settings.MIDDLEWARE = [*settings.MIDDLEWARE, refresh]
        return plain

    def sign_in_for(self, seconds: int, client: Client, provider: HostileProvider) -> int:
        """With an ID token that ends so soon; its ``exp``."""
        ends_at = int(time.time()) + seconds
        provider.claims = {"exp": ends_at}
        assert sign_in(client, provider).is_signed_in
        provider.claims = {}
        return ends_at

    def test_plain_takes_a_setting_for_the_tokens_end(
        self, plain: Client, provider: HostileProvider, clock: Any
    ) -> None:
        ends_at = self.sign_in_for(300, plain, provider)
        assert plain.session["oidc_id_token_expiration"] == pytest.approx(ends_at + 600, abs=5)
        clock.shift(600)
        assert plain.get("/").content == b"home"

    def test_ours_takes_exp_and_renews_it_without_the_browser(
        self, ours: Client, provider: HostileProvider, clock: Any
    ) -> None:
        ends_at = self.sign_in_for(300, ours, provider)
        assert ours.session.tokens.expires_at == ends_at
        clock.shift(600)
        assert api_token(request_of(ours))
        assert provider.requests("/token")[-1].form["grant_type"] == "refresh_token"
        assert ours.session.tokens.expires_at > ends_at + 600

    def test_plain_sends_a_script_away_and_lets_a_post_through(
        self, plain: Client, provider: HostileProvider, clock: Any
    ) -> None:
        self.sign_in_for(300, plain, provider)
        clock.shift(1_000)
        answer = plain.get("/", headers=BY_SCRIPT)
        assert answer.status_code == 302
        assert answer.headers["Location"].startswith(f"{provider.url}/oauth2/authorize?")
        assert plain.post("/").content == b"home"

    def test_ours_says_401_to_a_script_and_keeps_what_a_post_brings(
        self, ours: Client, provider: HostileProvider
    ) -> None:
        self.sign_in_for(300, ours, provider)
        BrowserSession.objects.all().delete()
        answer = ours.get("/notes/", headers=BY_SCRIPT)
        assert (answer.status_code, answer.json()["code"]) == (401, "SignInNeeded")
        assert ours.post("/notes/new/", {}).status_code == 302


class SignOutTests:
    """Weakness 25."""

    def test_plain_revokes_nothing(self, plain: Client, provider: HostileProvider) -> None:
        sign_in(plain, provider)
        plain.post("/oidc/logout/")
        assert provider.requests("/revoke") == []

    def test_ours_ends_the_refresh_token(self, ours: Client, provider: HostileProvider) -> None:
        sign_in(ours, provider)
        ours.post("/oidc/logout/")
        assert provider.requests("/revoke")[0].form["token"] == "hostile-refresh-token"
