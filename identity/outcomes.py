"""How a session ended, carried over Cognito's redirect to the signed-out page."""

from dataclasses import asdict, dataclass

from django.conf import settings
from django.core import signing
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect

from identity import cookies
from identity.public_urls import cognito_sign_out_url

# As long as the hosted UI keeps somebody signed in (Cognito, quotas: one hour).
MAX_AGE_SECONDS = 3_600


@dataclass(frozen=True)
class Outcome:
    """What ended, besides the web session.

    ``revoked`` is about the refresh token, None where this browser cannot know; ``until`` is when
    an ID token already issued runs out, in epoch seconds; ``hosted_ui`` is whether Cognito's own
    sign-in in this browser has ended too. ``by_others`` says that the person did not ask for it,
    ``next_url`` where they were going.
    """

    revoked: bool | None = None
    until: int | None = None
    hosted_ui: bool = True
    by_others: bool = False
    next_url: str = ""


def by_way_of_cognito(outcome: Outcome) -> HttpResponse:
    """To Cognito's /logout, which ends its own sign-in, and on to the signed-out page."""
    response = HttpResponseRedirect(cognito_sign_out_url())
    remember(response, outcome)
    return response


def remember(response: HttpResponse, outcome: Outcome) -> None:
    """Leave the outcome with the browser."""
    name = _cookie()
    cookies.put(response, name, signing.dumps(asdict(outcome), salt=name), max_age=MAX_AGE_SECONDS)


def find(request: HttpRequest) -> Outcome | None:
    """The outcome of this browser's last sign-out, if it was lately and nobody signed in since."""
    name = _cookie()
    try:
        values = signing.loads(request.COOKIES.get(name, ""), salt=name, max_age=MAX_AGE_SECONDS)
    except signing.BadSignature:
        return None
    return Outcome(**values)


def forget(response: HttpResponse) -> None:
    """Somebody is signed in again."""
    cookies.delete(response, _cookie())


def _cookie() -> str:
    return f"{settings.SESSION_COOKIE_NAME}-signed-out"
