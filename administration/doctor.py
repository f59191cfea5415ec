"""What can only be found out by asking: does this site fit its user pool and its notes API?"""

import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from email.utils import parsedate_to_datetime
from functools import partial

from django.conf import settings

from administration.accepted_token import accepted_token
from cognito import pool
from cognito.http import ProviderUnavailable, call
from cognito.jwks import SigningKeys
from cognito.verify import LEEWAY_SECONDS
from identity.public_urls import callback_url, signed_out_url

Question = Callable[[], tuple[bool | None, str]]
NEEDED = "cognito-idp:DescribeUserPoolClient"


@dataclass(frozen=True)
class Finding:
    """One line of the report, its id in ``name``; ``is_good`` None if it was not looked at."""

    name: str
    is_good: bool | None
    text: str


def findings(email: str | None = None) -> Iterator[Finding]:
    """Each question in turn; none of them changes anything.

    ``email`` is of somebody who is signed in: the API is asked with their token.
    """
    asked: dict[str, Question] = {
        **QUESTIONS,
        "administration.D006 notes API with a token": partial(notes_api_with_a_token, email),
    }
    for name, question in asked.items():
        try:
            is_good, text = question()
        except ProviderUnavailable as error:
            is_good, text = False, f"no usable answer ({error}); check the address and the network."
        yield Finding(name, is_good, text)


def signing_keys() -> tuple[bool, str]:
    """The JWKS has keys that ID tokens are verified with."""
    address = settings.OIDC_OP_JWKS_ENDPOINT
    try:
        count = len(SigningKeys(address).download())
    except ProviderUnavailable as error:
        problem = f"{address}: {error}; check COGNITO_USER_POOL_ID and COGNITO_ENDPOINT_URL."
        return False, problem
    if not count:
        return False, f"{address}: keys share one id, so that it names none of them."
    return True, f"{count} for RS256 at {address}."


def discovery() -> tuple[bool, str]:
    """The pool's own description names the endpoints that this site uses."""
    described = call(
        "GET", f"{settings.COGNITO_ISSUER}/.well-known/openid-configuration"
    ).json_object()
    expected = {
        "issuer": ("COGNITO_USER_POOL_ID", settings.COGNITO_ISSUER),
        "jwks_uri": ("COGNITO_ENDPOINT_URL", settings.OIDC_OP_JWKS_ENDPOINT),
        "authorization_endpoint": ("COGNITO_DOMAIN", settings.OIDC_OP_AUTHORIZATION_ENDPOINT),
        "token_endpoint": ("COGNITO_DOMAIN", settings.OIDC_OP_TOKEN_ENDPOINT),
        "userinfo_endpoint": ("COGNITO_DOMAIN", settings.OIDC_OP_USER_ENDPOINT),
    }
    for name, (variable, ours) in expected.items():
        if described.get(name) != ours:
            return False, f"its {name} is {described.get(name)}, not {ours}; correct {variable}."
    return True, "its endpoints are the ones that this site uses."


def clock() -> tuple[bool | None, str]:
    """This host's clock against the pool's; ID tokens are judged by it."""
    date = call("GET", settings.OIDC_OP_JWKS_ENDPOINT).date
    try:
        skew = time.time() - parsedate_to_datetime(date).timestamp()
    except ValueError:
        return None, "the user pool's answer has no date to compare with."
    if abs(skew) > LEEWAY_SECONDS / 2:
        return False, f"{skew:+.0f} s off the user pool's; switch on time synchronisation (NTP)."
    return True, f"{skew:+.0f} s off the user pool's."


def notes_api() -> tuple[bool, str]:
    """The API is there, and refuses who comes without a token."""
    status = call("GET", f"{settings.NOTES_API_URL}/notes").status
    if status == 401:
        return True, "it answers, and refuses a request without a token."
    if status == 403:
        return False, "there is no such path or stage (403); correct NOTES_API_URL."
    if status == 200:
        return False, "it answers without a token; put the authorizer on every operation."
    return False, f"it answers {status} instead of 401; check NOTES_API_URL and the API's logs."


def notes_api_with_a_token(email: str | None) -> tuple[bool | None, str]:
    """The API accepts what the web application sends."""
    if email is None:
        return None, "not looked at; say --as and the e-mail address of somebody signed in."
    return accepted_token(email)


def app_client() -> tuple[bool | None, str]:
    """The app client knows this site's addresses, and its grants last as long as sessions."""
    try:
        found = pool.app_client()
    except ProviderUnavailable as error:
        return None, f"not looked at ({error}); needs credentials with {NEEDED}."
    for name, ours, registered in (
        ("CallbackURLs", callback_url(), found.callback_urls),
        ("LogoutURLs", signed_out_url(), found.logout_urls),
    ):
        if ours not in registered:
            return False, f"{ours} is not among its {name}; add it, or correct PUBLIC_URL."
    hours = found.refresh_token_life.total_seconds() / 3_600
    if hours * 3_600 < settings.SESSION_ABSOLUTE_AGE:
        problem = f"its refresh tokens end after {hours:g} hours and sessions with them"
        return False, f"{problem}; let them live longer, or lower SESSION_MAX_HOURS to that."
    return True, f"it has {callback_url()} and {signed_out_url()}; refresh tokens of {hours:g} h."


QUESTIONS: dict[str, Question] = {
    "administration.D001 signing keys": signing_keys,
    "administration.D002 discovery": discovery,
    "administration.D003 clock": clock,
    "administration.D004 notes API": notes_api,
    "administration.D005 app client": app_client,
}
