"""The app."""

from importlib import import_module

from django.apps import AppConfig


class IdentityConfig(AppConfig):
    name = "identity"

    def ready(self) -> None:
        # Importing registers the checks.
        import_module("identity.checks")
