"""Security events in the log: what happened, in which request, in which browser session.

The session is named by a hash of its key, which tells sessions apart and opens none. No event
holds a token, a code, a claim, an e-mail address or text of a note.
"""

import logging
from hashlib import sha256

from django.conf import settings
from django.http import HttpRequest

logger = logging.getLogger(__name__)


def record(
    request: HttpRequest, event: str, *, level: int = logging.INFO, **details: object
) -> None:
    """Log the event with the session of the request, also when that is no longer there."""
    session = getattr(request, "session", None)
    cookie = request.COOKIES.get(settings.SESSION_COOKIE_NAME)
    log(event, session and session.session_key or cookie, level=level, **details)


def log(
    event: str, session_key: str | None, *, level: int = logging.INFO, **details: object
) -> None:
    """Log the event of the session with that key."""
    mark = sha256(session_key.encode(errors="replace")).hexdigest()[:16] if session_key else "-"
    logger.log(level, event, extra={"session": mark, **details})
