"""The URLs and settings of mozilla-django-oidc as it comes, to compare with.

Everything that can be made safe by a setting is: what is left is what the library itself does.
"""

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.urls import path
from mozilla_django_oidc import views


def home(request: HttpRequest) -> HttpResponse:
    return HttpResponse("home")


# Its own URLconf chooses the views when it is imported, by the settings of our site.
urlpatterns = [
    path(
        "oidc/authenticate/",
        views.OIDCAuthenticationRequestView.as_view(),
        name="oidc_authentication_init",
    ),
    path(
        "oidc/callback/",
        views.OIDCAuthenticationCallbackView.as_view(),
        name="oidc_authentication_callback",
    ),
    path("oidc/logout/", views.OIDCLogoutView.as_view(), name="oidc_logout"),
    path("", home, name="home"),
]

SETTINGS: dict[str, Any] = {
    "ROOT_URLCONF": "tests.identity.stock",
    "MIDDLEWARE": [
        "django.contrib.sessions.middleware.SessionMiddleware",
        "django.contrib.auth.middleware.AuthenticationMiddleware",
    ],
    # Like Django's own default, signed and not encrypted; without a table that our site lacks.
    "SESSION_ENGINE": "django.contrib.sessions.backends.file",
    "AUTHENTICATION_BACKENDS": ["mozilla_django_oidc.auth.OIDCAuthenticationBackend"],
    "LOGIN_REDIRECT_URL": "/",
    "LOGOUT_REDIRECT_URL": "/",
    "OIDC_RP_SIGN_ALGO": "RS256",
    "OIDC_USE_PKCE": True,
    "OIDC_STORE_ID_TOKEN": True,
    "OIDC_STORE_ACCESS_TOKEN": True,
}
