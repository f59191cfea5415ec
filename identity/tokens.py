"""The one way to a token: the stored one while it is valid, or a refreshed one."""

import time
from datetime import UTC, datetime

from django.conf import settings
from django.http import HttpRequest

from identity import refresh
from identity.models import User
from identity.sessions import current
from identity.token_set import TokenSet

# A token handed out lasts at least as long as any call that carries it.
MARGIN_SECONDS = 60


class SignInNeeded(Exception):
    """There is no session with tokens any more; only a new sign-in helps."""


class TokensUnavailable(Exception):
    """The ID token has expired and Cognito cannot be reached; trying again later may help."""

    code = "SignInUnavailable"
    message = "The sign-in service does not answer right now."


def ensure_valid(request: HttpRequest) -> None:
    """Refresh the session's tokens if they do not last, for who needs no token but fresh rights.

    Raises ``SignInNeeded`` or ``TokensUnavailable``.
    """
    _valid(request)


def api_token(request: HttpRequest) -> str:
    """The token for the notes API, valid for at least 60 s whenever Cognito can be reached.

    Raises ``SignInNeeded`` or ``TokensUnavailable``.
    """
    return for_api(_valid(request))


def refreshed_api_token(request: HttpRequest) -> str:
    """A newer one than that of this request, after the API refused that one."""
    return for_api(_refreshed(request, _stored(request)))


def for_api(tokens: TokenSet) -> str:
    """The one that the notes API's authorizer takes: the ID token, or the access token.

    ``NOTES_API_TOKEN`` says which; they come and end together.
    """
    return tokens.access_token if settings.NOTES_API_TOKEN == "access" else tokens.id_token


def _valid(request: HttpRequest) -> TokenSet:
    tokens = _stored(request)
    if _lasts(tokens) and not _is_stale(tokens, _user(request)):
        return tokens
    return _refreshed(request, tokens)


def _stored(request: HttpRequest) -> TokenSet:
    tokens = current(request).tokens
    if tokens is None:
        raise SignInNeeded
    return tokens


def _refreshed(request: HttpRequest, seen: TokenSet) -> TokenSet:
    session, user = current(request), _user(request)
    row = refresh.refreshed(str(session.session_key), seen, user)
    if row is None:
        session.flush()
        raise SignInNeeded
    session.row = row
    tokens = _stored(request)
    if tokens.expires_at <= time.time():
        raise TokensUnavailable
    return tokens


def _lasts(tokens: TokenSet) -> bool:
    return tokens.expires_at - time.time() >= MARGIN_SECONDS


def _is_stale(tokens: TokenSet, user: User) -> bool:
    obtained_at = datetime.fromtimestamp(tokens.obtained_at, UTC)
    return user.stale_before is not None and obtained_at < user.stale_before


def _user(request: HttpRequest) -> User:
    if not isinstance(request.user, User):
        raise SignInNeeded
    return request.user
