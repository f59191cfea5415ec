"""Calls to Cognito's endpoints: pooled connections, and a limit to how long and how much.

The doctor looks with the same calls whether the notes API answers.
"""

import json
from dataclasses import dataclass
from functools import cache
from typing import Any

import requests
import urllib3
from django.conf import settings

from outgoing.connections import OneContextAdapter

# A JWKS has two keys and a token answer three tokens: this is far above both.
MAX_BYTES = 262_144


class ProviderUnavailable(Exception):
    """No usable answer: down, slow, throttled or garbled. Trying again later may help."""


class ProviderUnreachable(ProviderUnavailable):
    """No answer at all, or none in time."""


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
    """The answer, whole within ``OIDC_TIMEOUT`` seconds; never another host's.

    Raises ``ProviderUnavailable``, of the kind ``ProviderUnreachable`` when there is no answer.
    """
    # Connecting and answering together; requests hands it on as it is, its stubs do not know.
    total: Any = urllib3.Timeout(total=settings.OIDC_TIMEOUT)
    try:
        with _session().request(
            method,
            url,
            timeout=total,
            allow_redirects=False,
            stream=True,
            **request,
        ) as response:
            body = response.raw.read(MAX_BYTES + 1)
            answer = Answer(response.status_code, body, response.headers.get("Date", ""))
    except (requests.RequestException, urllib3.exceptions.HTTPError, OSError) as error:
        # Without its cause: requests' errors carry the request, and it has the secret.
        raise ProviderUnreachable(type(error).__name__) from None
    if len(answer.body) > MAX_BYTES:
        raise ProviderUnavailable("an answer that is too long")
    return answer


@cache
def _session() -> requests.Session:
    """One session a process, its connections kept alive."""
    pooled = requests.Session()
    # Without this, requests looks for proxies and a .netrc at every call.
    pooled.trust_env = False
    # Nothing here is worth compressing, and nothing unpacks to more than was sent.
    pooled.headers["Accept-Encoding"] = "identity"
    adapter = OneContextAdapter(pool_maxsize=settings.WEB_THREADS)
    pooled.mount("https://", adapter)
    pooled.mount("http://", adapter)
    return pooled
