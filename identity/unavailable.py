"""503: a page for people, JSON for scripts, and when to try again."""

from collections.abc import Callable

from django.http import HttpRequest, HttpResponse, JsonResponse

from identity.navigation import is_navigation

RETRY_SECONDS = 5


def unavailable(
    request: HttpRequest, code: str, message: str, page: Callable[[], str]
) -> HttpResponse:
    """``page`` renders the message for people; it is called only for them."""
    response: HttpResponse
    if is_navigation(request):
        response = HttpResponse(page(), status=503)
    else:
        response = JsonResponse({"message": message, "code": code}, status=503)
    response.headers["Retry-After"] = str(RETRY_SECONDS)
    return response
