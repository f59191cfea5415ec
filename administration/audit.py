"""The record of what admins did: a row in Django admin's history, and a security event in the log.

Both name the person by ``sub`` alone.
"""

from django.contrib.admin.models import CHANGE, LogEntry
from django.http import HttpRequest

from administration.models import PoolPerson
from identity import events
from identity.models import User


def record(
    request: HttpRequest,
    sub: str,
    act: str,
    *,
    history: str,
    flag: int = CHANGE,
    cause: str = "",
) -> LogEntry:
    """Record the act of the request's admin on that person; ``cause`` is why it was not finished.

    ``history`` is the sentence for Django admin's history, ``act`` what the log calls it.
    """
    assert isinstance(request.user, User)
    entry: LogEntry = LogEntry.objects.log_actions(
        request.user.pk, [PoolPerson(sub=sub)], flag, history, single_object=True
    )
    events.record(
        request,
        "admin_act",
        act=act,
        person=sub,
        admin=request.user.sub,
        outcome=cause or "done",
    )
    return entry
