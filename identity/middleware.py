"""Closed by default: who is not signed in, or no longer, is sent to sign in."""

import logging
from collections.abc import Callable
from functools import partial
from typing import Any

from django.contrib.auth.middleware import LoginRequiredMiddleware
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.template.loader import render_to_string

from identity import events
from identity.navigation import to_sign_in, unavailable
from identity.sessions import SessionStore
from identity.tokens import SignInNeeded, TokensUnavailable

PAGE = {"headline": "You cannot be signed in right now", "message": TokensUnavailable.message}


class SignInMiddleware(LoginRequiredMiddleware):
    """Django's own, answering scripts with 401; and nothing of a person stays in a cache."""

    def process_view(
        self,
        request: HttpRequest,
        view_func: Callable[..., HttpResponseBase],
        view_args: tuple[Any, ...],
        view_kwargs: dict[str, Any],
    ) -> HttpResponseBase | None:
        """Let everybody in to public views, and to the others who is signed in."""
        if request.user.is_authenticated or not getattr(view_func, "login_required", True):
            return None
        return to_sign_in(request, ended=getattr(request.session, "was_ended", False))

    def process_response(
        self, request: HttpRequest, response: HttpResponseBase
    ) -> HttpResponseBase:
        """Keep a person's pages out of every cache, and the session from idling out."""
        if response.headers.get("Cache-Control") == "no-store":
            # The answer of a site without its database: nothing to add, and nobody to ask for.
            return response
        match = request.resolver_match
        # Somebody else's note is answered with 404, as if it did not exist.
        is_not_theirs = response.status_code == 404 and match is not None and match.kwargs
        if response.status_code == 403 or (is_not_theirs and request.user.is_authenticated):
            details = {"route": match.view_name if match else "-", "status": response.status_code}
            events.record(request, "access_refused", level=logging.WARNING, **details)
        if request.user.is_authenticated:
            response.headers["Cache-Control"] = "no-store"
            if isinstance(request.session, SessionStore):
                request.session.touch()
        return response

    def process_exception(self, request: HttpRequest, exception: Exception) -> HttpResponse | None:
        """What ``identity.tokens`` raises in a view becomes a page or a JSON answer."""
        if isinstance(exception, SignInNeeded):
            request.session.flush()
            return to_sign_in(request, ended=True)
        if isinstance(exception, TokensUnavailable):
            page = partial(render_to_string, "503.html", PAGE, request)
            return unavailable(request, exception.code, exception.message, page)
        return None
