"""What the browser keeps for the site over a redirect: signed, dated, out of scripts' reach."""

from typing import Any

from django.conf import settings
from django.core import signing
from django.http import HttpRequest, HttpResponse


def put(response: HttpResponse, name: str, values: dict[str, Any], *, max_age: int) -> None:
    """Leave JSON values with the browser for ``max_age`` seconds, good under that name only."""
    _set(response, name, signing.dumps(values, salt=name), max_age=max_age)


def get(request: HttpRequest, name: str, *, max_age: int) -> dict[str, Any] | None:
    """The values, or None when there are none, they are too old, or somebody changed them."""
    try:
        values: dict[str, Any] = signing.loads(
            request.COOKIES.get(name, ""), salt=name, max_age=max_age
        )
    except signing.BadSignature:
        return None
    return values


def delete(response: HttpResponse, name: str) -> None:
    """Take it back; with its attributes, because a ``__Host-`` cookie is only replaced by one."""
    _set(response, name, "", max_age=0)


def _set(response: HttpResponse, name: str, value: str, *, max_age: int) -> None:
    response.set_cookie(
        name,
        value,
        max_age=max_age,
        secure=settings.SESSION_COOKIE_SECURE,
        httponly=True,
        samesite="Lax",
    )
