"""What the browser keeps for the site over a redirect, out of scripts' reach."""

from django.conf import settings
from django.http import HttpResponse


def put(response: HttpResponse, name: str, value: str, *, max_age: int) -> None:
    """Leave a value with the browser for ``max_age`` seconds (RFC 6265bis, section 4.1)."""
    response.set_cookie(
        name,
        value,
        max_age=max_age,
        secure=settings.SESSION_COOKIE_SECURE,
        httponly=True,
        samesite="Lax",
    )


def delete(response: HttpResponse, name: str) -> None:
    """Take it back; with its attributes, because a ``__Host-`` cookie is only replaced by one."""
    put(response, name, "", max_age=0)
