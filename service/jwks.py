"""The user pool's public keys, fetched when they are needed and kept for a while."""

import json
import time
import urllib.request
from collections.abc import Callable, Mapping
from http.client import HTTPException
from typing import Any

from jwt import PyJWK, PyJWKSet
from jwt.exceptions import PyJWTError

LIFETIME_SECONDS = 3600.0
# So that made-up key ids cannot have the keys fetched at every request; without any key nobody can
# come in, so there the pause is short.
PAUSE_SECONDS = 10.0
PAUSE_WITHOUT_KEYS_SECONDS = 1.0
TIMEOUT_SECONDS = 3.0
LONGEST_DOCUMENT = 1_000_000

# What reading an answer that is no JWKS document ends in.
_NO_JWKS = (AttributeError, KeyError, PyJWTError, RecursionError, TypeError, ValueError)


class JwksUnavailable(Exception):
    """The keys could not be fetched, so whether there is such a key is not known."""


def fetched_document(url: str) -> Any:
    """The JSON at that URL."""
    with urllib.request.urlopen(url, timeout=TIMEOUT_SECONDS) as answer:
        return json.loads(answer.read(LONGEST_DOCUMENT))


class KeySet:
    """Keys by id, for the life of the container.

    A user pool changes its keys without notice, so a key id that is not known has the keys fetched
    once more. While that does not work, old keys stay good and no key is called unknown.
    """

    def __init__(
        self,
        issuer: str,
        fetch: Callable[[str], Any] = fetched_document,
        now: Callable[[], float] = time.monotonic,
    ) -> None:
        self._url = f"{issuer}/.well-known/jwks.json"
        self._fetch = fetch
        self._now = now
        self._keys: Mapping[str, PyJWK] = {}
        self._fetched_at: float | None = None
        self._tried_at: float | None = None
        self._failure: str | None = None

    def key(self, kid: str) -> PyJWK | None:
        """The key of that id, None when the pool has no such key; raises JwksUnavailable."""
        if self._is_due(kid):
            self._refresh()
        key = self._keys.get(kid)
        if key is None and self._failure:
            raise JwksUnavailable(self._failure)
        return key

    def _is_due(self, kid: str) -> bool:
        now = self._now()
        pause = PAUSE_SECONDS if self._keys else PAUSE_WITHOUT_KEYS_SECONDS
        if self._tried_at is not None and now - self._tried_at < pause:
            return False
        is_old = self._fetched_at is not None and now - self._fetched_at > LIFETIME_SECONDS
        return is_old or kid not in self._keys

    def _refresh(self) -> None:
        self._tried_at = self._now()
        try:
            keys = PyJWKSet.from_dict(self._fetch(self._url)).keys
        except (OSError, HTTPException, *_NO_JWKS) as error:
            self._failure = f"{self._url} cannot be read: {type(error).__name__}."
            return
        self._keys = {key.key_id: key for key in keys if key.key_id and _is_for_signatures(key)}
        self._fetched_at, self._failure = self._tried_at, None


def _is_for_signatures(key: PyJWK) -> bool:
    """RSA, and not kept for encryption (RFC 7517, section 4.2; use may be left out)."""
    return key.key_type == "RSA" and key.public_key_use in (None, "sig")
