"""Opaque secrets: unguessable, and stored only as their hash."""

import hashlib
import hmac
import secrets


def new_secret() -> str:
    """256 random bits for a URL, a form or a cookie."""
    return secrets.token_urlsafe(32)


def stored(secret: str) -> str:
    """What is kept of a secret; its entropy makes a plain hash enough."""
    return hashlib.sha256(secret.encode()).hexdigest()


def same(given: str, expected: str) -> bool:
    """Compare in constant time, any Unicode allowed."""
    return hmac.compare_digest(given.encode(), expected.encode())
