"""Sign-in attempts: what is known of one is sealed into its ``state``; the browser marks its own.

In the session attempts would overwrite each other between tabs, and every visitor who only looks
at the sign-in page would write a row. The browser keeps one short cookie for each, so that a
window restored with dozens of tabs does not send more than a server takes.
"""

import time
from dataclasses import dataclass
from hashlib import sha256

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.utils.crypto import salted_hmac

from identity import cookies, encryption
from identity.navigation import short_address

MAX_AGE_SECONDS = 600
MAX_ATTEMPTS = 10
PURPOSE = "identity.attempts"


@dataclass(frozen=True)
class Attempt:
    """One sign-in: its OIDC ``state``, when it began in epoch seconds, and where to go then."""

    state: str
    began_at: int
    next_url: str

    @property
    def nonce(self) -> str:
        """Known to nobody before the provider is asked (OpenID Connect Core 1.0, 15.5.2)."""
        return self._secret("nonce")

    @property
    def code_verifier(self) -> str:
        """64 characters that only this site can make (RFC 7636, section 4.1)."""
        return self._secret("code_verifier")

    def _secret(self, name: str) -> str:
        return salted_hmac(f"{PURPOSE}.{name}", self.state, algorithm="sha256").hexdigest()


def start(next_url: str) -> Attempt:
    """A fresh attempt; its ``state`` cannot be guessed, since sealing begins with randomness."""
    next_url = short_address(next_url)
    began_at = int(time.time())
    values = {"began_at": began_at, "next_url": next_url}
    return Attempt(encryption.seal(values, bound_to=PURPOSE), began_at, next_url)


def remember(request: HttpRequest, response: HttpResponse, attempt: Attempt) -> None:
    """Let the browser mark the attempt as its own; the oldest go when there are too many."""
    ours = sorted(name for name in request.COOKIES if name.startswith(_prefix()))
    for name in ours[: max(0, len(ours) - MAX_ATTEMPTS + 1)]:
        cookies.delete(response, name)
    cookies.put(response, _mark(attempt), "1", max_age=MAX_AGE_SECONDS)


def find(request: HttpRequest) -> Attempt | None:
    """The attempt that the callback's ``state`` is of, whoever began it and whenever."""
    state = request.GET.get("state", "")
    values = encryption.unseal(state, bound_to=PURPOSE)
    return Attempt(state, values["began_at"], values["next_url"]) if values else None


def is_under_way(request: HttpRequest, attempt: Attempt) -> bool:
    """Whether this browser began it, lately, and no callback has ended it (RFC 9700, 4.7)."""
    is_ours = request.COOKIES.get(_mark(attempt)) == "1"
    return is_ours and time.time() - attempt.began_at < MAX_AGE_SECONDS


def forget(response: HttpResponse, attempt: Attempt) -> None:
    """End the attempt: this browser's callback for it has come."""
    cookies.delete(response, _mark(attempt))


def _mark(attempt: Attempt) -> str:
    """The cookie's name, in which the time comes first, so that names sort by age."""
    label = sha256(attempt.state.encode()).hexdigest()[:16]
    return f"{_prefix()}{attempt.began_at:x}-{label}"


def _prefix() -> str:
    return f"{settings.SESSION_COOKIE_NAME}-signin-"
