"""Tokens that no user pool would sign, for tests of whoever has to refuse them."""

import base64
import json
import uuid
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any, Self

import jwt
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import padding, rsa

from devcloud.cognito import UserPool
from devcloud.cognito.keys import TOKEN_USES
from devcloud.cognito.people import Person
from devcloud.cognito.token_sessions import TokenSession

KEYS = ("own", "other", "foreign")
_MEMBERS = ("token_use", "username", "claims", "headers", "key")
_DEMO = "demo@example.com"


class MintRefused(Exception):
    """The request for a token makes no sense; the text says why."""


@dataclass(frozen=True)
class MintedToken:
    """Whose token is asked for, what is changed in it, and which key signs it."""

    token_use: str
    username: str
    claims: Mapping[str, Any]
    headers: Mapping[str, Any]
    key: str

    @classmethod
    def from_json(cls, given: object) -> Self:
        """What was sent to `/_local/mint`; raises MintRefused."""
        if not isinstance(given, dict):
            raise MintRefused('Send JSON such as {"token_use": "id", "claims": {"exp": 0}}.')
        unknown = sorted(set(given) - set(_MEMBERS))
        if unknown:
            raise MintRefused(f"{unknown[0]} is none of {', '.join(_MEMBERS)}.")
        if given.get("token_use") not in TOKEN_USES:
            raise MintRefused("token_use must be id or access.")
        if given.get("key", "own") not in KEYS:
            raise MintRefused("key must be own, other or foreign.")
        username = given.get("username", _DEMO)
        if not isinstance(username, str):
            raise MintRefused("username must be a text.")
        claims, headers = given.get("claims", {}), given.get("headers", {})
        if not isinstance(claims, dict) or not isinstance(headers, dict):
            raise MintRefused("claims and headers must be objects.")
        return cls(given["token_use"], username, claims, headers, given.get("key", "own"))


class Mint:
    """Signs changed tokens with the pool's keys, or with one that is not the pool's."""

    def __init__(self, pool: UserPool) -> None:
        self._pool = pool

    def make(self, wanted: MintedToken) -> str:
        """The signed token; raises MintRefused when nobody has that user name."""
        person = self._pool.people.find(wanted.username)
        if person is None:
            raise MintRefused(f"Nobody is called {wanted.username}.")
        claims = _changed(self._claims(person, wanted.token_use), wanted.claims)
        own_key = self._pool.keys.current(wanted.token_use)
        headers = _changed({"kid": own_key.kid, "alg": "RS256"}, wanted.headers)
        match wanted.key:
            case "own":
                return _signed(headers, claims, own_key.private_key)
            case "other":
                (other_use,) = set(TOKEN_USES) - {wanted.token_use}
                other_key = self._pool.keys.current(other_use)
                other_headers = _changed(headers, {"kid": other_key.kid} | dict(wanted.headers))
                return _signed(other_headers, claims, other_key.private_key)
        return _signed(headers, claims, self._foreign_key)

    @cached_property
    def _foreign_key(self) -> rsa.RSAPrivateKey:
        return rsa.generate_private_key(public_exponent=65537, key_size=2048)

    def _claims(self, person: Person, token_use: str) -> dict[str, Any]:
        """What a sign-in to the first app client would say of this person now."""
        app_client = next(iter(self._pool.app_clients.values()))
        now = self._pool.clock.timestamp()
        session = TokenSession(
            origin_jti=str(uuid.uuid4()),
            sub=person.sub,
            client_id=app_client.client_id,
            scopes=app_client.scopes,
            from_hosted_ui=True,
            auth_time=int(now),
            expires_at=now + app_client.refresh_token_seconds,
            revoked=False,
        )
        pair = self._pool.tokens.make(app_client, session, person)
        token = pair.id_token if token_use == "id" else pair.access_token
        if token is None:
            raise MintRefused("The app client has no ID tokens, because it lacks the scope openid.")
        # Signed a line above, so there is nothing to verify.
        return dict(jwt.decode(token, options={"verify_signature": False}))


def _changed(old: Mapping[str, Any], changes: Mapping[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in {**old, **changes}.items() if value is not None}


def _signed(headers: Mapping[str, Any], claims: Mapping[str, Any], key: rsa.RSAPrivateKey) -> str:
    """RFC 7515 section 3.1, by hand: a library would not sign under a header that lies."""
    parts = [_base64url(json.dumps(part).encode()) for part in (headers, claims)]
    signing_input = b".".join(parts)
    signature = key.sign(signing_input, padding.PKCS1v15(), hashes.SHA256())
    return b".".join([signing_input, _base64url(signature)]).decode()


def _base64url(value: bytes) -> bytes:
    return base64.urlsafe_b64encode(value).rstrip(b"=")
