"""Sign-in, sign-out, and the pages that say what happened."""

from collections.abc import Iterable
from dataclasses import replace
from datetime import UTC, datetime
from urllib.parse import urlencode

from django.conf import settings
from django.contrib.auth import logout
from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import redirect, render, resolve_url
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe
from mozilla_django_oidc.utils import generate_code_challenge
from mozilla_django_oidc.views import (
    OIDCAuthenticationCallbackView,
    OIDCAuthenticationRequestView,
)

from cognito.http import ProviderUnavailable
from cognito.provider import GrantRefused
from cognito.verify import IdTokenRefused
from identity import attempts, events, outcomes, sessions
from identity.attempts import Attempt
from identity.backends import CognitoBackend
from identity.database import release_connection
from identity.ending import end_sessions
from identity.failures import AUTHORIZATION_ERRORS, sign_in_failed
from identity.models import BrowserSession
from identity.navigation import safe_path, sign_in_url
from identity.outcomes import Outcome, by_way_of_cognito
from identity.public_urls import callback_url
from identity.sessions import current


class AuthenticationRequestView(OIDCAuthenticationRequestView):
    """Begins a sign-in: to the hosted UI with state, nonce and PKCE (S256)."""

    def get(self, request: HttpRequest) -> HttpResponse:
        next_url = safe_path(request, request.GET.get("next"))
        last = outcomes.find(request)
        if last and not last.hosted_ui:
            # Cognito could not be reached at the sign-out, and would not ask for a password.
            return by_way_of_cognito(replace(last, hosted_ui=True, next_url=next_url))
        attempt = attempts.start(next_url)
        endpoint = self.OIDC_OP_AUTH_ENDPOINT
        if request.GET.get("screen") == "signup":
            # The hosted UI's other door takes the same parameters.
            endpoint = f"{settings.COGNITO_DOMAIN}/signup"
        query = {
            "response_type": "code",
            "client_id": self.OIDC_RP_CLIENT_ID,
            "redirect_uri": callback_url(),
            "scope": settings.OIDC_RP_SCOPES,
            "state": attempt.state,
            "nonce": attempt.nonce,
            "code_challenge": generate_code_challenge(attempt.code_verifier, "S256"),
            "code_challenge_method": "S256",
        }
        response = HttpResponseRedirect(f"{endpoint}?{urlencode(query)}")
        attempts.remember(request, response, attempt)
        return response


class CallbackView(OIDCAuthenticationCallbackView):
    """Ends a sign-in; no failure of the provider or the person becomes more than a page."""

    def get(self, request: HttpRequest) -> HttpResponse:
        attempt = attempts.find(request)
        if attempt is None or not attempts.is_under_way(request, attempt):
            return _stale(request, "attempt_unknown", attempt.next_url if attempt else "")
        response = self._finish(request, attempt)
        attempts.forget(response, attempt)
        return response

    def _finish(self, request: HttpRequest, attempt: Attempt) -> HttpResponse:
        if (error := request.GET.get("error", "")) or not request.GET.get("code"):
            # Anybody can write the parameter.
            detail = error if error in AUTHORIZATION_ERRORS else ""
            return sign_in_failed(request, "provider_error", attempt.next_url, detail)
        backend = CognitoBackend()
        release_connection()
        try:
            user = backend.authenticate(
                request, nonce=attempt.nonce, code_verifier=attempt.code_verifier
            )
            cause, detail = ("not_accepted", "") if user is None else ("", "")
        except ProviderUnavailable as failure:
            cause, detail = "provider_unavailable", str(failure)
        except GrantRefused as refusal:
            cause, detail = "code_refused", str(refusal)
        except IdTokenRefused as refusal:
            cause, detail = "id_token_refused", str(refusal)
        if cause:
            backend.give_up_tokens()
            tell = _stale if cause == "code_refused" else sign_in_failed
            return tell(request, cause, attempt.next_url, detail)
        sessions.begin(request, user, backend.token_set)
        events.record(request, "sign_in")
        response = HttpResponseRedirect(
            attempt.next_url or resolve_url(settings.LOGIN_REDIRECT_URL)
        )
        outcomes.forget(response)
        return response


def _stale(request: HttpRequest, cause: str, next_url: str, detail: str = "") -> HttpResponse:
    """A replayed, late or forged callback: nobody is signed in or out by it."""
    if request.user.is_authenticated:
        return redirect(next_url or settings.LOGIN_REDIRECT_URL)
    return sign_in_failed(request, cause, next_url, detail)


@require_POST
@login_not_required
def sign_out(request: HttpRequest) -> HttpResponse:
    """End the session here, its refresh token and, by way of /logout, Cognito's own sign-in."""
    row = current(request).row
    return _sign_out(request, [row] if row else [])


def _sign_out(request: HttpRequest, rows: Iterable[BrowserSession]) -> HttpResponse:
    if request.user.is_authenticated:
        events.record(request, "sign_out")
    ended = end_sessions(rows)
    logout(request)
    outcome = Outcome(revoked=ended.revoked, until=ended.until)
    if ended.reached_cognito:
        response = by_way_of_cognito(outcome)
    else:
        # There the browser would only show an error of its own.
        response = redirect("signed_out")
        outcomes.remember(response, replace(outcome, hosted_ui=False))
    response.headers["Clear-Site-Data"] = '"cache", "storage"'
    return response


@require_safe
@login_not_required
@never_cache
def signed_out(request: HttpRequest) -> HttpResponse:
    """Says what has ended, and until when an ID token already issued is good."""
    if request.user.is_authenticated:
        return redirect(settings.LOGIN_REDIRECT_URL)
    outcome = outcomes.find(request)
    context: dict[str, object] = {"next_url": sign_in_url(outcome.next_url if outcome else "")}
    if outcome:
        context |= {"by_others": outcome.by_others, "hosted_ui": outcome.hosted_ui}
        context["ended"] = [
            ("Your session in this browser", True),
            ("The token that could have renewed it", outcome.revoked),
            ("Your sign-in at the sign-in page", outcome.hosted_ui),
        ]
        if outcome.until:
            context["tokens_until"] = datetime.fromtimestamp(outcome.until, UTC)
    return render(request, "identity/signed_out.html", context)


@require_POST
def sign_out_everywhere(request: HttpRequest) -> HttpResponse:
    """End all of the person's sessions, with this one as in an ordinary sign-out."""
    return _sign_out(request, BrowserSession.objects.filter(user=request.user.pk))
