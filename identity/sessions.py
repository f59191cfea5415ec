"""The session engine: one row per browser session, tokens in columns of their own.

Django documents this way of extending the database engine:
https://docs.djangoproject.com/en/5.2/topics/http/sessions/#extending-database-backed-session-engines
"""

from datetime import UTC, datetime, timedelta
from ipaddress import ip_address
from typing import Any

from django.conf import settings
from django.contrib.auth import login
from django.contrib.sessions.backends import db
from django.contrib.sessions.backends.base import CreateError
from django.db import IntegrityError, transaction
from django.http import HttpRequest
from django.utils import timezone

from identity import encryption, token_set
from identity.ending import end_sessions
from identity.models import BrowserSession, User
from identity.token_set import TokenSet

# Noting each request would make every read a write; a minute is exact enough.
LAST_SEEN_PRECISION = timedelta(minutes=1)
CLEARED_AT_ONCE = 2


class SessionStore(db.SessionStore):
    """Django's database store, with the person's tokens beside the data.

    Saving the data never writes the tokens, so a slow tab cannot put an old refresh token back,
    and never brings a deleted row back, so a session that was ended stays ended.
    """

    row: BrowserSession | None = None
    # The browser came with a key that opens no session any more.
    was_ended = False

    @classmethod
    def get_model_class(cls) -> type[BrowserSession]:  # type: ignore[override]  # needs no base
        return BrowserSession

    def encode(self, session_dict: dict[str, Any]) -> str:
        """Sealed, because messages on their way to the next page can name people and notes."""
        return encryption.seal(session_dict, bound_to=str(self.session_key))

    def decode(self, session_data: bytes | str) -> dict[str, Any]:
        """The data, or nothing when it is another session's or no key fits any more."""
        return encryption.unseal(str(session_data), bound_to=str(self.session_key)) or {}

    def load(self) -> dict[str, Any]:
        """The data of a row that is neither expired nor past the absolute limit."""
        row = BrowserSession.objects.filter(session_key=self.session_key).first()
        if row is None or row.expire_date <= timezone.now():
            self.was_ended = True
            self._session_key = None
            return {}
        self.row = row
        return self.decode(row.session_data)

    def save(self, must_create: bool = False) -> None:
        """Insert the row, or update its data; a row that is gone stays gone."""
        if self.session_key is None:
            self.create()
            return
        data = self.encode(self._data(no_load=must_create))
        if not must_create:
            BrowserSession.objects.filter(session_key=self.session_key).update(session_data=data)
            return
        row = BrowserSession(
            session_key=self.session_key,
            session_data=data,
            expire_date=_expiry(timezone.now()),
        )
        try:
            with transaction.atomic():
                row.save(force_insert=True)
        except IntegrityError as error:
            raise CreateError from error
        self.row = row

    def _data(self, no_load: bool = False) -> dict[str, object]:
        data: dict[str, object] = self._get_session(no_load)  # type: ignore[attr-defined]  # not in the stubs
        return data

    @property
    def tokens(self) -> TokenSet | None:
        """The signed-in person's tokens as they were when the session was loaded."""
        self._data()
        if self.row is None or not self.row.tokens:
            return None
        return token_set.decrypt(self.row.tokens, self.row.session_key)

    @classmethod
    def clear_expired(cls) -> None:
        """End some of the sessions whose time is over, their refresh tokens with them.

        Called at each sign-in, which makes one: so few are enough, and nobody waits for many.
        """
        over = BrowserSession.objects.filter(expire_date__lt=timezone.now())
        end_sessions(over.order_by("expire_date")[:CLEARED_AT_ONCE])

    def touch(self) -> None:
        """Note that the session is in use and move its idle limit, up to the absolute one."""
        now = timezone.now()
        if self.row is None or now - self.row.last_seen_at < LAST_SEEN_PRECISION:
            return
        BrowserSession.objects.filter(session_key=self.row.session_key).update(
            last_seen_at=now, expire_date=_expiry(self.row.created_at)
        )


def begin(request: HttpRequest, user: User, tokens: TokenSet) -> None:
    """Sign the person in under a new session key, with these tokens.

    Also at a repeated sign-in: ``login()`` keeps the key of somebody already signed in, which
    would let a planted cookie live on.
    """
    before = current(request).row
    end_sessions([before] if before else [])
    request.session.flush()
    login(request, user, backend="identity.backends.CognitoBackend")
    request.session.save()
    session_key = str(request.session.session_key)
    BrowserSession.objects.filter(session_key=session_key).update(
        user=user,
        user_agent=request.headers.get("User-Agent", "")[:300],
        ip=_browser_address(request),
        **token_columns(tokens, session_key),
    )
    SessionStore.clear_expired()


def current(request: HttpRequest) -> SessionStore:
    """The request's session, as what it is."""
    assert isinstance(request.session, SessionStore)
    return request.session


def _expiry(created_at: datetime) -> datetime:
    """When a session in use now ends if it is not used again."""
    # What happens in the minute after it was noted last is not noted.
    idle = timezone.now() + timedelta(seconds=settings.SESSION_COOKIE_AGE) + LAST_SEEN_PRECISION
    return min(idle, created_at + timedelta(seconds=settings.SESSION_ABSOLUTE_AGE))


def _browser_address(request: HttpRequest) -> str | None:
    """The browser's address: as our own nginx says it, or the peer's where nothing is in front."""
    name = "HTTP_X_REAL_IP" if settings.TRUSTED_PROTO_HEADER else "REMOTE_ADDR"
    try:
        return str(ip_address(request.META.get(name, "")))
    except ValueError:
        return None


def token_columns(tokens: TokenSet, session_key: str) -> dict[str, object]:
    """The columns that hold the tokens, for an UPDATE of the row with that key."""
    return {
        "tokens": token_set.encrypt(tokens, session_key),
        "id_token_expires_at": datetime.fromtimestamp(tokens.expires_at, UTC),
    }
