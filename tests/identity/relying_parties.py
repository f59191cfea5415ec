"""One sign-in through a provider, by our site and by the library as it comes."""

from dataclasses import dataclass
from typing import Any
from urllib.parse import parse_qs, urlsplit

from django.conf import settings
from django.test import Client

from identity.models import BrowserSession, User
from tests.identity.hostile_provider import HostileProvider

CALLBACK = "/oidc/callback/"


@dataclass(frozen=True)
class Outcome:
    """What became of a sign-in."""

    status: int
    location: str
    text: str
    is_signed_in: bool

    @property
    def verdict(self) -> str:
        if self.is_signed_in:
            return "accepted"
        return "broken" if self.status >= 500 else "refused"


def begin(client: Client, provider: HostileProvider, next_url: str = "/notes/trash/") -> str:
    """Start a sign-in at that provider; the attempt's state."""
    answer = client.get("/oidc/authenticate/", {"next": next_url})
    query = parse_qs(urlsplit(answer.headers["Location"]).query)
    provider.nonce = query["nonce"][0]
    return query["state"][0]


def sign_in(client: Client, provider: HostileProvider) -> Outcome:
    """A whole sign-in in that browser."""
    # As a browser sees it: an exception is a page with status 500.
    client.raise_request_exception = False
    state = begin(client, provider)
    return finish(client, {"code": "the-code", "state": state})


def finish(client: Client, query: dict[str, Any]) -> Outcome:
    """The callback with those parameters."""
    answer = client.get(CALLBACK, query)
    return Outcome(
        answer.status_code,
        answer.headers.get("Location", ""),
        answer.content.decode(errors="replace"),
        _is_signed_in(client),
    )


def _is_signed_in(client: Client) -> bool:
    # client.session would make a session where there is none.
    cookie = client.cookies.get(settings.SESSION_COOKIE_NAME)
    return bool(cookie and cookie.value) and "_auth_user_id" in client.session


def nothing_is_left(client: Client) -> bool:
    """Nobody signed in, nobody made, no token kept."""
    return (
        not BrowserSession.objects.exists()
        and not User.objects.exists()
        and not client.cookies.get(settings.SESSION_COOKIE_NAME)
    )
