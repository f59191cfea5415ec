"""Values as text that only this site can read, with keys that can be rotated."""

import json
from functools import cache
from typing import Any

from cryptography.fernet import Fernet, InvalidToken, MultiFernet
from django.conf import settings


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
