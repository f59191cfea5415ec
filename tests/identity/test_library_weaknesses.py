"""The flow of a sign-in: mozilla-django-oidc 5.0.2 by itself, beside our site.

Its weaknesses 3, 16 to 22, 26 and 27. Who somebody is, is in test_library_people.py, tokens are in
test_library_tokens.py, and wrong tokens and answers (1, 2, 5, 6 and 10) in test_wrong_answers.py.
When a test of ``plain`` fails after an update of the library, the library has mended something,
and our part may have become needless.
"""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import jwt
import pytest
from django.conf import settings as site_settings
from django.test import Client

from identity.models import BrowserSession
from tests import builders
from tests.identity.hostile_provider import ABSENT, HostileProvider
from tests.identity.relying_parties import CALLBACK, begin, finish, sign_in
from tests.identity.wrong_answers import jwk

pytestmark = pytest.mark.django_db


def forced_out(client: Client, provider: HostileProvider) -> bool:
    assert sign_in(client, provider).is_signed_in
    client.get(CALLBACK, {"error": "x"})
    return "_auth_user_id" not in client.session


def key_rotates(client: Client, provider: HostileProvider) -> bool:
    keys = []
    for _ in range(2):
        assert sign_in(client, provider).is_signed_in
        keys.append(client.cookies[site_settings.SESSION_COOKIE_NAME].value)
    return keys[0] != keys[1]


def lands(client: Client, provider: HostileProvider) -> str:
    """Where the first of two tabs arrives after the second began its sign-in."""
    state = begin(client, provider, "/notes/first/")
    nonce = provider.nonce
    begin(client, provider, "/notes/second/")
    provider.nonce = nonce
    return client.get(CALLBACK, {"code": "c", "state": state}).headers["Location"]


def visit(provider: HostileProvider) -> None:
    """Ten people look at the sign-in page."""
    for _ in range(10):
        begin(Client(), provider)


def finished_late(client: Client, provider: HostileProvider, clock: Any) -> bool:
    """Whether a sign-in ends well that was begun twenty minutes ago."""
    state = begin(client, provider)
    clock.shift(20 * 60)
    return finish(client, {"code": "c", "state": state}).is_signed_in


class CallbackTests:
    """Weaknesses 17 to 20, 22, 26."""

    def test_plain_is_signed_out_by_a_link(self, plain: Client, provider: HostileProvider) -> None:
        assert forced_out(plain, provider)

    def test_ours_is_not(self, ours: Client, provider: HostileProvider) -> None:
        assert not forced_out(ours, provider)

    def test_plain_gives_a_bare_400_for_a_replay(
        self, plain: Client, provider: HostileProvider
    ) -> None:
        begin(plain, provider)
        answer = plain.get(CALLBACK, {"code": "c", "state": "unknown"})
        assert answer.status_code == 400 and b"/oidc/authenticate/" not in answer.content

    def test_ours_gives_a_page_with_a_fresh_start(
        self, ours: Client, provider: HostileProvider
    ) -> None:
        begin(ours, provider)
        answer = ours.get(CALLBACK, {"code": "c", "state": "unknown"})
        assert answer.status_code == 400 and b"/oidc/authenticate/" in answer.content

    def test_plain_mixes_up_where_two_tabs_wanted_to_go(
        self, plain: Client, provider: HostileProvider
    ) -> None:
        assert lands(plain, provider) == "/notes/second/"

    def test_ours_takes_each_where_it_began(self, ours: Client, provider: HostileProvider) -> None:
        assert lands(ours, provider) == "/notes/first/"

    def test_plain_keeps_the_session_key_at_a_repeated_sign_in(
        self, plain: Client, provider: HostileProvider
    ) -> None:
        assert not key_rotates(plain, provider)

    def test_ours_makes_a_new_one(self, ours: Client, provider: HostileProvider) -> None:
        assert key_rotates(ours, provider)

    def test_plain_takes_a_state_of_any_age(
        self, plain: Client, provider: HostileProvider, clock: Any
    ) -> None:
        assert finished_late(plain, provider, clock)

    def test_ours_forgets_it_after_ten_minutes(
        self, ours: Client, provider: HostileProvider, clock: Any
    ) -> None:
        assert not finished_late(ours, provider, clock)

    def test_plain_stores_a_session_for_every_visit(
        self, plain: Client, provider: HostileProvider, stock_sessions: Path
    ) -> None:
        visit(provider)
        assert len(list(stock_sessions.iterdir())) == 10

    def test_ours_stores_none(self, ours: Client, provider: HostileProvider) -> None:
        visit(provider)
        assert not BrowserSession.objects.exists()


class AddressTests:
    """Weakness 21: the address that the provider is told comes from the request."""

    def redirect_uri(self, client: Client) -> str:
        answer = client.get("/oidc/authenticate/", headers={"Host": "testserver"})
        return answer.headers["Location"]

    def test_plain_builds_it_from_the_host_header(
        self, plain: Client, provider: HostileProvider
    ) -> None:
        assert "redirect_uri=http%3A%2F%2Ftestserver" in self.redirect_uri(plain)

    def test_ours_from_public_url(self, ours: Client, provider: HostileProvider) -> None:
        assert "redirect_uri=http%3A%2F%2Flocalhost%3A8000" in self.redirect_uri(ours)


class DefaultsTests:
    """Weaknesses 3 and 16: what it does where no setting says otherwise."""

    @pytest.fixture
    def plain(self, plain: Client, settings: Any) -> Client:
        del settings.OIDC_RP_SIGN_ALGO
        del settings.OIDC_USE_PKCE
        return plain

    def with_hs256(self, client: Client, provider: HostileProvider) -> str:
        """Sign in with an ID token for which the client secret is the key."""
        secret = site_settings.OIDC_RP_CLIENT_SECRET
        provider.id_token = lambda nonce: jwt.encode(builders.claims(nonce=nonce), secret, "HS256")
        return sign_in(client, provider).verdict

    def test_plain_takes_hs256(self, plain: Client, provider: HostileProvider) -> None:
        assert self.with_hs256(plain, provider) == "accepted"

    def test_plain_sends_no_pkce(self, plain: Client) -> None:
        assert "code_challenge" not in plain.get("/oidc/authenticate/").headers["Location"]

    def test_ours_takes_rs256_alone_and_sends_pkce_without_any(
        self, ours: Client, provider: HostileProvider
    ) -> None:
        assert not hasattr(site_settings, "OIDC_RP_SIGN_ALGO")
        assert not hasattr(site_settings, "OIDC_USE_PKCE")
        assert self.with_hs256(ours, provider) == "refused"
        assert "code_challenge_method=S256" in ours.get("/oidc/authenticate/").headers["Location"]


def unsigned(provider: HostileProvider) -> None:
    provider.keys = jwk(alg=ABSENT)
    provider.id_token = lambda nonce: jwt.encode(
        builders.claims(nonce=nonce), None, algorithm="none", headers={"kid": builders.KID}
    )


def with_another_nonce(provider: HostileProvider) -> None:
    provider.claims = {"nonce": "another"}


def with_an_unknown_key(provider: HostileProvider) -> None:
    provider.signing = {"kid": "unknown"}


SWITCHES = {
    "OIDC_ALLOW_UNSECURED_JWT": (True, unsigned),
    "OIDC_USE_NONCE": (False, with_another_nonce),
    "OIDC_VERIFY_KID": (False, with_an_unknown_key),
}


class OffSwitchesTests:
    """Weakness 27. ``OIDC_VERIFY_SSL``, which would need a certificate, is left to the checks."""

    each = pytest.mark.parametrize(
        ("name", "value", "arrange"),
        [(name, *how) for name, how in SWITCHES.items()],
        ids=SWITCHES.keys(),
    )

    @each
    def test_plain_can_be_told_to_look_away(
        self,
        name: str,
        value: bool,
        arrange: Callable[[HostileProvider], None],
        plain: Client,
        provider: HostileProvider,
        settings: Any,
    ) -> None:
        arrange(provider)
        assert not sign_in(plain, provider).is_signed_in
        state = begin(plain, provider)
        setattr(settings, name, value)
        assert finish(plain, {"code": "c", "state": state}).is_signed_in

    @each
    def test_ours_cannot(
        self,
        name: str,
        value: bool,
        arrange: Callable[[HostileProvider], None],
        ours: Client,
        provider: HostileProvider,
        settings: Any,
    ) -> None:
        arrange(provider)
        setattr(settings, name, value)
        assert sign_in(ours, provider).verdict == "refused"

    def signs_out(self, client: Client, provider: HostileProvider, settings: Any) -> bool:
        settings.ALLOW_LOGOUT_GET_METHOD = True
        assert sign_in(client, provider).is_signed_in
        client.get("/oidc/logout/")
        return "_auth_user_id" not in client.session

    def test_plain_can_be_told_to_sign_out_by_a_link(
        self, plain: Client, provider: HostileProvider, settings: Any
    ) -> None:
        assert self.signs_out(plain, provider, settings)

    def test_ours_cannot_sign_out_by_a_link(
        self, ours: Client, provider: HostileProvider, settings: Any
    ) -> None:
        assert not self.signs_out(ours, provider, settings)
