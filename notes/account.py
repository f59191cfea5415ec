"""The account page: who the API takes the person for, and where they are signed in and out."""

from dataclasses import dataclass
from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.timezone import now
from django.views.decorators.http import require_POST, require_safe

from identity.ending import end_sessions
from identity.models import BrowserSession, User
from identity.tokens import TokensUnavailable
from notes import display
from notes.failures import failure_of
from notes.gateway import GatewayError, TokenRejected
from notes.http import AuthenticatedRequest, gateway_for


@dataclass(frozen=True, slots=True)
class SessionRow:
    """One browser in which the person is signed in."""

    device: str
    ip: str
    is_current: bool
    last_seen: display.Moment
    signed_in: display.Moment
    end_url: str


@require_safe
def account(request: AuthenticatedRequest) -> HttpResponse:
    """Shown also while the API or Cognito is down: signing out must not depend on them."""
    greeting = problem = ""
    try:
        greeting = gateway_for(request).greet()
    except TokenRejected:
        raise
    except (GatewayError, TokensUnavailable) as error:
        problem = failure_of(error).message
    context = {
        "greeting": greeting,
        "problem": problem,
        "groups": list(request.user.groups.order_by("name").values_list("name", flat=True)),
        "sessions": _sessions(request.user, request.session.session_key),
    }
    return render(request, "notes/account.html", context)


@require_POST
def account_end_session(request: AuthenticatedRequest, session_id: UUID) -> HttpResponse:
    """Sign one of the person's own browsers out."""
    row = get_object_or_404(BrowserSession, user=request.user, pk=session_id)
    if end_sessions([row]).revoked:
        messages.success(request, f"{row.device} is signed out.")
    else:
        messages.warning(
            request,
            f"{row.device} is signed out of this site. The sign-in service did not answer, so "
            "what that browser was given ends by itself.",
        )
    return redirect("account")


def _sessions(user: User, current_key: str | None) -> list[SessionRow]:
    at = now()
    found = BrowserSession.objects.filter(user=user, expire_date__gt=at).order_by("-last_seen_at")
    listed = [
        SessionRow(
            device=session.device,
            ip=session.ip or "",
            is_current=session.session_key == current_key,
            last_seen=display.moment(session.last_seen_at, at),
            signed_in=display.moment(session.created_at, at),
            end_url=reverse("end_session", args=[session.pk]),
        )
        for session in found
    ]
    return sorted(listed, key=lambda row: not row.is_current)
