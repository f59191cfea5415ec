"""Calls to Cognito's endpoints: pooled connections, and a limit to how long and how much."""

import json
import time
from dataclasses import dataclass
from functools import cache
from typing import Any

import requests
import urllib3
from django.conf import settings
from requests.adapters import HTTPAdapter

# A JWKS has two keys and a token answer three tokens: this is far above both.
MAX_BYTES = 262_144


class ProviderUnavailable(Exception):
    """No usable answer: down, slow, throttled or garbled. Trying again later may help."""


@dataclass(frozen=True)
class Answer:
    """A whole answer, nothing in it believed yet."""

    status: int
    body: bytes
    date: str = ""

    def json_object(self) -> dict[str, Any]:
        """The JSON object in it; raises ``ProviderUnavailable`` for anything else."""
        try:
            value = json.loads(self.body)
        except (ValueError, RecursionError):
            value = None
        if not isinstance(value, dict):
            raise ProviderUnavailable(f"status {self.status}, no JSON object")
        return value


def call(method: str, url: str, **request: Any) -> Answer:
    """The answer, with its body within ``OIDC_TIMEOUT`` of its headers; never another host's.

    Raises ``ProviderUnavailable``.
    """
    try:
        with _session().request(
            method,
            url,
            timeout=settings.OIDC_TIMEOUT,
            allow_redirects=False,
            stream=True,
            **request,
        ) as response:
            date = response.headers.get("Date", "")
            return Answer(response.status_code, _body(response), date)
    except (requests.RequestException, urllib3.exceptions.HTTPError, OSError) as error:
        # Without its cause: requests' errors carry the request, and it has the secret.
        raise ProviderUnavailable(type(error).__name__) from None


def _body(response: requests.Response) -> bytes:
    """The body, read as it arrives: a time-out alone allows a byte now and then for ever."""
    ends_at = time.monotonic() + settings.OIDC_TIMEOUT
    body = b""
    while part := response.raw.read1(65_536):
        body += part
        if len(body) > MAX_BYTES:
            raise ProviderUnavailable("an answer that is too long")
        if time.monotonic() > ends_at:
            raise ProviderUnavailable("an answer that does not end")
    return body


@cache
def _session() -> requests.Session:
    """One session a process, its connections kept alive."""
    pooled = requests.Session()
    # Without this, requests looks for proxies and a .netrc at every call.
    pooled.trust_env = False
    # Nothing here is worth compressing, and nothing unpacks to more than was sent.
    pooled.headers["Accept-Encoding"] = "identity"
    adapter = HTTPAdapter(pool_maxsize=settings.NOTES_API_POOL_SIZE)
    pooled.mount("https://", adapter)
    pooled.mount("http://", adapter)
    return pooled
