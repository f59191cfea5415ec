"""The addresses that Cognito is told: registered with the app client, built from PUBLIC_URL.

Never from a request: behind a proxy its scheme and host are what a client may claim.
"""

from urllib.parse import urlencode

from django.conf import settings
from django.urls import reverse


def callback_url() -> str:
    """Where Cognito sends the browser with the code."""
    return f"{settings.PUBLIC_URL}{reverse('oidc_authentication_callback')}"


def cognito_sign_out_url() -> str:
    """Cognito's /logout, which ends its sign-in cookie and comes back to the signed-out page.

    https://docs.aws.amazon.com/cognito/latest/developerguide/logout-endpoint.html
    """
    query = urlencode({"client_id": settings.OIDC_RP_CLIENT_ID, "logout_uri": signed_out_url()})
    return f"{settings.COGNITO_DOMAIN}/logout?{query}"


def signed_out_url() -> str:
    """Where Cognito sends the browser after its own sign-out."""
    return f"{settings.PUBLIC_URL}{reverse('signed_out')}"
