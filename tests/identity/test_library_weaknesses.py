"""What mozilla-django-oidc 5.0.2 does by itself, beside what our site does instead.

Wrong tokens and answers are in test_wrong_answers.py. When a test of ``plain`` fails after an
update of the library, the library has mended something, and our part may have become needless.
"""

from typing import Any

import pytest
from django.conf import settings
from django.test import Client
from mozilla_django_oidc.auth import OIDCAuthenticationBackend

from identity.encryption import TokenSet
from identity.models import BrowserSession, User
from tests import canaries
from tests.identity.hostile_provider import HostileProvider, Reply
from tests.identity.relying_parties import CALLBACK, begin, sign_in

pytestmark = pytest.mark.django_db


@pytest.fixture
def plain(stock_client: Client) -> Client:
    """A browser at a site with the plain library."""
    stock_client.raise_request_exception = False
    return stock_client


@pytest.fixture
def ours(client: Client) -> Client:
    """A browser at our site."""
    client.raise_request_exception = False
    return client


def forced_out(client: Client, provider: HostileProvider) -> bool:
    assert sign_in(client, provider).is_signed_in
    client.get(CALLBACK, {"error": "x"})
    return "_auth_user_id" not in client.session


def key_rotates(client: Client, provider: HostileProvider) -> bool:
    keys = []
    for _ in range(2):
        assert sign_in(client, provider).is_signed_in
        keys.append(client.cookies[settings.SESSION_COOKIE_NAME].value)
    return keys[0] != keys[1]


def stays_in_when_deactivated(client: Client, provider: HostileProvider, path: str) -> bool:
    assert sign_in(client, provider).is_signed_in
    User.objects.update(is_active=False)
    user = client.get(path).wsgi_request.user
    return bool(user.is_authenticated)


def lands(client: Client, provider: HostileProvider) -> str:
    """Where the first of two tabs arrives after the second began its sign-in."""
    state = begin(client, provider, "/notes/first/")
    nonce = provider.nonce
    begin(client, provider, "/notes/second/")
    provider.nonce = nonce
    return client.get(CALLBACK, {"code": "c", "state": state}).headers["Location"]


def rows_after_visits(client: Client, provider: HostileProvider) -> int:
    for _ in range(10):
        begin(Client(), provider)
    return BrowserSession.objects.count()


def fetched_keys(provider: HostileProvider) -> int:
    for _ in range(5):
        assert sign_in(Client(), provider).is_signed_in
    return len(provider.requests("jwks.json"))


class IdentityTests:
    """Weaknesses 10, 11, 14, 15: who somebody is comes from an e-mail address of userInfo."""

    def test_plain_takes_over_whoever_has_the_email(
        self, plain: Client, provider: HostileProvider
    ) -> None:
        root = User.objects.create_superuser("root", "ada@example.com", None)
        provider.claims = {"sub": "a-stranger", "email_verified": False}
        sign_in(plain, provider)
        assert plain.session["_auth_user_id"] == str(root.pk)

    def test_ours_knows_people_by_sub(self, ours: Client, provider: HostileProvider) -> None:
        root = User.objects.create_superuser("root", "ada@example.com", None)
        provider.claims = {"sub": "a-stranger", "email_verified": False}
        sign_in(ours, provider)
        assert ours.session["_auth_user_id"] != str(root.pk)

    def test_plain_keeps_somebody_deactivated(
        self, plain: Client, provider: HostileProvider
    ) -> None:
        assert stays_in_when_deactivated(plain, provider, "/")

    def test_ours_lets_them_out(self, ours: Client, provider: HostileProvider) -> None:
        assert not stays_in_when_deactivated(ours, provider, "/signed-out/")

    def test_plain_never_follows_a_change_of_name(
        self, plain: Client, provider: HostileProvider
    ) -> None:
        sign_in(plain, provider)
        provider.claims = {"name": "Augusta"}
        sign_in(plain, provider)
        assert User.objects.get().first_name == ""

    def test_ours_does(self, ours: Client, provider: HostileProvider) -> None:
        sign_in(ours, provider)
        provider.claims = {"name": "Augusta"}
        sign_in(ours, provider)
        assert User.objects.get().first_name == "Augusta"


class CallbackTests:
    """Weaknesses 17, 18, 20, 22, 26."""

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

    def test_plain_writes_a_row_for_every_visit(
        self, plain: Client, provider: HostileProvider
    ) -> None:
        assert rows_after_visits(plain, provider) == 10

    def test_ours_writes_none(self, ours: Client, provider: HostileProvider) -> None:
        assert rows_after_visits(ours, provider) == 0


class TokensTests:
    """Weaknesses 4, 7, 9, 25, 28."""

    def test_plain_fetches_the_keys_at_every_sign_in(
        self, plain: Client, provider: HostileProvider
    ) -> None:
        assert fetched_keys(provider) == 5

    def test_ours_once(self, ours: Client, provider: HostileProvider) -> None:
        assert fetched_keys(provider) == 1

    def test_plain_keeps_the_tokens_readable_and_no_refresh_token(
        self, plain: Client, provider: HostileProvider
    ) -> None:
        sign_in(plain, provider)
        assert plain.session["oidc_access_token"] == "hostile-access-token"
        assert plain.session["oidc_id_token"].startswith("eyJ")
        assert "hostile-refresh-token" not in str(dict(plain.session))

    def test_ours_encrypted_with_the_refresh_token(
        self, ours: Client, provider: HostileProvider
    ) -> None:
        sign_in(ours, provider)
        row = BrowserSession.objects.get()
        assert row.tokens and not canaries.found(row.tokens, {"token"}, canaries.JWT)
        tokens: TokenSet = ours.session.tokens
        assert tokens.refresh_token == "hostile-refresh-token"

    def test_plain_revokes_nothing_at_sign_out(
        self, plain: Client, provider: HostileProvider
    ) -> None:
        sign_in(plain, provider)
        plain.post("/oidc/logout/")
        assert provider.requests("/revoke") == []

    def test_ours_ends_the_refresh_token(self, ours: Client, provider: HostileProvider) -> None:
        sign_in(ours, provider)
        ours.post("/oidc/logout/")
        assert provider.requests("/revoke")[0].form["token"] == "hostile-refresh-token"

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

    def test_plain_takes_hs256_and_sends_no_pkce(self, plain: Client, settings: Any) -> None:
        del settings.OIDC_RP_SIGN_ALGO
        del settings.OIDC_USE_PKCE
        assert OIDCAuthenticationBackend().OIDC_RP_SIGN_ALGO == "HS256"
        assert "code_challenge" not in plain.get("/oidc/authenticate/").headers["Location"]

    def test_ours_needs_no_setting_for_either(self, ours: Client, settings: Any) -> None:
        del settings.OIDC_RP_SIGN_ALGO
        del settings.OIDC_USE_PKCE
        assert "code_challenge_method=S256" in ours.get("/oidc/authenticate/").headers["Location"]
