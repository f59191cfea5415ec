"""Deleting an account: every session elsewhere, all notes, then the person, there and here.

Each step may be repeated, and the account goes last: whoever is interrupted signs in and goes on.
"""

import logging
import time

from django import forms
from django.contrib.auth import logout
from django.core.exceptions import ValidationError
from django.http import HttpResponse, QueryDict
from django.shortcuts import render
from django.views.decorators.http import require_http_methods

from cognito import pool
from cognito.pool_errors import PoolBusy, PoolError, PoolUnavailable
from identity.ending import end_sessions
from identity.models import BrowserSession, User
from identity.public_urls import cognito_sign_out_url
from identity.tokens import TokensUnavailable
from notes.failures import failure_of
from notes.gateway import GatewayError, TokenRejected
from notes.http import AuthenticatedRequest, gateway_for

logger = logging.getLogger(__name__)

# A page's calls may take 7.5 s (notes/http.py): a step that begins within these still ends in time.
STEPS_SECONDS = 3.0
WITHOUT_ADDRESS = "delete"


class DeleteAccountForm(forms.Form):
    """Asks for the person's own e-mail address, so that no slip of the finger is enough."""

    confirm = forms.CharField(max_length=320)

    def __init__(self, user: User, data: QueryDict | None = None) -> None:
        super().__init__(data)
        self.expected = user.email or WITHOUT_ADDRESS
        field = self.fields["confirm"]
        field.label = f"Type {self.expected} to confirm"
        field.widget.attrs |= {
            "autocomplete": "off",
            "autocapitalize": "none",
            "spellcheck": "false",
        }

    def clean_confirm(self) -> str:
        typed: str = self.cleaned_data["confirm"]
        if typed.casefold() != self.expected.casefold():
            raise ValidationError(f"This is not {self.expected}. Nothing has been deleted.")
        return typed


@require_http_methods(["GET", "HEAD", "POST"])
def account_delete(request: AuthenticatedRequest) -> HttpResponse:
    """Says what will happen; does it when confirmed, and when it takes long, in several pages."""
    if request.method != "POST":
        return _ask(request, DeleteAccountForm(request.user))
    form = DeleteAccountForm(request.user, request.POST)
    if not form.is_valid():
        return _ask(request, form, status=422)
    # First, so that no other browser writes a note that nobody could find any more.
    others = BrowserSession.objects.filter(user=request.user)
    end_sessions(others.exclude(session_key=request.session.session_key))
    try:
        if not _notes_are_deleted(request):
            return _ask(request, form, is_under_way=True)
        pool.delete(request.user.sub)
    except TokenRejected:
        raise
    except (GatewayError, TokensUnavailable) as error:
        failure = failure_of(error)
        return failure.mark(_ask(request, form, problem=failure.message, status=failure.status))
    except (PoolUnavailable, PoolBusy):
        problem = (
            "Your notes are deleted, your account is not yet: "
            "the sign-in service does not answer right now."
        )
        return _ask(request, form, problem=problem, status=503)
    except PoolError:
        problem = (
            "Your notes are deleted, your account is not: the sign-in service refuses to delete it."
        )
        return _ask(request, form, problem=problem, status=502)
    request.user.delete()
    logout(request)
    logger.info("account_deleted")
    context = {"cognito_sign_out_url": cognito_sign_out_url()}
    response = render(request, "notes/account_deleted.html", context)
    response.headers["Clear-Site-Data"] = '"cache", "storage"'
    return response


def _notes_are_deleted(request: AuthenticatedRequest) -> bool:
    """Take steps for some seconds; whether there is nothing left."""
    gateway = gateway_for(request)
    started = time.monotonic()
    while gateway.delete_notes().remaining:
        if time.monotonic() - started > STEPS_SECONDS:
            return False
    return True


def _ask(
    request: AuthenticatedRequest,
    form: DeleteAccountForm,
    *,
    problem: str = "",
    is_under_way: bool = False,
    status: int = 200,
) -> HttpResponse:
    context = {
        "form": form,
        "problem": problem,
        "is_temporary": status in {429, 503},
        "is_under_way": is_under_way,
    }
    return render(request, "notes/account_delete.html", context, status=status)
