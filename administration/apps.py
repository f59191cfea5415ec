"""The app, and the admin site that signs in through Cognito."""

from importlib import import_module

from django.apps import AppConfig
from django.contrib.admin import apps as admin_apps


class AdministrationConfig(AppConfig):
    name = "administration"
    verbose_name = "User pool"

    def ready(self) -> None:
        # Importing registers the checks.
        import_module("administration.checks")


class AdminConfig(admin_apps.AdminConfig):
    default = False
    default_site = "administration.admin_site.CognitoAdminSite"
