"""Refreshing a session's tokens: once, however many requests, processes and instances ask.

Whoever puts a lease on the session's row refreshes; the others wait for what comes of it. A lease
and not a lock, because a lock would hold a transaction, and with it one of the database's few
connections, for as long as Cognito takes to answer.
"""

import logging
import time
from dataclasses import replace
from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import Q, QuerySet
from django.utils import timezone

from cognito import provider
from cognito.http import ProviderUnavailable
from cognito.verify import IdTokenRefused, verify_id_token
from identity import events, people, token_set
from identity.database import release_connection
from identity.ending import revoke
from identity.models import BrowserSession, User
from identity.sessions import token_columns
from identity.token_set import TokenSet

# Longer than a refresh takes (a call for the tokens, one for the keys; each within OIDC_TIMEOUT,
# which is at most 5 s), so that it only runs out when its holder is gone.
LEASE = timedelta(seconds=15)
# After a refresh that failed nobody tries for so long: who waited for it does not wait again.
PAUSE = timedelta(seconds=2)
POLL_SECONDS = 0.05
# A page has to be answered; whoever has waited so long goes on with the token at hand.
WAIT_SECONDS = 7.0


def refreshed(session_key: str, seen: TokenSet, user: User) -> BrowserSession | None:
    """The session's row with newer tokens than ``seen``; None when the session is over.

    With the tokens as they were when Cognito cannot be reached. ``user`` is brought up to date,
    whoever did the refresh: rights taken away count from this request on.
    """
    give_up_at = time.monotonic() + WAIT_SECONDS
    while True:
        row = BrowserSession.objects.filter(session_key=session_key).first()
        tokens = token_set.decrypt(row.tokens, session_key) if row else None
        if row is None or tokens is None:
            BrowserSession.objects.filter(session_key=session_key).delete()
            return None
        is_settled = tokens.obtained_at != seen.obtained_at or _has_just_failed(row)
        if not is_settled and _take_lease(row):
            _refresh(row, tokens, user)
        elif is_settled or time.monotonic() > give_up_at:
            user.refresh_from_db()
            return row
        else:
            release_connection()
            time.sleep(POLL_SECONDS)


def _has_just_failed(row: BrowserSession) -> bool:
    return row.refresh_failed_at is not None and timezone.now() - row.refresh_failed_at < PAUSE


def _take_lease(row: BrowserSession) -> bool:
    """Whether this request got the lease: the conditional UPDATE succeeds for one request only."""
    now = timezone.now()
    is_free = Q(refreshing_until=None) | Q(refreshing_until__lte=now)
    return _as_read(row).filter(is_free).update(refreshing_until=now + LEASE) == 1


def _refresh(row: BrowserSession, tokens: TokenSet, user: User) -> None:
    """Change the row to what becomes of the refresh, unless somebody else has changed it."""
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
        events.log("refresh_unavailable", row.session_key, level=logging.WARNING, cause=str(error))
        is_stored = _store(row, tokens, failed_at=timezone.now())
    except provider.GrantRefused as refusal:
        # What is not about the grant is about the app client: a mistake of who set it up.
        is_usual = str(refusal) == "invalid_grant"
        _end(row, str(refusal), logging.WARNING if is_usual else logging.ERROR)
        return
    except IdTokenRefused as refusal:
        # A wrong ID token is an attack or a misconfiguration, not an ordinary expiry.
        _end(row, str(refusal), logging.ERROR)
        revoke(tokens.refresh_token)
        return
    else:
        tokens = replace(
            tokens,
            id_token=answer.id_token,
            access_token=answer.access_token,
            expires_at=claims.expires_at,
            obtained_at=asked_at,
        )
        # Together: nobody goes on with new tokens and the rights of before.
        with transaction.atomic():
            is_stored = _store(row, tokens)
            if is_stored:
                people.apply_claims(User.objects.get(pk=user.pk), claims)
    if not is_stored and not BrowserSession.objects.filter(pk=row.pk).exists():
        # Whoever ended the session could only revoke the refresh token from before.
        revoke(tokens.refresh_token)


def _store(row: BrowserSession, tokens: TokenSet, failed_at: datetime | None = None) -> bool:
    """Into the row as it was read, which is then free for the next refresh; or not at all."""
    changed = _as_read(row).update(
        **token_columns(tokens, row.session_key),
        refreshing_until=None,
        refresh_failed_at=failed_at,
    )
    return changed == 1


def _end(row: BrowserSession, cause: str, level: int) -> None:
    is_ended, _ = _as_read(row).delete()
    if is_ended:
        events.log("refresh_failed", row.session_key, level=level, cause=cause)


def _as_read(row: BrowserSession) -> QuerySet[BrowserSession]:
    """The row while nobody else has stored newer tokens in it."""
    return BrowserSession.objects.filter(pk=row.pk, tokens=row.tokens)
