"""The app, and the admin site that signs in through Cognito."""

from django.apps import AppConfig
from django.contrib.admin import apps as admin_apps


class AdministrationConfig(AppConfig):
    name = "administration"


class AdminConfig(admin_apps.AdminConfig):
    default = False
    default_site = "administration.admin_site.CognitoAdminSite"
