"""Which ID tokens are acceptable."""

import time
from typing import Any

import jwt
import pytest
import responses
from django.conf import settings

from cognito.http import ProviderUnavailable
from cognito.jwks import FRESH_SECONDS, REFETCH_SECONDS, RETRY_SECONDS, SigningKeys
from cognito.verify import IdTokenRefused, verify_id_token
from tests import builders

NOW = int(time.time())

REFUSED: dict[str, dict[str, Any]] = {
    "iss of another pool": {"iss": "https://cognito-idp.eu-central-1.amazonaws.com/other_1"},
    "iss missing": {"iss": None},
    "aud of another app client": {"aud": "anotherappclient"},
    "aud missing": {"aud": None},
    "aud a number": {"aud": 7},
    "aud with others and no azp": {"aud": [settings.OIDC_RP_CLIENT_ID, "other"]},
    "azp another app client": {"azp": "other"},
    "sub missing": {"sub": None},
    "sub empty": {"sub": ""},
    "sub a number": {"sub": 7},
    "sub an object": {"sub": {"a": 1}},
    "exp missing": {"exp": None},
    "exp past the leeway": {"exp": NOW - 120},
    "exp a text": {"exp": str(NOW + 600)},
    "exp a fraction": {"exp": NOW + 600.5},
    "exp true": {"exp": True},
    "iat missing": {"iat": None},
    "iat in the future": {"iat": NOW + 50_000},
    "iat an object": {"iat": {}},
    "nbf in the future": {"nbf": NOW + 50_000},
    "token_use access": {"token_use": "access"},
    "token_use missing": {"token_use": None},
    "token_use a list": {"token_use": ["id"]},
    "nonce missing": {"nonce": None},
    "nonce of another attempt": {"nonce": "other"},
    "nonce a list": {"nonce": ["expected"]},
    "groups a text": {"cognito:groups": "admins"},
    "at_hash of another token": {"at_hash": "AAAAAAAAAAAAAAAAAAAAAA"},
}


def verify(id_token: object) -> Any:
    return verify_id_token(id_token, nonce="expected", access_token="the access token")


class VerifyIdTokenTests:
    @pytest.fixture(autouse=True)
    def _wire(self, wire: responses.RequestsMock) -> None:
        self.wire = wire

    def test_it_returns_the_verified_claims(self) -> None:
        claims = verify(builders.id_token(nonce="expected", **{"cognito:groups": ["admins"]}))

        assert claims.sub == builders.claims()["sub"]
        assert claims.issuer == settings.COGNITO_ISSUER
        assert claims.email == "ada@example.com"
        assert claims.groups == {"admins"}

    @pytest.mark.parametrize("changes", REFUSED.values(), ids=REFUSED.keys())
    def test_it_refuses_a_wrong_claim(self, changes: dict[str, Any]) -> None:
        with pytest.raises(IdTokenRefused):
            verify(builders.id_token(**{"nonce": "expected", **changes}))

    def test_it_allows_a_clock_that_is_a_minute_off(self) -> None:
        assert verify(builders.id_token(nonce="expected", exp=int(time.time()) - 50))
        assert verify(builders.id_token(nonce="expected", iat=int(time.time()) + 50))

    def test_it_refuses_the_token_of_somebody_else_after_a_refresh(self) -> None:
        with pytest.raises(IdTokenRefused, match="another person"):
            verify_id_token(builders.id_token(), sub="somebody-else")

    def test_it_refuses_a_signature_of_another_key(self) -> None:
        with pytest.raises(IdTokenRefused):
            verify(builders.id_token(nonce="expected", signed_by="attacker"))

    def test_it_refuses_none_and_the_public_key_as_a_secret(self) -> None:
        unsigned = jwt.encode(builders.claims(nonce="expected"), None, algorithm="none")
        secret = jwt.encode(
            builders.claims(nonce="expected"),
            "x" * 64,
            algorithm="HS256",
            headers={"kid": builders.KID},
        )
        for forged in (unsigned, secret):
            with pytest.raises(IdTokenRefused, match="RS256"):
                verify(forged)

    @pytest.mark.parametrize("garbage", [None, "", 7, "a.b.c", "x" * 20_000, "é.é.é", ["a"]])
    def test_it_refuses_what_is_no_token(self, garbage: object) -> None:
        with pytest.raises(IdTokenRefused):
            verify(garbage)

    def test_it_never_puts_the_token_into_its_message(self) -> None:
        id_token = builders.id_token(nonce="expected", aud="other")
        with pytest.raises(IdTokenRefused) as refused:
            verify(id_token)
        assert not any(part in str(refused.value) for part in id_token.split("."))


class SigningKeysTests:
    @pytest.fixture(autouse=True)
    def _wire(self, wire: responses.RequestsMock) -> None:
        self.wire = wire

    def serve(self, *kids: str) -> None:
        self.wire.replace(responses.GET, settings.OIDC_OP_JWKS_ENDPOINT, json=builders.jwks(*kids))

    def fetches(self) -> int:
        return len([c for c in self.wire.calls if c.request.url == settings.OIDC_OP_JWKS_ENDPOINT])

    def test_it_fetches_the_keys_once_for_many_tokens(self) -> None:
        for _ in range(5):
            verify(builders.id_token(nonce="expected"))
        assert self.fetches() == 1

    def test_it_asks_only_once_more_for_a_flood_of_unknown_key_ids(self) -> None:
        verify(builders.id_token(nonce="expected"))
        for number in range(50):
            with pytest.raises(IdTokenRefused, match="no key"):
                verify(builders.id_token(nonce="expected", kid=f"unknown-{number}"))
        assert self.fetches() == 2

    def test_it_asks_again_for_an_unknown_key_id_after_a_while(self) -> None:
        now = 1_000.0
        keys = SigningKeys(settings.OIDC_OP_JWKS_ENDPOINT, clock=lambda: now)
        assert keys.find(builders.KID)
        assert keys.find("new") is None
        self.serve("new")

        assert keys.find("new") is None
        now += REFETCH_SECONDS + 1
        assert keys.find("new")

    def test_it_finds_a_new_key_at_once(self) -> None:
        keys = SigningKeys(settings.OIDC_OP_JWKS_ENDPOINT)
        assert keys.find(builders.KID)
        self.serve("new")
        assert keys.find("new")

    def test_it_asks_again_soon_while_it_has_no_key_at_all(self) -> None:
        now = 1_000.0
        self.wire.replace(responses.GET, settings.OIDC_OP_JWKS_ENDPOINT, status=503)
        keys = SigningKeys(settings.OIDC_OP_JWKS_ENDPOINT, clock=lambda: now)
        for _ in range(20):
            with pytest.raises(ProviderUnavailable):
                keys.find(builders.KID)
        assert self.fetches() == 1
        self.serve(builders.KID)
        now += RETRY_SECONDS
        assert keys.find(builders.KID)

    def test_it_forgets_a_withdrawn_key_after_an_hour(self) -> None:
        now = 1_000.0
        keys = SigningKeys(settings.OIDC_OP_JWKS_ENDPOINT, clock=lambda: now)
        assert keys.find(builders.KID)
        self.serve("new")

        now += FRESH_SECONDS + 1
        assert keys.find(builders.KID) is None

    def test_it_goes_on_with_the_keys_at_hand_when_the_pool_is_down(self) -> None:
        now = 1_000.0
        keys = SigningKeys(settings.OIDC_OP_JWKS_ENDPOINT, clock=lambda: now)
        assert keys.find(builders.KID)
        self.wire.replace(responses.GET, settings.OIDC_OP_JWKS_ENDPOINT, status=503)

        now += FRESH_SECONDS + 1
        assert keys.find(builders.KID)

    def test_it_accepts_a_token_without_a_key_id_when_there_is_one_key(self) -> None:
        assert verify(builders.id_token(nonce="expected", kid=None))

    def test_it_refuses_one_without_a_key_id_when_there_are_two(self) -> None:
        self.serve("new", builders.KID)
        with pytest.raises(IdTokenRefused, match="no key"):
            verify(builders.id_token(nonce="expected", kid=None))

    @pytest.mark.parametrize("body", ["", "[]", "{}", '{"keys": 7}', '{"keys": [{"kty": "RSA"}]}'])
    def test_it_does_not_judge_the_token_when_the_keys_are_garbled(self, body: str) -> None:
        self.wire.replace(responses.GET, settings.OIDC_OP_JWKS_ENDPOINT, body=body)
        with pytest.raises(ProviderUnavailable):
            verify(builders.id_token(nonce="expected"))
