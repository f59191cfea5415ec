"""What a view cannot carry out becomes a page, in this one place; typed text is kept."""

import logging
from collections.abc import Callable
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import resolve

from identity import events
from identity.navigation import is_navigation, sign_in_url, to_sign_in
from notes import drafts
from notes.failures import Failure, failure_of
from notes.gateway import GatewayError, TokenRejected

EDITORS = {"notes:create", "notes:edit"}


class UnsavedTextMiddleware:
    """Keeps what was sent from the editor by somebody who is no longer signed in.

    It stands before SignInMiddleware, which would send them away empty-handed.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return self.get_response(request)

    def process_view(
        self, request: HttpRequest, view: object, args: tuple[Any, ...], kwargs: dict[str, Any]
    ) -> HttpResponse | None:
        """To sign-in, and from there to the editor with the text in it."""
        if request.user.is_authenticated or not is_navigation(request):
            return None
        draft_url = keep_unsaved(request)
        ended = getattr(request.session, "was_ended", False)
        return to_sign_in(request, ended=ended, next_url=draft_url) if draft_url else None


def csrf_failure(request: HttpRequest, reason: str = "") -> HttpResponse:
    """Django's CSRF_FAILURE_VIEW: a stale form's text is kept, and offered in a fresh one."""
    events.record(request, "csrf_failure", level=logging.WARNING, reason=reason)
    if draft_url := keep_unsaved(request):
        if request.user.is_authenticated and drafts.owner_of(request.POST) != request.user.pk:
            return render(request, "notes/kept_for_its_writer.html", status=403)
        return redirect(draft_url)
    return render(request, "403_csrf.html", status=403)


def keep_unsaved(request: HttpRequest) -> str:
    """The address that offers what was sent from the editor; "" for any other request."""
    match = request.resolver_match or resolve(request.path_info)
    if request.method != "POST" or match.view_name not in EDITORS:
        return ""
    owner = drafts.owner_of(request.POST)
    if owner is None:
        return ""
    draft = drafts.keep(request, owner, match.kwargs.get("noteid", ""))
    return drafts.address(draft) if draft else ""


class GatewayErrorMiddleware:
    """Answers for a view that did not handle a GatewayError itself."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return self.get_response(request)

    def process_exception(self, request: HttpRequest, exception: Exception) -> HttpResponse | None:
        """A page for people, JSON for scripts."""
        if not isinstance(exception, GatewayError):
            return None
        failure = failure_of(exception)
        if is_navigation(request):
            return failure.mark(_page(request, failure, exception))
        return failure.to_json()


def _page(request: HttpRequest, failure: Failure, error: GatewayError) -> HttpResponse:
    if isinstance(error, TokenRejected):
        # A page and not a redirect: Cognito may sign the person in without asking, and with an
        # API that refuses every token the browser would go round for ever.
        here = request.get_full_path() if request.method == "GET" else ""
        context = {"sign_in_url": sign_in_url(here)}
        return render(request, "notes/sign_in_again.html", context, status=failure.status)
    context = {"message": failure.message, "api_request_id": error.request_id}
    return render(request, f"{failure.status}.html", context, status=failure.status)
