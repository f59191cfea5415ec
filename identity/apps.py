"""The app, and the admin site that signs in through Cognito."""

from django.apps import AppConfig
from django.contrib.admin import apps as admin_apps


class IdentityConfig(AppConfig):
    name = "identity"

    def ready(self) -> None:
        from identity import checks  # noqa: F401  importing registers them


class AdminConfig(admin_apps.AdminConfig):
    default = False
    default_site = "identity.admin_site.CognitoAdminSite"
