"""The addresses that Cognito is told: registered with the app client, built from PUBLIC_URL.

Never from a request: behind a proxy its scheme and host are what a client may claim.
"""

from django.conf import settings
from django.urls import reverse


def callback_url() -> str:
    """Where Cognito sends the browser with the code."""
    return f"{settings.PUBLIC_URL}{reverse('oidc_authentication_callback')}"


def signed_out_url() -> str:
    """Where Cognito sends the browser after its own sign-out."""
    return f"{settings.PUBLIC_URL}{reverse('signed_out')}"
