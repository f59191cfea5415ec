"""The user pool's public keys, cached for the process."""

import logging
import threading
import time
from collections.abc import Callable
from typing import Any

from django.conf import settings
from jwt import PyJWK, PyJWTError

from cognito.http import ProviderUnavailable, call

logger = logging.getLogger(__name__)

# An unknown key id is asked for at most this often, so that a flood of them costs nothing.
REFETCH_SECONDS = 10
# Without any key nobody can sign in, so the end of an outage is noticed soon.
RETRY_SECONDS = 2
# Keys that the pool has withdrawn are forgotten after this long.
FRESH_SECONDS = 3_600


class SigningKeys:
    """The RS256 signing keys of a JWKS (RFC 7517), by ``kid``; safe for threads."""

    def __init__(self, url: str, clock: Callable[[], float] = time.monotonic) -> None:
        self._url = url
        self._clock = clock
        self._keys: dict[str | None, PyJWK] = {}
        self._lock = threading.Lock()
        self._is_known_good = False
        self._renew_at = float("-inf")
        self._ask_again_at = float("-inf")

    def find(self, kid: str | None) -> PyJWK | None:
        """The key of that id, or the only key there is when the token names none.

        None: the pool has no such key. Raises ``ProviderUnavailable`` when that is not certain,
        because the pool does not answer.
        """
        key = self._pick(kid)
        if key and self._clock() < self._renew_at:
            return key
        with self._lock:
            now = self._clock()
            if now >= self._renew_at:
                self._fetch(now)
            elif self._pick(kid) is None and self._is_known_good and now >= self._ask_again_at:
                self._ask_again_at = now + REFETCH_SECONDS
                self._fetch(now)
            key = self._pick(kid)
            if key is None and not self._is_known_good:
                raise ProviderUnavailable("no signing keys")
            return key

    def _pick(self, kid: str | None) -> PyJWK | None:
        keys = self._keys
        if kid is None:
            return next(iter(keys.values())) if len(keys) == 1 else None
        return keys.get(kid)

    def _fetch(self, now: float) -> None:
        try:
            self._keys = self.download()
        except ProviderUnavailable as error:
            # The keys at hand go on being used: an outage must not sign people out.
            logger.warning("jwks_unavailable", extra={"cause": str(error)})
            self._is_known_good = False
            self._renew_at = now + (REFETCH_SECONDS if self._keys else RETRY_SECONDS)
        else:
            self._is_known_good = True
            self._renew_at = now + FRESH_SECONDS

    def download(self) -> dict[str | None, PyJWK]:
        """The keys that the pool has now; raises ``ProviderUnavailable`` if none is usable."""
        answer = call("GET", self._url)
        keys = answer.json_object().get("keys")
        if answer.status != 200 or not isinstance(keys, list):
            raise ProviderUnavailable(f"status {answer.status}, no keys")
        usable = [(kid, key) for kid, key in map(_signing_key, keys) if key]
        if not usable:
            raise ProviderUnavailable("no usable key")
        ids = [kid for kid, _ in usable]
        # An id that two keys share names neither.
        return {kid: key for kid, key in usable if ids.count(kid) == 1}


def _signing_key(jwk: Any) -> tuple[str | None, PyJWK | None]:
    """Its ``kid`` and the key, which is None for whatever cannot check an RS256 signature."""
    if (
        not isinstance(jwk, dict)
        or jwk.get("kty") != "RSA"
        or jwk.get("use", "sig") != "sig"
        or jwk.get("alg", "RS256") != "RS256"
        or not isinstance(jwk.get("kid"), str | None)
    ):
        return None, None
    try:
        return jwk.get("kid"), PyJWK(jwk, algorithm="RS256")
    except (PyJWTError, ValueError, TypeError, AttributeError):
        return None, None


_signing_keys: SigningKeys | None = None


def signing_key(kid: str | None) -> PyJWK | None:
    """The pool's key for that id, or None when it has no such key."""
    global _signing_keys
    if _signing_keys is None:
        _signing_keys = SigningKeys(settings.OIDC_OP_JWKS_ENDPOINT)
    return _signing_keys.find(kid)


def forget() -> None:
    """Start with an empty cache, as a new process does."""
    global _signing_keys
    _signing_keys = None
