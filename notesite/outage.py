"""What is answered when the site itself cannot go on: its database is away, or it has a mistake."""

import sys
from functools import partial

from django.db import InterfaceError, OperationalError
from django.http import HttpRequest, HttpResponse
from django.template.loader import render_to_string
from django.views import defaults

from identity.navigation import unavailable

MESSAGE = "This site's database does not answer right now. Try again in a moment."


def server_error(request: HttpRequest) -> HttpResponse:
    """Django's ``handler500``: 503 while the database is away, with what was sent to send again.

    The page is rendered without the request, because a template that asks who is signed in would
    need the database again.
    """
    if not isinstance(sys.exc_info()[1], OperationalError | InterfaceError):
        return defaults.server_error(request)
    response = unavailable(request, "DatabaseUnavailable", MESSAGE, partial(_page, request))
    response.headers["Cache-Control"] = "no-store"
    return response


def _page(request: HttpRequest) -> str:
    context = {"message": MESSAGE, "path": request.get_full_path(), "sent": _sent(request)}
    return render_to_string("outage.html", context)


def _sent(request: HttpRequest) -> list[tuple[str, str]]:
    """The form's fields, which the page holds until they can be taken."""
    return [(name, value) for name, values in request.POST.lists() for value in values]
