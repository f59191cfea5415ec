"""What a hostile provider may answer at sign-in, and what the plain library makes of it."""

import hmac
import json
import time
from base64 import urlsafe_b64encode
from collections.abc import Callable
from dataclasses import dataclass
from hashlib import sha256
from typing import Any

import jwt
from cryptography.hazmat.primitives import serialization
from django.conf import settings

from tests import builders
from tests.identity.hostile_provider import ABSENT, HostileProvider, Reply


@dataclass(frozen=True)
class WrongAnswer:
    """``arrange`` makes the provider give it; ``stock`` is the plain library's verdict on it."""

    arrange: Callable[[HostileProvider], None]
    stock: str


def claims(stock: str, **changes: Any) -> WrongAnswer:
    def arrange(provider: HostileProvider) -> None:
        # Claims that are relative to now are made when the token is.
        provider.claims = {
            name: value() if callable(value) else value for name, value in changes.items()
        }

    return WrongAnswer(arrange, stock)


def token(stock: str, make: Callable[[str], object]) -> WrongAnswer:
    def arrange(provider: HostileProvider) -> None:
        provider.id_token = make

    return WrongAnswer(arrange, stock)


def answer(stock: str, endpoint: str, **reply: Any) -> WrongAnswer:
    def arrange(provider: HostileProvider) -> None:
        provider.answers[endpoint] = Reply(**reply)

    return WrongAnswer(arrange, stock)


def keys(stock: str, make: Callable[[], Any]) -> WrongAnswer:
    def arrange(provider: HostileProvider) -> None:
        provider.keys = make()

    return WrongAnswer(arrange, stock)


def fields(stock: str, **changes: Any) -> WrongAnswer:
    def arrange(provider: HostileProvider) -> None:
        provider.tokens = changes

    return WrongAnswer(arrange, stock)


def user_info(stock: str, **changes: Any) -> WrongAnswer:
    def arrange(provider: HostileProvider) -> None:
        provider.user_info = changes

    return WrongAnswer(arrange, stock)


def from_now(seconds: float) -> Callable[[], int]:
    return lambda: int(time.time() + seconds)


def signed(nonce: str, algorithm: str, key: Any, **headers: Any) -> str:
    return jwt.encode(
        builders.claims(nonce=nonce),
        key,
        algorithm=algorithm,
        headers={"kid": builders.KID, **headers},
    )


def with_public_key_as_secret(nonce: str) -> str:
    """HMAC-SHA256 keyed with the published key's PEM; put together by hand, as PyJWT refuses to."""
    pem = (
        builders.signing_key()
        .public_key()
        .public_bytes(serialization.Encoding.PEM, serialization.PublicFormat.SubjectPublicKeyInfo)
    )
    parts = [{"alg": "HS256", "typ": "JWT", "kid": builders.KID}, builders.claims(nonce=nonce)]
    signed_part = b".".join(
        urlsafe_b64encode(json.dumps(part).encode()).rstrip(b"=") for part in parts
    )
    signature = urlsafe_b64encode(hmac.new(pem, signed_part, sha256).digest()).rstrip(b"=")
    return b".".join([signed_part, signature]).decode()


def jwk(kid: str = builders.KID, **changes: Any) -> dict[str, Any]:
    key = {**builders.jwks(kid)["keys"][0], **changes}
    return {"keys": [{name: value for name, value in key.items() if value is not ABSENT}]}


def of_another_pool() -> str:
    return f"{settings.COGNITO_ISSUER[:-1]}2"


USER_INFO = json.dumps(
    {"sub": "5f3c1d1e-0000-4000-8000-00000000000a", "email": "a@example.com", "x": "x" * 200}
).encode()

WRONG_ANSWERS: dict[str, WrongAnswer] = {
    # The ID token's claims (Core, 3.1.3.7).
    "iss of another pool": claims("accepted", iss=of_another_pool),
    "iss missing": claims("accepted", iss=None),
    "iss a list": claims("accepted", iss=lambda: [settings.COGNITO_ISSUER]),
    "aud of another app client": claims("accepted", aud="anotherappclient"),
    "aud missing": claims("accepted", aud=None),
    "aud with others and no azp": claims(
        "accepted", aud=lambda: [settings.OIDC_RP_CLIENT_ID, "another"]
    ),
    "azp another app client": claims("accepted", azp="anotherappclient"),
    "token_use access": claims("accepted", token_use="access"),
    "token_use missing": claims("accepted", token_use=None),
    "sub missing": claims("accepted", sub=None),
    "sub empty": claims("accepted", sub=""),
    "sub a number": claims("broken", sub=7),
    "exp missing": claims("accepted", exp=None),
    "exp two minutes ago": claims("broken", exp=from_now(-120)),
    "exp a text": claims("accepted", exp=lambda: str(int(time.time()) + 600)),
    "exp in ten thousand years": claims("accepted", exp=from_now(3.2e11)),
    "iat missing": claims("accepted", iat=None),
    "iat in two minutes": claims("broken", iat=from_now(120)),
    "nbf in two minutes": claims("broken", nbf=from_now(120)),
    "nonce missing": claims("refused", nonce=None),
    "nonce of another attempt": claims("refused", nonce="another"),
    "at_hash of another token": claims("accepted", at_hash="AAAAAAAAAAAAAAAAAAAAAA"),
    "groups a text": claims("accepted", **{"cognito:groups": "admins"}),
    # Its header and signature.
    "alg none": token("refused", lambda n: signed(n, "none", None)),
    "alg HS256, keyed with the client secret": token(
        "refused", lambda n: signed(n, "HS256", settings.OIDC_RP_CLIENT_SECRET * 2)
    ),
    "alg HS256, keyed with the public key": token("refused", with_public_key_as_secret),
    "alg RS512": token("refused", lambda n: signed(n, "RS512", builders.signing_key())),
    "crit that nobody knows": token(
        "broken", lambda n: signed(n, "RS256", builders.signing_key(), crit=["odd"], odd=1)
    ),
    "signature of another key": token(
        "refused", lambda n: builders.id_token(nonce=n, signed_by="attacker")
    ),
    "signed by the key in its own header": token(
        "refused",
        lambda n: signed(
            n, "RS256", builders.signing_key("attacker"), jwk=builders.jwks("attacker")["keys"][0]
        ),
    ),
    "key id unknown": token("refused", lambda n: builders.id_token(nonce=n, kid="unknown")),
    "key id missing and two keys": WrongAnswer(
        lambda provider: provider.__dict__.update(
            signing={"kid": None}, keys=builders.jwks("second", builders.KID)
        ),
        "broken",
    ),
    "not a token": token("broken", lambda n: "not-a-token"),
    "an ID token of one megabyte": token(
        "accepted", lambda n: builders.id_token(nonce=n, padding="x" * 200_000)
    ),
    # The JWKS (RFC 7517).
    "key for encryption": keys("accepted", lambda: jwk(use="enc")),
    "keys without key ids": keys("broken", lambda: jwk(kid=ABSENT)),
    "keys that are no list": keys("broken", lambda: {"keys": 7}),
    "keys garbled": answer("broken", "jwks.json", body=b"<html>"),
    "keys not to be had": answer("broken", "jwks.json", status=503, body={}),
    "keys behind a redirect": answer(
        "broken", "jwks.json", status=302, headers={"Location": "/elsewhere"}
    ),
    # The token endpoint (RFC 6749, 5.1 and 5.2).
    "token answer 500": answer("broken", "token", status=500, body=b"oops"),
    "token answer 429": answer("broken", "token", status=429, body={"error": "slow_down"}),
    "code refused": answer("broken", "token", status=400, body={"error": "invalid_grant"}),
    "error that is no text": answer("broken", "token", status=400, body={"error": ["x"]}),
    "token answer no JSON": answer("broken", "token", body=b"<html>"),
    "token answer a list": answer("broken", "token", body=[]),
    "token answer nested without end": answer("broken", "token", body=b"[" * 100_000),
    "token answer cut off": answer("broken", "token", body=b"{" + b" " * 5_000, how="cut"),
    "connection reset": answer("broken", "token", how="reset"),
    "no answer at all": answer("broken", "token", how="hang"),
    "no ID token": fields("broken", id_token=ABSENT),
    "an ID token that is an object": fields("broken", id_token={"a": 1}),
    "no access token": fields("accepted", access_token=ABSENT),
    "an access token that no header can carry": fields("broken", access_token="é\r\nX: y"),
    "no refresh token": fields("accepted", refresh_token=ABSENT),
    # userInfo (Core, 5.3.2).
    "userInfo of somebody else": user_info("accepted", sub="somebody-else"),
    "userInfo without sub": user_info("accepted", sub=None),
    "userInfo refused": answer("broken", "userInfo", status=401, body={"error": "invalid_token"}),
    "userInfo down": answer("broken", "userInfo", status=503),
    "userInfo no JSON": answer("broken", "userInfo", body=b"<html>"),
    "userInfo a byte now and then": answer("accepted", "userInfo", body=USER_INFO, how="drip"),
    "userInfo a header now and then": answer(
        "accepted", "userInfo", body=USER_INFO, how="drip headers"
    ),
}
