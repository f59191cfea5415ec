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
from typing import Any
from urllib.parse import parse_qs, urlsplit

import jwt
import pytest
from django.conf import settings
from django.test import Client

from identity.models import BrowserSession, User
from identity.tokens import SignInNeeded, api_token
from tests import builders
from tests.identity.hostile_provider import HostileProvider
from tests.identity.relying_parties import finish, nothing_is_left, sign_in
from tests.identity.requests_of import request_of

pytestmark = pytest.mark.django_db

Arrange = Callable[[HostileProvider], None]
Module = Callable[[Client, HostileProvider], None]


def accepts(arrange: Arrange) -> Module:
    """Whoever signs in at a provider like that is signed in."""

    def module(client: Client, provider: HostileProvider) -> None:
        arrange(provider)
        outcome = sign_in(client, provider)
        assert outcome.is_signed_in and outcome.location == "/notes/trash/"

    return module


def refuses(arrange: Arrange) -> Module:
    """Nobody is, and nothing of it is kept."""

    def module(client: Client, provider: HostileProvider) -> None:
        arrange(provider)
        assert sign_in(client, provider).verdict == "refused"
        assert nothing_is_left(client)

    return module


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


def whole_flow(client: Client, provider: HostileProvider) -> None:
    """The authentication request, the token request and the userInfo request, each in full."""
    begun = client.get("/oidc/authenticate/")
    asked = {name: value for name, (value,) in parse_qs(_query(begun)).items()}
    redirect_uri = f"{settings.PUBLIC_URL}/oidc/callback/"
    assert asked["response_type"] == "code" and "openid" in asked["scope"].split()
    assert asked["client_id"] == settings.OIDC_RP_CLIENT_ID
    assert asked["redirect_uri"] == redirect_uri
    provider.nonce = asked["nonce"]
    assert finish(client, {"code": "the-code", "state": asked["state"]}).is_signed_in
    (token,) = provider.requests("/token")
    assert token.form["grant_type"] == "authorization_code"
    assert (token.form["code"], token.form["redirect_uri"]) == ("the-code", redirect_uri)
    assert len(provider.requests("/userInfo")) == 1


def _query(redirect: Any) -> str:
    return urlsplit(redirect.headers["Location"]).query


def signature_by_the_published_key(client: Client, provider: HostileProvider) -> None:
    """Of several RS256 keys, the token's own is looked up at the provider and verifies."""
    keys("another", builders.KID, "a-third")(provider)
    assert sign_in(client, provider).is_signed_in
    assert len(provider.requests("jwks.json")) == 1


def client_secret_basic(client: Client, provider: HostileProvider) -> None:
    sign_in(client, provider)
    (asked,) = provider.requests("/token")
    assert asked.headers["Authorization"].startswith("Basic ")
    assert "client_secret" not in asked.form


def scope_userinfo_claims(client: Client, provider: HostileProvider) -> None:
    assert "email" in settings.OIDC_RP_SCOPES.split()
    assert sign_in(client, provider).is_signed_in
    (asked,) = provider.requests("/userInfo")
    assert asked.headers["Authorization"] == "Bearer hostile-access-token"


def key_rotation(client: Client, provider: HostileProvider) -> None:
    """The second sign-in follows at once; a cache that cools down first would refuse it."""
    assert sign_in(client, provider).is_signed_in
    keys("rotated")(provider)
    signing(kid="rotated", signed_by="rotated")(provider)
    assert sign_in(Client(), provider).is_signed_in
    assert len(provider.requests("jwks.json")) == 2


def with_a_token_about_to_end(client: Client, provider: HostileProvider) -> None:
    provider.claims = {"exp": int(time.time()) + 30}
    assert sign_in(client, provider).is_signed_in
    provider.claims = {}


def refresh(client: Client, provider: HostileProvider) -> None:
    with_a_token_about_to_end(client, provider)
    provider.tokens = {"access_token": "renewed-access-token"}
    assert api_token(request_of(client))
    assert provider.requests("/token")[-1].form == {
        "grant_type": "refresh_token",
        "refresh_token": "hostile-refresh-token",
    }
    assert client.session.tokens.access_token == "renewed-access-token"


def refuses_refreshed(**changes: object) -> Module:
    """The session ends when the renewed ID token is not the same person's or issuer's."""

    def module(client: Client, provider: HostileProvider) -> None:
        with_a_token_about_to_end(client, provider)
        provider.claims = changes
        with pytest.raises(SignInNeeded):
            api_token(request_of(client))
        assert not BrowserSession.objects.exists()
        assert User.objects.count() == 1

    return module


def sign_out(client: Client, provider: HostileProvider) -> None:
    """To Cognito's /logout, which is the end-session endpoint, and back."""
    assert sign_in(client, provider).is_signed_in
    answer = client.post("/oidc/logout/")
    address = urlsplit(answer.headers["Location"])
    assert f"{address.scheme}://{address.netloc}{address.path}" == f"{provider.url}/logout"
    assert parse_qs(address.query) == {
        "client_id": [settings.OIDC_RP_CLIENT_ID],
        "logout_uri": [f"{settings.PUBLIC_URL}/signed-out/"],
    }
    assert len(provider.requests("/revoke")) == 1
    assert client.get("/signed-out/").status_code == 200
    assert client.get("/account/").status_code == 302
    assert not BrowserSession.objects.exists()


def sign_out_with_another_state(client: Client, provider: HostileProvider) -> None:
    """Cognito takes no ``state``, so none is sent and what comes back as one counts for nothing.

    Neither does it end the session of whoever is signed in by then, nor is any of it shown.
    """
    sign_out(client, provider)
    back = client.get("/signed-out/", {"state": "a-state-that-nobody-sent"})
    assert back.status_code == 200 and b"a-state-that-nobody-sent" not in back.content
    assert sign_in(client, provider).is_signed_in
    client.get("/signed-out/", {"state": "a-state-that-nobody-sent"})
    assert BrowserSession.objects.count() == 1 and "_auth_user_id" in client.session


def sign_out_without_state(client: Client, provider: HostileProvider) -> None:
    """And whoever signs in next gets a session of their own."""
    sign_out(client, provider)
    provider.claims = {"sub": "the-next-person"}
    assert sign_in(client, provider).is_signed_in
    assert BrowserSession.objects.get().user.sub == "the-next-person"


MODULES: dict[str, Module] = {
    # Basic
    "oidcc-client-test": whole_flow,
    "oidcc-client-test-client-secret-basic": client_secret_basic,
    "oidcc-client-test-idtoken-sig-rs256": signature_by_the_published_key,
    # Only for a client that registered for unsigned tokens would accepting be right.
    "oidcc-client-test-idtoken-sig-none": refuses(unsigned),
    "oidcc-client-test-invalid-aud": refuses(claims(aud="another")),
    "oidcc-client-test-invalid-iss": refuses(claims(iss="https://another.example.com")),
    "oidcc-client-test-invalid-sig-rs256": refuses(signing(signed_by="attacker")),
    # The module allows trying every key as well; refusing is the stricter of the two.
    "oidcc-client-test-kid-absent-multiple-jwks": refuses(keys_without_ids),
    "oidcc-client-test-kid-absent-single-jwks": accepts(signing(kid=None)),
    "oidcc-client-test-missing-iat": refuses(claims(iat=None)),
    "oidcc-client-test-missing-sub": refuses(claims(sub=None)),
    "oidcc-client-test-nonce-invalid": refuses(claims(nonce="another")),
    "oidcc-client-test-scope-userinfo-claims": scope_userinfo_claims,
    "oidcc-client-test-userinfo-invalid-sub": refuses(
        lambda provider: provider.user_info.update(sub="another")
    ),
    # Refresh
    "oidcc-client-test-refresh-token": refresh,
    "oidcc-client-test-refresh-token-invalid-issuer": refuses_refreshed(
        iss="https://another.example.com"
    ),
    "oidcc-client-test-refresh-token-invalid-sub": refuses_refreshed(sub="another"),
    # Key rotation
    "oidcc-client-test-signing-key-rotation": key_rotation,
    "oidcc-client-test-signing-key-rotation-just-before-signing": accepts(
        several(keys("rotated"), signing(kid="rotated", signed_by="rotated"))
    ),
    # Sign-out begun by the relying party
    "oidcc-client-test-rp-init-logout": sign_out,
    "oidcc-client-test-rp-init-logout-other-state": sign_out_with_another_state,
    "oidcc-client-test-rp-init-logout-no-state": sign_out_without_state,
    # Comprehensive
    "oidcc-client-test-missing-aud": refuses(claims(aud=None)),
    "oidcc-client-test-invalid-athash": refuses(claims(at_hash="AAAAAAAAAAAAAAAAAAAAAA")),
}


class ModuleTests:
    @pytest.mark.parametrize("module", MODULES.values(), ids=MODULES.keys())
    def test_it_passes(self, module: Module, client: Client, provider: HostileProvider) -> None:
        module(client, provider)

    def test_there_are_24(self) -> None:
        assert len(MODULES) == 24

    def test_a_right_at_hash_is_accepted(self, client: Client, provider: HostileProvider) -> None:
        half = sha256(b"hostile-access-token").digest()[:16]
        provider.claims = {"at_hash": urlsafe_b64encode(half).rstrip(b"=").decode()}
        assert sign_in(client, provider).is_signed_in
