"""Closed by default: who is not signed in, or no longer, is sent to sign in."""

from collections.abc import Callable

from django.contrib.auth.middleware import LoginRequiredMiddleware
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render

from identity.navigation import is_navigation, to_sign_in
from identity.sessions import SessionStore
from identity.tokens import SignInNeeded, TokensUnavailable

RETRY_SECONDS = 5


class SignInMiddleware(LoginRequiredMiddleware):
    """Django's own, answering scripts with 401; and nothing of a person stays in a cache."""

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self.get_response(request)
        if request.user.is_authenticated:
            response.headers["Cache-Control"] = "no-store"
            if isinstance(request.session, SessionStore):
                request.session.touch()
        return response

    def handle_no_permission(
        self, request: HttpRequest, view_func: Callable[..., HttpResponse]
    ) -> HttpResponse:
        return to_sign_in(request)

    def process_exception(self, request: HttpRequest, exception: Exception) -> HttpResponse | None:
        """What ``identity.tokens`` raises in a view becomes a page or a JSON answer."""
        if isinstance(exception, SignInNeeded):
            request.session.flush()
            return to_sign_in(request)
        if isinstance(exception, TokensUnavailable):
            return _unavailable(request)
        return None


def _unavailable(request: HttpRequest) -> HttpResponse:
    if is_navigation(request):
        response = render(request, "503.html", status=503)
    else:
        message = "The sign-in service does not answer. Try again in a moment."
        response = JsonResponse({"message": message, "code": "TokensUnavailable"}, status=503)
    response.headers["Retry-After"] = str(RETRY_SECONDS)
    return response
