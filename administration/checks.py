"""System checks of what sign-in relies on; each has an id and says what to do."""

from typing import Any

from django.conf import settings
from django.core.checks import CheckMessage, Error, Tags, register

# Switches of mozilla-django-oidc that would turn a protection off.
SAFE_VALUES: dict[str, Any] = {
    "OIDC_RP_SIGN_ALGO": "RS256",
    "OIDC_USE_PKCE": True,
    "OIDC_USE_NONCE": True,
    "OIDC_VERIFY_SSL": True,
    "OIDC_VERIFY_KID": True,
    "OIDC_ALLOW_UNSECURED_JWT": False,
    "ALLOW_LOGOUT_GET_METHOD": False,
    "OIDC_PKCE_CODE_CHALLENGE_METHOD": "S256",
}


@register(Tags.security)
def sign_in_protections(app_configs: object, **kwargs: object) -> list[CheckMessage]:
    """``administration.E001``: one of the library's switches has an unsafe value."""
    return [
        Error(
            f"{name} is {getattr(settings, name)!r}.",
            hint=f"Set {name} = {safe!r} or remove it.",
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
    """``administration.E004``: a call to Cognito that may hang holds a worker."""
    timeout = settings.OIDC_TIMEOUT
    if isinstance(timeout, int | float) and 0 < timeout <= 10:
        return []
    return [
        Error(
            f"OIDC_TIMEOUT is {timeout!r}.",
            hint="Set OIDC_TIMEOUT to at most 10 seconds; 3 is the default.",
            id="administration.E004",
        )
    ]
