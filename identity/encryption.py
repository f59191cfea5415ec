"""Tokens at rest: encrypted with keys that can be rotated, bound to their web session."""

import json
from dataclasses import asdict, dataclass
from functools import cache

from cryptography.fernet import Fernet, InvalidToken, MultiFernet
from django.conf import settings


@dataclass(frozen=True)
class TokenSet:
    """What the token endpoint gave: three JWTs or opaque strings, and when the ID token ends.

    Both in epoch seconds: ``expires_at`` is the ID token's ``exp``, ``obtained_at`` is when we
    asked for it by our own clock.
    """

    id_token: str
    access_token: str
    refresh_token: str
    expires_at: int
    obtained_at: float

    def __repr__(self) -> str:
        return f"TokenSet(expires_at={self.expires_at})"


def encrypt(tokens: TokenSet, session_key: str) -> str:
    """Text for the ``tokens`` column; it decrypts only for the same session key."""
    plain = json.dumps({"session_key": session_key, **asdict(tokens)})
    return _keys().encrypt(plain.encode()).decode("ascii")


def decrypt(ciphertext: str, session_key: str) -> TokenSet | None:
    """The tokens, or None when the text is of another session or no key fits any more."""
    try:
        plain = json.loads(_keys().decrypt(ciphertext.encode()))
    except InvalidToken:
        return None
    if plain.pop("session_key") != session_key:
        return None
    return TokenSet(**plain)


@cache
def _keys() -> MultiFernet:
    return MultiFernet([Fernet(key) for key in settings.SESSION_ENCRYPTION_KEYS])
