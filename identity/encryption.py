"""What is kept encrypted, with keys that can be rotated: tokens, and text not saved yet."""

import json
from dataclasses import asdict, dataclass
from functools import cache
from typing import Any

from cryptography.fernet import Fernet, InvalidToken, MultiFernet
from django.conf import settings


@dataclass(frozen=True)
class TokenSet:
    """What the token endpoint gave: three JWTs or opaque strings, and when the ID token ends.

    Both in epoch seconds: ``expires_at`` is the ID token's ``exp``, ``obtained_at`` is when we
    asked for it by our own clock. ``nonce`` is that of the sign-in.
    """

    id_token: str
    access_token: str
    refresh_token: str
    expires_at: int
    obtained_at: float
    nonce: str = ""

    def __repr__(self) -> str:
        return f"TokenSet(expires_at={self.expires_at})"


def encrypt(tokens: TokenSet, session_key: str) -> str:
    """Text for the ``tokens`` column; it decrypts only for the same session key."""
    return seal(asdict(tokens), bound_to=session_key)


def decrypt(ciphertext: str, session_key: str) -> TokenSet | None:
    """The tokens, or None when the text is of another session or no key fits any more."""
    plain = unseal(ciphertext, bound_to=session_key)
    return None if plain is None else TokenSet(**plain)


def seal(values: dict[str, Any], *, bound_to: str) -> str:
    """JSON values as text that only this site can read, and only for what it is bound to."""
    plain = json.dumps({"bound_to": bound_to, "values": values})
    return _keys().encrypt(plain.encode()).decode("ascii")


def unseal(ciphertext: str, *, bound_to: str) -> dict[str, Any] | None:
    """The values, or None when they are bound to something else or no key fits any more."""
    try:
        plain = json.loads(_keys().decrypt(ciphertext.encode()))
    except InvalidToken:
        return None
    if plain["bound_to"] != bound_to:
        return None
    values: dict[str, Any] = plain["values"]
    return values


@cache
def _keys() -> MultiFernet:
    return MultiFernet([Fernet(key) for key in settings.SESSION_ENCRYPTION_KEYS])
