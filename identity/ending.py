"""Ending web sessions: the row goes, and its refresh token is revoked at Cognito."""

import logging
from collections.abc import Iterable
from dataclasses import dataclass

from django.db import transaction

from cognito import provider
from cognito.http import ProviderUnavailable, ProviderUnreachable
from identity import events, token_set
from identity.database import release_connection
from identity.models import BrowserSession
from identity.token_set import TokenSet

logger = logging.getLogger(__name__)


@dataclass(frozen=True)
class Ended:
    """What came of it: how many sessions, and whether all their refresh tokens are revoked.

    ``until`` is when the last of their ID tokens runs out, in epoch seconds.
    """

    count: int
    revoked: bool
    reached_cognito: bool
    until: int | None


def end_sessions(rows: Iterable[BrowserSession]) -> Ended:
    """Delete all the rows first, then revoke their refresh tokens.

    Deleting comes first because it is what signs a browser out, also when Cognito is down. When
    Cognito fails for one token the others are not tried: each could take a time-out.
    """
    sessions = list(rows)
    held = [tokens for row in sessions if (tokens := _delete(row))]
    failure = next((error for tokens in held if (error := revoke(tokens.refresh_token))), None)
    return Ended(
        count=len(sessions),
        revoked=failure is None,
        reached_cognito=not isinstance(failure, ProviderUnreachable),
        until=max((tokens.expires_at for tokens in held), default=None),
    )


def revoke(refresh_token: str) -> ProviderUnavailable | None:
    """None when the refresh token is known to be ended, otherwise why it is not."""
    release_connection()
    try:
        provider.revoke(refresh_token)
    except ProviderUnavailable as error:
        logger.warning("revoke_failed", extra={"cause": str(error)})
        return error
    return None


def _delete(row: BrowserSession) -> TokenSet | None:
    """Delete the row; the tokens that it held last, if there are any to revoke."""
    with transaction.atomic():
        last = BrowserSession.objects.select_for_update().filter(pk=row.pk).first()
        if last is None:
            return None
        last.delete()
    events.log("session_ended", last.session_key)
    return token_set.decrypt(last.tokens, last.session_key) if last.tokens else None
