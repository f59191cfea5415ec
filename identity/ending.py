"""Ending web sessions: the row goes, and its refresh token is revoked at Cognito."""

import logging

from django.db.models import QuerySet

from identity import encryption, provider
from identity.models import BrowserSession

logger = logging.getLogger(__name__)


def end_session(row: BrowserSession | None) -> bool:
    """Delete the row first, then revoke; whether the refresh token is known to be ended.

    Deleting comes first because it is what signs the browser out, also when Cognito is down.
    """
    if row is None:
        return True
    tokens = encryption.decrypt(row.tokens, row.session_key) if row.tokens else None
    BrowserSession.objects.filter(session_key=row.session_key).delete()
    if tokens is None:
        return True
    try:
        provider.revoke(tokens.refresh_token)
    except provider.ProviderUnavailable as error:
        logger.warning("revoke_failed", extra={"cause": str(error)})
        return False
    return True


def end_all(rows: QuerySet[BrowserSession]) -> int:
    """End each of the sessions; returns how many there were."""
    sessions = list(rows)
    for row in sessions:
        end_session(row)
    return len(sessions)
