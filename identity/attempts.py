"""Sign-in attempts: state, nonce and verifier of each, in a signed cookie of its own.

In the session they would overwrite each other between tabs, and every visitor who only looks at
the sign-in page would write a row.
"""

import hashlib
import secrets
import time
from dataclasses import asdict, dataclass

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.utils.encoding import iri_to_uri

from identity import signed_cookies

MAX_AGE_SECONDS = 600
MAX_ATTEMPTS = 10
# All attempts together have to fit into one request's headers.
MAX_NEXT_LENGTH = 200


@dataclass(frozen=True)
class Attempt:
    """One sign-in under way: OIDC ``state`` and ``nonce``, PKCE verifier, and where to go then."""

    state: str
    nonce: str
    code_verifier: str
    next_url: str


def start(next_url: str) -> Attempt:
    """A fresh attempt with unguessable values (RFC 7636, section 4.1: 43 to 128 characters)."""
    # As the cookie will hold it: six characters for one that is not ASCII would be too many.
    next_url = iri_to_uri(next_url)
    if len(next_url) > MAX_NEXT_LENGTH:
        next_url = next_url.partition("?")[0]
    return Attempt(
        state=secrets.token_urlsafe(24),
        nonce=secrets.token_urlsafe(24),
        code_verifier=secrets.token_urlsafe(48),
        next_url=next_url if len(next_url) <= MAX_NEXT_LENGTH else "",
    )


def remember(request: HttpRequest, response: HttpResponse, attempt: Attempt) -> None:
    """Put the attempt into the browser; the oldest go when there are too many."""
    ours = sorted(name for name in request.COOKIES if name.startswith(_prefix()))
    for name in ours[: max(0, len(ours) - MAX_ATTEMPTS + 1)]:
        signed_cookies.delete(response, name)
    name = f"{_prefix()}{int(time.time())}-{_label(attempt.state)}"
    signed_cookies.put(response, name, asdict(attempt), max_age=MAX_AGE_SECONDS)


def find(request: HttpRequest) -> Attempt | None:
    """The attempt that the callback's ``state`` belongs to, if this browser began it lately."""
    state = request.GET.get("state", "")
    for name in _names(request, state):
        values = signed_cookies.get(request, name, max_age=MAX_AGE_SECONDS)
        if values and secrets.compare_digest(values["state"].encode(), state.encode()):
            return Attempt(**values)
    return None


def forget(request: HttpRequest, response: HttpResponse) -> None:
    """End the attempt of the callback's ``state``: a state is good for one callback."""
    for name in _names(request, request.GET.get("state", "")):
        signed_cookies.delete(response, name)


def _names(request: HttpRequest, state: str) -> list[str]:
    ending = f"-{_label(state)}"
    return [
        name for name in request.COOKIES if name.startswith(_prefix()) and name.endswith(ending)
    ]


def _prefix() -> str:
    return f"{settings.SESSION_COOKIE_NAME}-signin-"


def _label(state: str) -> str:
    return hashlib.sha256(state.encode()).hexdigest()[:16]
