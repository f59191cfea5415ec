"""Ending web sessions: the row goes, and its refresh token is revoked at Cognito."""

import logging

from django.db import transaction
from django.db.models import QuerySet

from cognito import provider
from cognito.http import ProviderUnavailable
from identity import encryption
from identity.models import BrowserSession

logger = logging.getLogger(__name__)


def end_session(row: BrowserSession | None) -> bool:
    """Delete the row first, then revoke; whether the refresh token is known to be ended.

    Deleting comes first because it is what signs the browser out, also when Cognito is down. What
    is revoked is what the row held last: a refresh under way has finished before.
    """
    if row is None:
        return True
    with transaction.atomic():
        last = BrowserSession.objects.select_for_update().filter(pk=row.pk).first()
        if last is None:
            return True
        last.delete()
    tokens = encryption.decrypt(last.tokens, last.session_key) if last.tokens else None
    if tokens is None:
        return True
    try:
        provider.revoke(tokens.refresh_token)
    except ProviderUnavailable as error:
        logger.warning("revoke_failed", extra={"cause": str(error)})
        return False
    return True


def end_all(rows: QuerySet[BrowserSession]) -> int:
    """End each of the sessions; returns how many there were."""
    sessions = list(rows)
    for row in sessions:
        end_session(row)
    return len(sessions)
