"""The user pool's public keys, cached for the process."""

import logging
import threading
import time
from collections.abc import Callable

import requests
from django.conf import settings
from jwt import PyJWK, PyJWTError

from identity.http import session

logger = logging.getLogger(__name__)

# An unknown key id is asked for at most this often, so that a flood of them costs nothing.
REFETCH_SECONDS = 10
# Keys that the pool has withdrawn are forgotten after this long.
FRESH_SECONDS = 3_600


class SigningKeys:
    """The RS256 signing keys of a JWKS (RFC 7517), by ``kid``; safe for threads."""

    def __init__(self, url: str, clock: Callable[[], float] = time.monotonic) -> None:
        self._url = url
        self._clock = clock
        self._keys: dict[str | None, PyJWK] = {}
        self._lock = threading.Lock()
        self._tried_at: float | None = None
        self._fetched_at = 0.0

    def find(self, kid: str | None) -> PyJWK | None:
        """The key of that id, or the only key there is when the token names none."""
        if not self._is_fresh() or self._pick(kid) is None:
            self._fetch()
        return self._pick(kid)

    def _pick(self, kid: str | None) -> PyJWK | None:
        if kid is None:
            return next(iter(self._keys.values())) if len(self._keys) == 1 else None
        return self._keys.get(kid)

    def _is_fresh(self) -> bool:
        return bool(self._keys) and self._clock() - self._fetched_at < FRESH_SECONDS

    def _fetch(self) -> None:
        with self._lock:
            now = self._clock()
            if self._tried_at is not None and now - self._tried_at < REFETCH_SECONDS:
                return
            self._tried_at = now
            try:
                self._keys = self._download()
                self._fetched_at = now
            except (requests.RequestException, PyJWTError, ValueError, TypeError, KeyError) as e:
                # The keys at hand go on being used: an outage must not sign people out.
                logger.warning("jwks_unavailable", extra={"cause": type(e).__name__})

    def _download(self) -> dict[str | None, PyJWK]:
        response = session().get(self._url, timeout=settings.OIDC_TIMEOUT, allow_redirects=False)
        response.raise_for_status()
        usable = [
            key
            for key in response.json()["keys"]
            if isinstance(key, dict)
            and key.get("kty") == "RSA"
            and key.get("use", "sig") == "sig"
            and key.get("alg", "RS256") == "RS256"
        ]
        return {key.get("kid"): PyJWK(key, algorithm="RS256") for key in usable}


_signing_keys: SigningKeys | None = None


def signing_key(kid: str | None) -> PyJWK | None:
    """The pool's key for that id, or None when it has no such key or none can be had."""
    global _signing_keys
    if _signing_keys is None:
        _signing_keys = SigningKeys(settings.OIDC_OP_JWKS_ENDPOINT)
    return _signing_keys.find(kid)


def forget() -> None:
    """Start with an empty cache, as a new process does."""
    global _signing_keys
    _signing_keys = None
