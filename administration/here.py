"""What this site itself keeps of somebody of the user pool: the Django user and web sessions."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from django.conf import settings
from django.db.models import Count, Q, QuerySet
from django.utils import timezone

from identity import ending
from identity.models import BrowserSession, User


@dataclass(frozen=True)
class Known:
    """What a list says of somebody who has signed in here."""

    is_active: bool
    last_sign_in: datetime | None
    sessions: int


def user(sub: str) -> User | None:
    """Who that is here, if they have ever signed in."""
    return _users(sub).first()


def known(subs: Iterable[str]) -> dict[str, Known]:
    """Those of the people who have signed in here, asked for at once."""
    live = Count("browser_sessions", filter=Q(browser_sessions__expire_date__gt=timezone.now()))
    found = User.objects.filter(issuer=settings.COGNITO_ISSUER, sub__in=list(subs))
    return {
        one.sub: Known(one.is_active, one.last_login, one.live) for one in found.annotate(live=live)
    }


def sessions(sub: str) -> QuerySet[BrowserSession]:
    """The person's sessions that have not run out, the latest first."""
    now = timezone.now()
    return BrowserSession.objects.filter(user__in=_users(sub), expire_date__gt=now)


def lock_out(sub: str) -> str:
    """From the next request on; says how many sessions that ended."""
    _users(sub).update(is_active=False)
    return end_sessions(sub)


def let_in(sub: str) -> None:
    """Allow signing in here again."""
    _users(sub).update(is_active=True)


def end_sessions(sub: str) -> str:
    """End those that have run out as well; says how many they were."""
    ended = ending.end_sessions(BrowserSession.objects.filter(user__in=_users(sub))).count
    return f"{ended} browser session{'' if ended == 1 else 's'} ended"


def mark_stale(sub: str) -> None:
    """Let their next request ask for new tokens, so that it sees what was changed just now."""
    _users(sub).update(stale_before=timezone.now())


def forget(sub: str) -> None:
    """Delete the Django user, with the text that was kept for them."""
    _users(sub).delete()


def _users(sub: str) -> QuerySet[User]:
    return User.objects.filter(issuer=settings.COGNITO_ISSUER, sub=sub)
