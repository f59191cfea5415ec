"""The one way to a token: the stored one while it is valid, or refreshed once under a lock."""

import logging
import time
from dataclasses import replace
from datetime import UTC, datetime

from django.conf import settings
from django.db import transaction
from django.http import HttpRequest

from cognito import provider
from cognito.http import ProviderUnavailable
from cognito.verify import IdTokenRefused, verify_id_token
from identity import encryption, events, people
from identity.encryption import TokenSet
from identity.models import BrowserSession, User
from identity.sessions import SessionStore, token_columns

logger = logging.getLogger(__name__)

# A token handed out lasts at least as long as any call that carries it.
MARGIN_SECONDS = 60


class SignInNeeded(Exception):
    """There is no session with tokens any more; only a new sign-in helps."""


class TokensUnavailable(Exception):
    """The ID token has expired and Cognito cannot be reached; trying again later may help."""


def id_token(request: HttpRequest) -> str:
    """The signed-in person's ID token, valid for at least 60 s whenever Cognito can be reached.

    Raises ``SignInNeeded`` or ``TokensUnavailable``.
    """
    return _valid(request).id_token


def api_token(request: HttpRequest) -> str:
    """The token that the notes API's authorizer takes: the ID token, or the access token.

    ``NOTES_API_TOKEN`` says which; they come and end together. Raises as ``id_token`` does.
    """
    return _for_api(_valid(request))


def refreshed_api_token(request: HttpRequest) -> str:
    """A newer one than that of this request, after the API refused that one."""
    return _for_api(_refreshed(request, _stored(request)))


def _for_api(tokens: TokenSet) -> str:
    return tokens.access_token if settings.NOTES_API_TOKEN == "access" else tokens.id_token


def _valid(request: HttpRequest) -> TokenSet:
    tokens = _stored(request)
    if _lasts(tokens) and not _is_stale(tokens, _user(request)):
        return tokens
    return _refreshed(request, tokens)


def _stored(request: HttpRequest) -> TokenSet:
    tokens = _session(request).tokens
    if tokens is None:
        raise SignInNeeded
    return tokens


def _refreshed(request: HttpRequest, seen: TokenSet) -> TokenSet:
    """Refresh once, however many ask: the row's lock lets one do it, the others take its token."""
    session, user = _session(request), _user(request)
    with transaction.atomic():
        row = (
            BrowserSession.objects.select_for_update()
            .filter(session_key=session.session_key)
            .first()
        )
        tokens = encryption.decrypt(row.tokens, row.session_key) if row else None
        if row and tokens and tokens.id_token == seen.id_token:
            tokens = _refresh(row, tokens, user)
        if row and tokens is None:
            # Within the lock, so that those who wait do not ask once more.
            row.delete()
    if row is None or tokens is None:
        session.flush()
        raise SignInNeeded
    session.row = row
    if tokens.expires_at <= time.time():
        raise TokensUnavailable
    return tokens


def _refresh(row: BrowserSession, tokens: TokenSet, user: User) -> TokenSet | None:
    """The tokens that the locked row has now; None when the session is over.

    They are the same as before when Cognito cannot be reached.
    """
    asked_at = time.time()
    try:
        answer = provider.refresh(tokens.refresh_token)
        # The old one may be used up already, whatever becomes of the rest of the answer.
        tokens = replace(tokens, refresh_token=answer.refresh_token or tokens.refresh_token)
        claims = verify_id_token(answer.id_token, sub=user.sub, access_token=answer.access_token)
    except ProviderUnavailable as error:
        logger.warning("refresh_unavailable", extra={"cause": str(error)})
        _store(row, tokens)
        return tokens
    except (provider.GrantRefused, IdTokenRefused) as error:
        # A token that does not verify is somebody's doing, and not the end of a session's time.
        level = logging.ERROR if isinstance(error, IdTokenRefused) else logging.WARNING
        events.log("refresh_failed", row.session_key, level=level, cause=str(error))
        return None
    refreshed = replace(
        tokens,
        id_token=answer.id_token,
        access_token=answer.access_token,
        expires_at=claims.expires_at,
        obtained_at=asked_at,
    )
    _store(row, refreshed)
    people.apply_claims(user, claims)
    return refreshed


def _store(row: BrowserSession, tokens: TokenSet) -> None:
    columns = token_columns(tokens, row.session_key)
    BrowserSession.objects.filter(session_key=row.session_key).update(**columns)
    for name, value in columns.items():
        setattr(row, name, value)


def _lasts(tokens: TokenSet) -> bool:
    return tokens.expires_at - time.time() >= MARGIN_SECONDS


def _is_stale(tokens: TokenSet, user: User) -> bool:
    obtained_at = datetime.fromtimestamp(tokens.obtained_at, UTC)
    return user.stale_before is not None and obtained_at < user.stale_before


def _session(request: HttpRequest) -> SessionStore:
    assert isinstance(request.session, SessionStore)
    return request.session


def _user(request: HttpRequest) -> User:
    if not isinstance(request.user, User):
        raise SignInNeeded
    return request.user
