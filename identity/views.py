"""Sign-in, sign-out, and the pages that say what happened."""

from datetime import UTC, datetime
from urllib.parse import urlencode
from uuid import UUID

from django.conf import settings
from django.contrib.auth import logout
from django.contrib.auth.decorators import login_not_required
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404, redirect, render, resolve_url
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
from identity.ending import end_all, end_session
from identity.failures import sign_in_failed
from identity.models import BrowserSession
from identity.navigation import safe_path, sign_in_url
from identity.outcomes import Outcome
from identity.public_urls import callback_url, cognito_sign_out_url


class AuthenticationRequestView(OIDCAuthenticationRequestView):
    """Begins a sign-in: to the hosted UI with state, nonce and PKCE (S256)."""

    def get(self, request: HttpRequest) -> HttpResponse:
        attempt = attempts.start(safe_path(request, request.GET.get("next")))
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
        if attempt is None:
            return self._without_attempt(request)
        response = self._with_attempt(request, attempt)
        attempts.forget(request, response)
        return response

    def _without_attempt(self, request: HttpRequest) -> HttpResponse:
        """A replayed, stale or forged callback: nobody is signed in or out by it."""
        if request.user.is_authenticated:
            return redirect(settings.LOGIN_REDIRECT_URL)
        return sign_in_failed(request, "attempt_unknown", "")

    def _with_attempt(self, request: HttpRequest, attempt: Attempt) -> HttpResponse:
        if request.GET.get("error") or not request.GET.get("code"):
            return sign_in_failed(request, "provider_error", attempt.next_url)
        backend = CognitoBackend()
        release_connection()
        try:
            user = backend.authenticate(
                request, nonce=attempt.nonce, code_verifier=attempt.code_verifier
            )
        except ProviderUnavailable as error:
            return sign_in_failed(request, "provider_unavailable", attempt.next_url, str(error))
        except GrantRefused as refusal:
            return sign_in_failed(request, "code_refused", attempt.next_url, str(refusal))
        except IdTokenRefused as refusal:
            backend.give_up_tokens()
            return sign_in_failed(request, "id_token_refused", attempt.next_url, str(refusal))
        if user is None:
            backend.give_up_tokens()
            return sign_in_failed(request, "not_accepted", attempt.next_url)
        sessions.begin(request, user, backend.token_set)
        events.record(request, "sign_in")
        return HttpResponseRedirect(attempt.next_url or resolve_url(settings.LOGIN_REDIRECT_URL))


@require_POST
@login_not_required
def sign_out(request: HttpRequest) -> HttpResponse:
    """End the session here, its refresh token and, by way of /logout, Cognito's own session."""
    tokens = getattr(request.session, "tokens", None)
    if tokens is not None:
        events.record(request, "sign_out")
    revoked = end_session(getattr(request.session, "row", None))
    logout(request)
    # A provider that did not take the revocation would only show the browser an error.
    to = cognito_sign_out_url() if revoked else resolve_url("signed_out")
    response = HttpResponseRedirect(to)
    response.headers["Clear-Site-Data"] = '"cache", "storage"'
    outcomes.remember(response, Outcome(revoked, tokens.expires_at if tokens else None))
    return response


@require_safe
@login_not_required
@never_cache
def signed_out(request: HttpRequest) -> HttpResponse:
    """Says what has ended, and until when an ID token already issued is good."""
    outcome = outcomes.find(request)
    ended = [
        ("Your session in this browser", True),
        ("The token that could have renewed it", outcome.revoked),
        ("Your sign-in at the sign-in page", outcome.revoked),
    ]
    context = {
        "by_others": outcome.by_others,
        "ended": ended,
        "tokens_until": datetime.fromtimestamp(outcome.until, UTC) if outcome.until else None,
        "next_url": sign_in_url(outcome.next_url),
    }
    return render(request, "identity/signed_out.html", context)


@require_POST
def end_other_session(request: HttpRequest, session_id: UUID) -> HttpResponse:
    """Sign one of the person's own other browsers out."""
    end_session(get_object_or_404(_own_sessions(request), pk=session_id))
    return redirect("account")


@require_POST
def sign_out_everywhere(request: HttpRequest) -> HttpResponse:
    """End all of the person's sessions, this one last, as an ordinary sign-out."""
    end_all(_own_sessions(request).exclude(session_key=request.session.session_key))
    return sign_out(request)


def _own_sessions(request: HttpRequest) -> QuerySet[BrowserSession]:
    return BrowserSession.objects.filter(user=request.user.pk, user__isnull=False)
