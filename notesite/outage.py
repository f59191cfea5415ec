"""What is answered when the site itself cannot go on: its database is away, or it has a mistake."""

import sys

from django.db import InterfaceError, OperationalError
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.template import loader
from django.views import defaults

from identity.navigation import is_navigation

RETRY_SECONDS = 5
MESSAGE = "This site's database does not answer right now. Try again in a moment."


def server_error(request: HttpRequest) -> HttpResponse:
    """Django's ``handler500``: 503 while the database is away, and what was sent sent once more.

    The page is rendered without the request, because a template that asks who is signed in would
    need the database again.
    """
    if not isinstance(sys.exc_info()[1], OperationalError | InterfaceError):
        return defaults.server_error(request)
    response: HttpResponse
    if is_navigation(request):
        context = {"message": MESSAGE, "path": request.get_full_path(), "sent": _sent(request)}
        page = loader.get_template("outage.html").render(context)
        response = HttpResponse(page, status=503)
    else:
        response = JsonResponse({"message": MESSAGE, "code": "DatabaseUnavailable"}, status=503)
    response.headers["Retry-After"] = str(RETRY_SECONDS)
    response.headers["Cache-Control"] = "no-store"
    return response


def _sent(request: HttpRequest) -> list[tuple[str, str]]:
    """The form's fields, which the page holds until they can be taken."""
    return [(name, value) for name, values in request.POST.lists() for value in values]
