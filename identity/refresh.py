"""Refreshing a session's tokens: once, however many requests, processes and instances ask.

Whoever puts a lease on the session's row refreshes; the others wait for what comes of it. A lease
and not a lock, because a lock would hold a transaction, and with it one of the database's few
connections, for as long as Cognito takes to answer.
"""

import logging
import time
from dataclasses import replace
from datetime import datetime, timedelta

from django.db.models import Q
from django.utils import timezone

from cognito import provider
from cognito.http import ProviderUnavailable
from cognito.verify import IdTokenRefused, verify_id_token
from identity import encryption, events, people
from identity.database import release_connection
from identity.encryption import TokenSet
from identity.ending import revoke
from identity.models import BrowserSession, User
from identity.sessions import token_columns

logger = logging.getLogger(__name__)

# Longer than a token call can take, so that it only runs out when its holder is gone.
LEASE = timedelta(seconds=15)
# After a refresh that failed nobody tries for so long: who waited for it does not wait again.
PAUSE = timedelta(seconds=2)
POLL_SECONDS = 0.05


def refreshed(session_key: str, seen: TokenSet, user: User) -> BrowserSession | None:
    """The session's row with newer tokens than ``seen``; None when the session is over.

    With the tokens as they were when Cognito cannot be reached.
    """
    while True:
        row = BrowserSession.objects.filter(session_key=session_key).first()
        tokens = encryption.decrypt(row.tokens, session_key) if row else None
        if row is None or tokens is None:
            BrowserSession.objects.filter(session_key=session_key).delete()
            return None
        if tokens.id_token != seen.id_token or _has_just_failed(row):
            return row
        if _take_lease(row):
            return _refresh(row, tokens, user)
        release_connection()
        time.sleep(POLL_SECONDS)


def _has_just_failed(row: BrowserSession) -> bool:
    return row.refresh_failed_at is not None and timezone.now() - row.refresh_failed_at < PAUSE


def _take_lease(row: BrowserSession) -> bool:
    """Whether it is us: of all that try, the database lets one change the row as it was read."""
    now = timezone.now()
    is_free = Q(refreshing_until=None) | Q(refreshing_until__lte=now)
    unchanged = BrowserSession.objects.filter(is_free, pk=row.pk, tokens=row.tokens)
    return unchanged.update(refreshing_until=now + LEASE) == 1


def _refresh(row: BrowserSession, tokens: TokenSet, user: User) -> BrowserSession | None:
    asked_at = time.time()
    release_connection()
    try:
        answer = provider.refresh(tokens.refresh_token)
        # The old one may be used up already, whatever becomes of the rest of the answer.
        tokens = replace(tokens, refresh_token=answer.refresh_token or tokens.refresh_token)
        claims = verify_id_token(
            answer.id_token,
            sub=user.sub,
            earlier_nonce=tokens.nonce,
            access_token=answer.access_token,
        )
    except ProviderUnavailable as error:
        logger.warning("refresh_unavailable", extra={"cause": str(error)})
        return _store(row, tokens, failed_at=timezone.now())
    except provider.GrantRefused as refusal:
        # What is not about the grant is about the app client: a mistake of who set it up.
        is_usual = str(refusal) == "invalid_grant"
        _end(row, str(refusal), logging.WARNING if is_usual else logging.ERROR)
        return None
    except IdTokenRefused as refusal:
        # That is somebody's doing, and not the end of a session's time.
        _end(row, str(refusal), logging.ERROR)
        revoke(tokens.refresh_token)
        return None
    tokens = replace(
        tokens,
        id_token=answer.id_token,
        access_token=answer.access_token,
        expires_at=claims.expires_at,
        obtained_at=asked_at,
    )
    stored = _store(row, tokens)
    if stored:
        # Another session of theirs may have been refreshed since this request began.
        user.refresh_from_db()
        people.apply_claims(user, claims)
    return stored


def _store(
    row: BrowserSession, tokens: TokenSet, failed_at: datetime | None = None
) -> BrowserSession | None:
    """The row with these tokens, free for the next refresh; None when it was ended meanwhile."""
    columns = {
        **token_columns(tokens, row.session_key),
        "refreshing_until": None,
        "refresh_failed_at": failed_at,
    }
    if not BrowserSession.objects.filter(pk=row.pk).update(**columns):
        # Whoever ended it could only revoke the refresh token from before.
        revoke(tokens.refresh_token)
        return None
    for name, value in columns.items():
        setattr(row, name, value)
    return row


def _end(row: BrowserSession, cause: str, level: int) -> None:
    row.delete()
    events.log("refresh_failed", row.session_key, level=level, cause=cause)
