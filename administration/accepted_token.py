"""Whether the notes API accepts this site's tokens: asked with one that somebody has right now."""

import time

from django.conf import settings

from cognito.http import call
from identity.models import BrowserSession
from identity.sessions import SessionStore
from identity.token_set import TokenSet
from identity.tokens import for_api

AUTHORIZERS = {"id": "UserPool", "access": "AccessToken"}


def accepted_token(email: str) -> tuple[bool | None, str]:
    """Ask ``GET /``, which reads no notes, with the token that the web application would send."""
    tokens = _tokens_of(email)
    if tokens is None:
        return (
            None,
            f"not looked at: {email} has no token that is valid; sign in in a browser first.",
        )
    kind = settings.NOTES_API_TOKEN
    headers = {"Authorization": for_api(tokens)}
    status = call("GET", f"{settings.NOTES_API_URL}/", headers=headers).status
    if status == 200:
        return True, f"it accepts the {kind} token."
    if status == 401:
        return False, (
            f"it refuses the {kind} token (401); NOTES_API_TOKEN={kind} needs the template's "
            f"ApiAuthorizer={AUTHORIZERS[kind]}, and the user pool of the same stack."
        )
    if status == 403:
        return False, "it denies this (403); correct NOTES_API_URL, or see the authorizer's logs."
    return False, f"it answers {status} instead of 200; check NOTES_API_URL and the API's logs."


def _tokens_of(email: str) -> TokenSet | None:
    """Of the person's latest session that has some which last; nothing is refreshed for it."""
    sessions = BrowserSession.objects.filter(
        user__email__iexact=email,
        user__issuer=settings.COGNITO_ISSUER,
        user__is_active=True,
    )
    for row in sessions.order_by("-id_token_expires_at"):
        tokens = SessionStore(row.session_key).tokens
        if tokens and tokens.expires_at > time.time():
            return tokens
    return None
