"""How a session ended, carried over Cognito's redirect to the signed-out page."""

from dataclasses import asdict, dataclass

from django.conf import settings
from django.http import HttpRequest, HttpResponse

from identity import signed_cookies

MAX_AGE_SECONDS = 300


@dataclass(frozen=True)
class Outcome:
    """What ended: ``revoked`` the refresh token and with it Cognito's session.

    ``until`` is when an ID token already issued runs out, in epoch seconds; ``by_others`` says
    that the person did not ask for it; ``next_url`` is where they were going.
    """

    revoked: bool = True
    until: int | None = None
    by_others: bool = False
    next_url: str = ""


def remember(response: HttpResponse, outcome: Outcome) -> None:
    """Put the outcome into the browser, for the few redirects until the page."""
    signed_cookies.put(response, _cookie(), asdict(outcome), max_age=MAX_AGE_SECONDS)


def find(request: HttpRequest) -> Outcome:
    """The outcome of the sign-out that led here, or that of an ordinary one."""
    return Outcome(**signed_cookies.get(request, _cookie(), max_age=MAX_AGE_SECONDS) or {})


def _cookie() -> str:
    return f"{settings.SESSION_COOKIE_NAME}-signed-out"
