"""Telling a page navigation from a script's request, and what each is answered."""

from collections.abc import Callable
from urllib.parse import urlencode, urlsplit

from django.conf import settings
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect, JsonResponse
from django.shortcuts import resolve_url
from django.utils.encoding import iri_to_uri
from django.utils.http import url_has_allowed_host_and_scheme

from identity import outcomes
from identity.outcomes import Outcome

RETRY_SECONDS = 5
# It travels to the provider and back in an address, and in headers, of which nginx takes 4 KB.
MAX_NEXT_LENGTH = 200


def is_navigation(request: HttpRequest) -> bool:
    """Whether the browser will show the answer as a page (Fetch Metadata, ``Sec-Fetch-Mode``).

    Clients that do not say are taken for browsers that follow a link.
    """
    if request.headers.get("HX-Request") == "true":
        return False
    return request.headers.get("Sec-Fetch-Mode", "navigate") == "navigate"


def safe_path(request: HttpRequest, url: str | None) -> str:
    """The path and query of an address on this site, or an empty text for any other."""
    allowed = url_has_allowed_host_and_scheme(
        url, allowed_hosts={request.get_host()}, require_https=request.is_secure()
    )
    if not url or not allowed:
        return ""
    path = urlsplit(url)._replace(scheme="", netloc="", fragment="").geturl()
    return path if path.startswith("/") and not path.startswith("//") else ""


def short_address(url: str) -> str:
    """The address in ASCII; one that is too long without its query, or none at all."""
    whole = iri_to_uri(url)
    return next((it for it in (whole, whole.partition("?")[0]) if len(it) <= MAX_NEXT_LENGTH), "")


def sign_in_url(next_url: str) -> str:
    """The address that begins a sign-in and ends at ``next_url``, shortened if need be."""
    query = f"?{urlencode({'next': short_address(next_url)})}" if next_url else ""
    return f"{resolve_url(settings.LOGIN_URL)}{query}"


def to_sign_in(request: HttpRequest, *, ended: bool = False, next_url: str = "") -> HttpResponse:
    """Send a navigation to sign-in and back; tell a script with 401, never with a redirect.

    Back means ``next_url`` if there is one. A form's address may take no GET, so after a POST it
    is the page that the form was sent from.
    A session that was ended, by its time, an admin or from another browser, first goes to
    Cognito's /logout: its cookie would otherwise sign the browser in again without asking.
    """
    asked = next_url or request.get_full_path()
    if not next_url and request.method not in ("GET", "HEAD"):
        asked = safe_path(request, request.headers.get("Referer"))
    if is_navigation(request) and ended:
        return outcomes.by_way_of_cognito(Outcome(by_others=True, next_url=short_address(asked)))
    if is_navigation(request):
        return HttpResponseRedirect(sign_in_url(asked))
    response = JsonResponse(
        {"message": "Sign in to go on.", "code": "SignInNeeded", "login_url": sign_in_url("")},
        status=401,
    )
    if request.headers.get("HX-Request") == "true":
        response.headers["HX-Redirect"] = sign_in_url("")
    return response


def unavailable(
    request: HttpRequest, code: str, message: str, page: Callable[[], str]
) -> HttpResponse:
    """503 and when to try again; ``page`` renders the message for people, and only for them."""
    response: HttpResponse
    if is_navigation(request):
        response = HttpResponse(page(), status=503)
    else:
        response = JsonResponse({"message": message, "code": code}, status=503)
    response.headers["Retry-After"] = str(RETRY_SECONDS)
    return response
