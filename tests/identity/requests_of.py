"""Requests as the middleware would make them of a browser's cookie."""

from django.conf import settings
from django.http import HttpRequest
from django.test import Client

from identity.models import BrowserSession
from identity.sessions import SessionStore


def request_of(client: Client) -> HttpRequest:
    """A request of that browser, with its session and its person."""
    request = HttpRequest()
    request.session = SessionStore(client.cookies[settings.SESSION_COOKIE_NAME].value)
    row = BrowserSession.objects.get(session_key=request.session.session_key)
    assert row.user
    request.user = row.user
    return request
