"""``manage.py check``: a set-up in which sign-in would be unsafe is an error, each with its id."""

import inspect
import re
from types import ModuleType
from typing import Any

import pytest
from django.conf import settings
from django.core.checks import Error, Tags, run_checks
from django.test import override_settings
from django.urls import path
from mozilla_django_oidc.views import OIDCAuthenticationCallbackView

from administration import checks, doctor
from identity.urls import urlpatterns as own_patterns

BEHIND_HTTPS = {
    "PUBLIC_URL": "https://notes.example.com",
    "SESSION_COOKIE_NAME": "__Host-notesite",
    "CSRF_COOKIE_NAME": "__Host-csrftoken",
}

UNSAFE: list[tuple[str, dict[str, Any]]] = [
    ("E001", {"OIDC_ALLOW_UNSECURED_JWT": True}),
    ("E001", {"OIDC_VERIFY_SSL": False}),
    ("E001", {"OIDC_VERIFY_KID": False}),
    ("E001", {"OIDC_USE_NONCE": False}),
    ("E001", {"OIDC_USE_PKCE": False}),
    ("E001", {"OIDC_PKCE_CODE_CHALLENGE_METHOD": "plain"}),
    ("E001", {"OIDC_RP_SIGN_ALGO": "HS256"}),
    ("E001", {"ALLOW_LOGOUT_GET_METHOD": True}),
    ("E002", {"SESSION_ENGINE": "django.contrib.sessions.backends.db"}),
    ("E003", {**BEHIND_HTTPS, "SESSION_COOKIE_NAME": "notesite"}),
    ("E003", {**BEHIND_HTTPS, "CSRF_COOKIE_NAME": "csrftoken"}),
    ("E004", {"OIDC_TIMEOUT": None}),
    ("E004", {"OIDC_TIMEOUT": 0}),
    ("E004", {"OIDC_TIMEOUT": 60}),
    ("E004", {"NOTES_API_TIMEOUT": 60}),
    ("E005", {"AUTHENTICATION_BACKENDS": ["mozilla_django_oidc.auth.OIDCAuthenticationBackend"]}),
    (
        "E005",
        {
            "AUTHENTICATION_BACKENDS": [
                "identity.backends.CognitoBackend",
                "django.contrib.auth.backends.ModelBackend",
            ]
        },
    ),
    ("E005", {"ROOT_URLCONF": "mozilla_django_oidc.urls"}),
    ("E005", {"ROOT_URLCONF": "tests.administration.test_checks"}),
    ("E006", {"PUBLIC_URL": "http://notes.example.com"}),
    ("E006", {"COGNITO_DOMAIN": "http://notes.auth.eu-central-1.amazoncognito.com"}),
    ("E006", {"OIDC_OP_JWKS_ENDPOINT": "http://cognito-idp.example.com/jwks.json"}),
    ("E006", {"NOTES_API_URL": "http://api.example.com/prod"}),
]

# A site that puts one of the library's own views back.
CALLBACK = "oidc_authentication_callback"
urlpatterns = [
    *(pattern for pattern in own_patterns if getattr(pattern, "name", "") != CALLBACK),
    path("oidc/callback/", OIDCAuthenticationCallbackView.as_view(), name=CALLBACK),
]


def found() -> list[Error]:
    """What our checks say, unless it is silenced."""
    said = run_checks(tags=[Tags.security])
    ours = [message for message in said if str(message.id).startswith("administration.")]
    return [message for message in ours if not message.is_silenced()]


class ChecksTests:
    @pytest.mark.parametrize(("number", "changes"), UNSAFE)
    def test_it_is_an_error_with_an_id_and_a_hint(
        self, number: str, changes: dict[str, Any]
    ) -> None:
        with override_settings(**changes):
            (message,) = found()
        assert message.id == f"administration.{number}"
        assert isinstance(message, Error) and message.hint

    @pytest.mark.parametrize("changes", [{}, BEHIND_HTTPS], ids=["on a laptop", "behind https"])
    def test_the_site_as_it_is_has_none(self, changes: dict[str, Any]) -> None:
        with override_settings(**changes):
            assert found() == []

    @pytest.mark.parametrize("source", [checks, doctor], ids=["checks", "doctor"])
    def test_every_id_is_in_the_documentation(self, source: ModuleType) -> None:
        ids = set(re.findall(r"administration\.[ED]\d{3}", inspect.getsource(source)))
        text = (settings.BASE_DIR / "docs/configuration.md").read_text()
        assert len(ids) == 6 and all(f"| `{one}` |" in text for one in ids)

    def test_a_time_out_that_is_not_set_is_none(self, settings: Any) -> None:
        del settings.OIDC_TIMEOUT
        assert [message.id for message in found()] == ["administration.E004"]
