"""What makes an ID token acceptable (OpenID Connect Core 1.0, section 3.1.3.7)."""

import hmac
import time
from base64 import urlsafe_b64encode
from dataclasses import dataclass
from hashlib import sha256
from typing import Any

import jwt
from django.conf import settings

from cognito import jwks

LEEWAY_SECONDS = 60
# Cognito lets an ID token last for a day at most.
LONGEST_LIFE_SECONDS = 86_400
# Bounds what is parsed before the signature is known to be good.
MAX_BYTES = 16_384


class IdTokenRefused(Exception):
    """The ID token is not acceptable; the message says why and holds none of its contents."""


@dataclass(frozen=True)
class IdTokenClaims:
    """The claims of an ID token that passed every check. Only ``verify_id_token`` makes one."""

    issuer: str
    sub: str
    email: str
    name: str
    groups: frozenset[str]
    expires_at: int
    nonce: str


def verify_id_token(
    id_token: object,
    *,
    nonce: str | None = None,
    sub: str | None = None,
    earlier_nonce: str | None = None,
    access_token: str | None = None,
) -> IdTokenClaims:
    """Check signature, ``iss``, ``aud``, ``azp``, ``exp``, ``nbf``, ``iat`` and ``token_use``.

    At sign-in also the ``nonce`` that the attempt was started with; after a refresh also that it
    is the same ``sub`` and, if there is one, the same nonce; ``at_hash`` when the token has one
    and the access token is given. Raises ``IdTokenRefused``, or ``ProviderUnavailable`` without
    keys to check it with. Cognito's claims: https://docs.aws.amazon.com/cognito/latest/
    developerguide/amazon-cognito-user-pools-using-the-id-token.html
    """
    if not isinstance(id_token, str) or not 0 < len(id_token) <= MAX_BYTES:
        raise IdTokenRefused("there is no ID token of a possible size")
    claims = _signed_claims(id_token)
    for name in ("exp", "iat"):
        if type(claims[name]) is not int:
            raise IdTokenRefused(f"{name} is not a whole number")
    if claims["exp"] > time.time() + LONGEST_LIFE_SECONDS + LEEWAY_SECONDS:
        raise IdTokenRefused("exp is further away than an ID token may last")
    # Core, section 2: sub has at most 255 characters of ASCII.
    for name in ("iss", "sub", "token_use"):
        value = claims[name]
        if type(value) is not str or not (0 < len(value) <= 255 and _is_visible_ascii(value)):
            raise IdTokenRefused(f"{name} is not a text as it should be")
    if claims["token_use"] != "id":
        raise IdTokenRefused("token_use is not id")
    _check_audience(claims)
    if nonce is not None and not _equal(claims.get("nonce"), nonce):
        raise IdTokenRefused("nonce is not the one of this attempt")
    # A refreshed ID token need not have a nonce (Core, section 12.2).
    if earlier_nonce is not None and not _equal(claims.get("nonce", earlier_nonce), earlier_nonce):
        raise IdTokenRefused("nonce is not the one of the sign-in")
    if sub is not None and not _equal(claims["sub"], sub):
        raise IdTokenRefused("sub is another person's")
    if access_token is not None and "at_hash" in claims:
        _check_at_hash(claims["at_hash"], access_token)
    return IdTokenClaims(
        issuer=claims["iss"],
        sub=claims["sub"],
        email=_text(claims, "email"),
        name=_text(claims, "name"),
        groups=_groups(claims),
        expires_at=claims["exp"],
        nonce=_text(claims, "nonce"),
    )


def _signed_claims(id_token: str) -> dict[str, Any]:
    try:
        header = jwt.get_unverified_header(id_token)
        kid = header.get("kid")
        if header.get("alg") != "RS256" or not (kid is None or isinstance(kid, str)):
            raise IdTokenRefused("it is not signed with RS256")
        key = jwks.signing_key(kid)
        if key is None:
            raise IdTokenRefused("the user pool has no key for it")
        claims: dict[str, Any] = jwt.decode(
            id_token,
            key,
            algorithms=["RS256"],
            audience=settings.OIDC_RP_CLIENT_ID,
            issuer=settings.COGNITO_ISSUER,
            leeway=LEEWAY_SECONDS,
            options={"require": ["iss", "aud", "exp", "iat", "sub", "token_use"]},
        )
    except (jwt.PyJWTError, ValueError, TypeError, OverflowError, RecursionError) as error:
        raise IdTokenRefused(f"it does not verify: {type(error).__name__}") from None
    return claims


def _check_audience(claims: dict[str, Any]) -> None:
    audience, authorized_party = claims["aud"], claims.get("azp")
    several = isinstance(audience, list) and len(audience) > 1
    if several and authorized_party is None:
        raise IdTokenRefused("aud names others as well and azp is missing")
    if authorized_party is not None and authorized_party != settings.OIDC_RP_CLIENT_ID:
        raise IdTokenRefused("azp is another app client")


def _check_at_hash(at_hash: object, access_token: str) -> None:
    half = sha256(access_token.encode()).digest()[:16]
    if not _equal(at_hash, urlsafe_b64encode(half).rstrip(b"=").decode()):
        raise IdTokenRefused("at_hash does not match the access token")


def _equal(claim: object, expected: str) -> bool:
    return isinstance(claim, str) and claim.isascii() and hmac.compare_digest(claim, expected)


def _is_visible_ascii(value: str) -> bool:
    return value.isascii() and value.isprintable()


def _text(claims: dict[str, Any], name: str) -> str:
    """A claim that is only shown; unprintable characters and lone surrogates are left out."""
    value = claims.get(name, "")
    if not isinstance(value, str):
        return ""
    return "".join(character for character in value if character.isprintable())[:254]


def _groups(claims: dict[str, Any]) -> frozenset[str]:
    value = claims.get("cognito:groups", [])
    if not isinstance(value, list):
        raise IdTokenRefused("cognito:groups is not a list")
    return frozenset(
        group
        for group in value
        if isinstance(group, str) and 0 < len(group) <= 128 and group.isprintable()
    )
