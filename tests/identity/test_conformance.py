"""The OpenID Foundation's tests of a relying party, by the names of their modules.

The plans: oidcc-client-basic-certification-test-plan, oidcc-client-refreshtoken-test-plan, the two
key rotations of the configuration plan, oidcc-client-rp-initiated-logout-rp-basic, and two single
modules of the comprehensive plan. The conformance suite itself is another program; what each
module expects is from its description there (gitlab.com/openid/conformance-suite, Java package
net.openid.conformance.openid.client).
"""

import time
from base64 import urlsafe_b64encode
from collections.abc import Callable
from hashlib import sha256
from urllib.parse import parse_qs, urlsplit

import jwt
import pytest
from django.conf import settings
from django.test import Client

from identity.models import BrowserSession, User
from identity.tokens import SignInNeeded, id_token
from tests import builders
from tests.identity.hostile_provider import HostileProvider
from tests.identity.relying_parties import begin, nothing_is_left, sign_in
from tests.identity.requests_of import request_of

pytestmark = pytest.mark.django_db

Arrange = Callable[[HostileProvider], None]


def claims(**changes: object) -> Arrange:
    return lambda provider: provider.claims.update(changes)


def signing(**changes: object) -> Arrange:
    return lambda provider: provider.signing.update(changes)


def keys(*kids: str) -> Arrange:
    return lambda provider: setattr(provider, "keys", builders.jwks(*kids))


def several(*parts: Arrange) -> Arrange:
    def arrange(provider: HostileProvider) -> None:
        for part in parts:
            part(provider)

    return arrange


def unsigned(provider: HostileProvider) -> None:
    provider.id_token = lambda nonce: jwt.encode(
        builders.claims(nonce=nonce), None, algorithm="none", headers={"kid": builders.KID}
    )


def keys_without_ids(provider: HostileProvider) -> None:
    provider.keys = builders.jwks("first", builders.KID)
    for key in provider.keys["keys"]:
        del key["kid"]
    provider.signing = {"kid": None}


ACCEPTED: dict[str, Arrange] = {
    "oidcc-client-test": claims(),
    "oidcc-client-test-idtoken-sig-rs256": claims(),
    "oidcc-client-test-kid-absent-single-jwks": signing(kid=None),
    "oidcc-client-test-signing-key-rotation-just-before-signing": several(
        keys("rotated"), signing(kid="rotated", signed_by="rotated")
    ),
}

REFUSED: dict[str, Arrange] = {
    "oidcc-client-test-invalid-iss": claims(iss="https://another.example.com"),
    "oidcc-client-test-missing-sub": claims(sub=None),
    "oidcc-client-test-invalid-aud": claims(aud="another"),
    "oidcc-client-test-missing-aud": claims(aud=None),
    "oidcc-client-test-missing-iat": claims(iat=None),
    "oidcc-client-test-nonce-invalid": claims(nonce="another"),
    "oidcc-client-test-invalid-athash": claims(at_hash="AAAAAAAAAAAAAAAAAAAAAA"),
    "oidcc-client-test-invalid-sig-rs256": signing(signed_by="attacker"),
    # The module allows trying every key as well; refusing is the stricter of the two.
    "oidcc-client-test-kid-absent-multiple-jwks": keys_without_ids,
    # Only for a client that registered for unsigned tokens would accepting be right.
    "oidcc-client-test-idtoken-sig-none": unsigned,
    "oidcc-client-test-userinfo-invalid-sub": lambda provider: provider.user_info.update(
        sub="another"
    ),
}


class SignInModuleTests:
    @pytest.mark.parametrize("arrange", ACCEPTED.values(), ids=ACCEPTED.keys())
    def test_it_accepts(self, client: Client, provider: HostileProvider, arrange: Arrange) -> None:
        arrange(provider)
        outcome = sign_in(client, provider)
        assert outcome.is_signed_in and outcome.location == "/notes/trash/"

    @pytest.mark.parametrize("arrange", REFUSED.values(), ids=REFUSED.keys())
    def test_it_refuses(self, client: Client, provider: HostileProvider, arrange: Arrange) -> None:
        arrange(provider)
        assert sign_in(client, provider).verdict == "refused"
        assert nothing_is_left(client)

    def test_oidcc_client_test_client_secret_basic(
        self, client: Client, provider: HostileProvider
    ) -> None:
        sign_in(client, provider)
        (asked,) = provider.requests("/token")
        assert asked.headers["Authorization"].startswith("Basic ")
        assert "client_secret" not in asked.form

    def test_oidcc_client_test_scope_userinfo_claims(
        self, client: Client, provider: HostileProvider
    ) -> None:
        assert "email" in settings.OIDC_RP_SCOPES.split()
        assert sign_in(client, provider).is_signed_in
        (asked,) = provider.requests("/userInfo")
        assert asked.headers["Authorization"] == "Bearer hostile-access-token"

    def test_oidcc_client_test_signing_key_rotation(
        self, client: Client, provider: HostileProvider
    ) -> None:
        """The second sign-in follows at once; a cache that cools down first would refuse it."""
        assert sign_in(client, provider).is_signed_in
        keys("rotated")(provider)
        signing(kid="rotated", signed_by="rotated")(provider)
        assert sign_in(Client(), provider).is_signed_in
        assert len(provider.requests("jwks.json")) == 2

    def test_a_right_at_hash_is_accepted(self, client: Client, provider: HostileProvider) -> None:
        half = sha256(b"hostile-access-token").digest()[:16]
        provider.claims = {"at_hash": urlsafe_b64encode(half).rstrip(b"=").decode()}
        assert sign_in(client, provider).is_signed_in


class RefreshModuleTests:
    @pytest.fixture
    def expiring(self, client: Client, provider: HostileProvider) -> Client:
        provider.claims = {"exp": int(time.time()) + 30}
        assert sign_in(client, provider).is_signed_in
        provider.claims = {}
        return client

    def test_oidcc_client_test_refresh_token(
        self, expiring: Client, provider: HostileProvider
    ) -> None:
        provider.tokens = {"access_token": "renewed-access-token"}
        assert id_token(request_of(expiring))
        assert provider.requests("/token")[-1].form == {
            "grant_type": "refresh_token",
            "refresh_token": "hostile-refresh-token",
        }
        assert expiring.session.tokens.access_token == "renewed-access-token"

    @pytest.mark.parametrize(
        "changes",
        [{"iss": "https://another.example.com"}, {"sub": "another"}],
        ids=[
            "oidcc-client-test-refresh-token-invalid-issuer",
            "oidcc-client-test-refresh-token-invalid-sub",
        ],
    )
    def test_it_ends_the_session(
        self, expiring: Client, provider: HostileProvider, changes: dict[str, str]
    ) -> None:
        provider.claims = changes
        with pytest.raises(SignInNeeded):
            id_token(request_of(expiring))
        assert not BrowserSession.objects.exists()
        assert User.objects.count() == 1


class SignOutModuleTests:
    """Cognito's /logout is the end-session endpoint; it takes no ``state`` and gives none back."""

    @pytest.fixture
    def signed_out(self, client: Client, provider: HostileProvider) -> Client:
        assert sign_in(client, provider).is_signed_in
        answer = client.post("/oidc/logout/")
        address = urlsplit(answer.headers["Location"])
        assert f"{address.scheme}://{address.netloc}{address.path}" == f"{provider.url}/logout"
        assert parse_qs(address.query) == {
            "client_id": [settings.OIDC_RP_CLIENT_ID],
            "logout_uri": [f"{settings.PUBLIC_URL}/signed-out/"],
        }
        assert len(provider.requests("/revoke")) == 1
        return client

    @pytest.mark.parametrize(
        "query",
        [{}, {"state": "a-state-that-nobody-sent"}],
        ids=["oidcc-client-test-rp-init-logout", "oidcc-client-test-rp-init-logout-other-state"],
    )
    def test_it_ends_the_session_and_handles_the_way_back(
        self, signed_out: Client, query: dict[str, str]
    ) -> None:
        assert signed_out.get("/signed-out/", query).status_code == 200
        assert signed_out.get("/account/").status_code == 302
        assert not BrowserSession.objects.exists()

    def test_oidcc_client_test_rp_init_logout_no_state(
        self, signed_out: Client, provider: HostileProvider
    ) -> None:
        """And whoever signs in next gets a session of their own."""
        assert signed_out.get("/signed-out/").status_code == 200
        begin(signed_out, provider)
        provider.claims = {"sub": "the-next-person"}
        assert sign_in(signed_out, provider).is_signed_in
        assert BrowserSession.objects.get().user.sub == "the-next-person"
