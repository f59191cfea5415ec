"""System checks of what sign-in relies on; each has an id and says what to do.

What only the user pool or the API can tell is asked by ``manage.py doctor``.
"""

from collections.abc import Iterator
from typing import Any
from urllib.parse import urlsplit

from django.conf import settings
from django.core.checks import CheckMessage, Error, Tags, register
from django.urls import NoReverseMatch, resolve, reverse

# Switches of mozilla-django-oidc that turn a protection off. Nothing that runs here asks them.
SAFE_VALUES: dict[str, Any] = {
    "OIDC_RP_SIGN_ALGO": "RS256",
    "OIDC_USE_PKCE": True,
    "OIDC_PKCE_CODE_CHALLENGE_METHOD": "S256",
    "OIDC_USE_NONCE": True,
    "OIDC_VERIFY_SSL": True,
    "OIDC_VERIFY_KID": True,
    "OIDC_ALLOW_UNSECURED_JWT": False,
    "ALLOW_LOGOUT_GET_METHOD": False,
}

# What signs people in and out: RS256, PKCE, state and nonce are not for settings to decide there.
BACKENDS = ["identity.backends.CognitoBackend"]
VIEWS = "identity.views"
ROUTES = ("oidc_authentication_init", "oidc_authentication_callback", "oidc_logout")

# Seconds. The same as in notesite/settings.py, which this may not import: there a variable is
# refused, here a setting that somebody wrote over it.
LONGEST_TIMEOUTS = {"OIDC_TIMEOUT": 5, "NOTES_API_TIMEOUT": 9}

ADDRESSES = (
    "PUBLIC_URL",
    "COGNITO_DOMAIN",
    "COGNITO_ENDPOINT_URL",
    "OIDC_OP_AUTHORIZATION_ENDPOINT",
    "OIDC_OP_TOKEN_ENDPOINT",
    "OIDC_OP_USER_ENDPOINT",
    "OIDC_OP_JWKS_ENDPOINT",
    "NOTES_API_URL",
)
# As in notesite/env.py, which this may not import either.
THIS_MACHINE = {"localhost", "127.0.0.1", "::1"}


@register(Tags.security)
def off_switches(app_configs: object, **kwargs: object) -> list[CheckMessage]:
    """``administration.E001``: somebody meant to switch a protection of the library off."""
    return [
        Error(
            f"{name} is {getattr(settings, name)!r}.",
            hint=f"Remove {name}; sign-in here does not ask it, and is safe without.",
            id="administration.E001",
        )
        for name, safe in SAFE_VALUES.items()
        if getattr(settings, name, safe) != safe
    ]


@register(Tags.security)
def session_engine(app_configs: object, **kwargs: object) -> list[CheckMessage]:
    """``administration.E002``: tokens need the engine that keeps them in encrypted columns."""
    if settings.SESSION_ENGINE == "identity.sessions":
        return []
    return [
        Error(
            f"SESSION_ENGINE is {settings.SESSION_ENGINE!r}.",
            hint='Set SESSION_ENGINE = "identity.sessions".',
            id="administration.E002",
        )
    ]


@register(Tags.security)
def cookies(app_configs: object, **kwargs: object) -> list[CheckMessage]:
    """``administration.E003``: behind https a cookie's name begins with ``__Host-``."""
    if not settings.PUBLIC_URL.startswith("https://"):
        return []
    return [
        Error(
            f"{name} is {getattr(settings, name)!r}, which another host could plant.",
            hint=f"Let {name} begin with __Host-.",
            id="administration.E003",
        )
        for name in ("SESSION_COOKIE_NAME", "CSRF_COOKIE_NAME")
        if not getattr(settings, name).startswith("__Host-")
    ]


@register(Tags.security)
def time_outs(app_configs: object, **kwargs: object) -> list[CheckMessage]:
    """``administration.E004``: a call that may hang holds a thread, and in the end the site."""
    return [
        Error(
            f"{name} is {getattr(settings, name, None)!r}.",
            hint=f"Set {name} to a number of seconds above 0 and at most {most}.",
            id="administration.E004",
        )
        for name, most in LONGEST_TIMEOUTS.items()
        if not _is_within(getattr(settings, name, None), most)
    ]


def _is_within(seconds: object, most: int) -> bool:
    return isinstance(seconds, int | float) and 0 < seconds <= most


@register(Tags.security)
def whose_sign_in(app_configs: object, **kwargs: object) -> Iterator[CheckMessage]:
    """``administration.E005``: nobody is signed in but by our own views and backend.

    The library's own would ask the switches above, whose defaults are HS256 and no PKCE, and would
    know people by their e-mail address.
    """
    if settings.AUTHENTICATION_BACKENDS != BACKENDS:
        yield Error(
            f"AUTHENTICATION_BACKENDS is {settings.AUTHENTICATION_BACKENDS!r}.",
            hint=f"Set AUTHENTICATION_BACKENDS = {BACKENDS!r}.",
            id="administration.E005",
        )
    others = [name for name in ROUTES if _module_of_view(name) != VIEWS]
    if others:
        yield Error(
            f"{', '.join(others)}: not the view of {VIEWS}.",
            hint='Include "identity.urls" in ROOT_URLCONF, and not "mozilla_django_oidc.urls".',
            id="administration.E005",
        )


def _module_of_view(name: str) -> str:
    try:
        return resolve(reverse(name)).func.__module__
    except NoReverseMatch:
        return ""


@register(Tags.security)
def addresses(app_configs: object, **kwargs: object) -> list[CheckMessage]:
    """``administration.E006``: what leaves this machine is encrypted."""
    return [
        Error(
            f"{name} is {getattr(settings, name)!r}.",
            hint=f"Let {name} begin with https://; http:// is for this machine alone.",
            id="administration.E006",
        )
        for name in ADDRESSES
        if not _is_encrypted(getattr(settings, name))
    ]


def _is_encrypted(address: str) -> bool:
    parts = urlsplit(address)
    return parts.scheme == "https" or parts.hostname in THIS_MACHINE
