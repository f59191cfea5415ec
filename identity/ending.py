"""Ending web sessions: the row goes, and its refresh token is revoked at Cognito."""

import logging

from django.db import transaction
from django.db.models import QuerySet

from cognito import provider
from cognito.http import ProviderUnavailable
from identity import encryption
from identity.database import release_connection
from identity.models import BrowserSession

logger = logging.getLogger(__name__)


def end_session(row: BrowserSession | None) -> bool:
    """Delete the row first, then revoke; whether the refresh token is known to be ended.

    Deleting comes first because it is what signs the browser out, also when Cognito is down.
    """
    refresh_token = _delete(row) if row else ""
    return revoke(refresh_token) if refresh_token else True


def end_all(rows: QuerySet[BrowserSession]) -> int:
    """End each of the sessions; returns how many there were.

    All rows go before the first token is revoked, and when Cognito does not answer for one, the
    others are not tried: an outage would let somebody wait for each.
    """
    sessions = list(rows)
    refresh_tokens = [token for row in sessions if (token := _delete(row))]
    all(revoke(token) for token in refresh_tokens)
    return len(sessions)


def revoke(refresh_token: str) -> bool:
    """Whether the refresh token is known to be ended."""
    release_connection()
    try:
        provider.revoke(refresh_token)
    except ProviderUnavailable as error:
        logger.warning("revoke_failed", extra={"cause": str(error)})
        return False
    return True


def _delete(row: BrowserSession) -> str:
    """Delete the row; the refresh token that it held last, or "" if there is none to revoke."""
    with transaction.atomic():
        last = BrowserSession.objects.select_for_update().filter(pk=row.pk).first()
        if last is None:
            return ""
        last.delete()
    tokens = encryption.decrypt(last.tokens, last.session_key) if last.tokens else None
    return tokens.refresh_token if tokens else ""
