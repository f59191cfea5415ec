"""Errors of the notes API become pages, in this one place."""

from collections.abc import Callable

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render

from identity.navigation import is_navigation, sign_in_url
from notes.failures import Failure, failure_of
from notes.gateway import GatewayError, TokenRejected


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
        said = {"message": failure.message, "code": failure.code}
        return failure.mark(JsonResponse(said, status=failure.status))


def _page(request: HttpRequest, failure: Failure, error: GatewayError) -> HttpResponse:
    if isinstance(error, TokenRejected):
        # A page and not a redirect: Cognito may sign the person in without asking, and with an
        # API that refuses every token the browser would go round for ever.
        here = request.get_full_path() if request.method == "GET" else ""
        context = {"sign_in_url": sign_in_url(here)}
        return render(request, "notes/sign_in_again.html", context, status=failure.status)
    context = {"message": failure.message, "api_request_id": error.request_id}
    return render(request, f"{failure.status}.html", context, status=failure.status)
