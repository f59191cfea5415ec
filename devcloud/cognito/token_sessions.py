"""What one sign-in to an app client leads to: a family of refresh tokens with one `origin_jti`."""

import hashlib
import sqlite3
import string
import uuid
from dataclasses import dataclass

from devcloud.clock import Clock
from devcloud.cognito.app_client import AppClient
from devcloud.cognito.errors import RefreshTokenReuse
from devcloud.cognito.opaque import new_secret, stored
from devcloud.database import Database

_ID_ALPHABET = string.digits + string.ascii_lowercase


@dataclass(frozen=True)
class TokenSession:
    """One sign-in to one app client; its refresh tokens end when it does."""

    origin_jti: str
    sub: str
    client_id: str
    scopes: tuple[str, ...]
    from_hosted_ui: bool
    auth_time: int
    expires_at: float
    revoked: bool


@dataclass(frozen=True)
class ActiveSession:
    """A live sign-in, since when it is there, and when it was last used to get tokens."""

    session: TokenSession
    created_at: float
    last_active_at: float

    @property
    def session_id(self) -> str:
        """Its name in the user pool API: `tkn` and 25 lowercase letters and digits."""
        number = int.from_bytes(hashlib.sha256(self.session.origin_jti.encode()).digest())
        return "tkn" + "".join(_ID_ALPHABET[number // 36**place % 36] for place in range(25))


class TokenSessions:
    """All sign-ins; refresh tokens are opaque and stored only as hashes."""

    def __init__(self, database: Database, clock: Clock) -> None:
        self._database = database
        self._clock = clock

    def start(
        self,
        connection: sqlite3.Connection,
        app_client: AppClient,
        sub: str,
        scopes: tuple[str, ...],
        auth_time: int,
        *,
        from_hosted_ui: bool,
    ) -> TokenSession:
        """A new sign-in."""
        now = self._clock.timestamp()
        session = TokenSession(
            origin_jti=str(uuid.uuid4()),
            sub=sub,
            client_id=app_client.client_id,
            scopes=scopes,
            from_hosted_ui=from_hosted_ui,
            auth_time=auth_time,
            expires_at=now + app_client.refresh_token_seconds,
            revoked=False,
        )
        connection.execute("DELETE FROM cognito_token_sessions WHERE expires_at <= ?", (now,))
        connection.execute(
            "INSERT INTO cognito_token_sessions VALUES (?, ?, ?, ?, ?, ?, ?, 0)",
            (
                session.origin_jti,
                sub,
                app_client.client_id,
                " ".join(scopes),
                from_hosted_ui,
                auth_time,
                session.expires_at,
            ),
        )
        connection.execute(
            "INSERT INTO cognito_session_activity VALUES (?, ?, ?)", (session.origin_jti, now, now)
        )
        return session

    def new_refresh_token(self, connection: sqlite3.Connection, session: TokenSession) -> str:
        """Another refresh token of the sign-in; it ends when the sign-in does."""
        secret = new_secret()
        connection.execute(
            "INSERT INTO cognito_refresh_tokens VALUES (?, ?, NULL)",
            (stored(secret), session.origin_jti),
        )
        return secret

    def note_use(self, connection: sqlite3.Connection, origin_jti: str) -> None:
        """Keep that tokens were refreshed now."""
        connection.execute(
            "UPDATE cognito_session_activity SET last_active_at = ? WHERE origin_jti = ?",
            (self._clock.timestamp(), origin_jti),
        )

    def live_of(self, sub: str) -> list[ActiveSession]:
        """The sign-ins of a person that are neither revoked nor over, the newest first."""
        # Sign-ins from before their use was kept are as old as their password.
        rows = self._database.query(
            "SELECT session.*, coalesce(created_at, auth_time) AS created_at,"
            " coalesce(last_active_at, auth_time) AS last_active_at"
            " FROM cognito_token_sessions AS session"
            " LEFT JOIN cognito_session_activity USING (origin_jti)"
            " WHERE sub = ? AND NOT revoked AND expires_at > ? ORDER BY created_at DESC",
            sub,
            self._clock.timestamp(),
        )
        return [
            ActiveSession(_session(row), row["created_at"], row["last_active_at"]) for row in rows
        ]

    def find(self, origin_jti: str) -> TokenSession | None:
        rows = self._database.query(
            "SELECT * FROM cognito_token_sessions WHERE origin_jti = ?", origin_jti
        )
        return _session(rows[0]) if rows else None

    def of_refresh_token(self, refresh_token: str, app_client: AppClient) -> TokenSession | None:
        """The live sign-in that the app client's refresh token belongs to."""
        rows = self._database.query(
            "SELECT session.* FROM cognito_token_sessions AS session"
            " JOIN cognito_refresh_tokens USING (origin_jti) WHERE secret_hash = ?",
            stored(refresh_token),
        )
        session = _session(rows[0]) if rows else None
        if session is None or session.client_id != app_client.client_id:
            return None
        live = not session.revoked and session.expires_at > self._clock.timestamp()
        return session if live else None

    def rotate(
        self, connection: sqlite3.Connection, refresh_token: str, app_client: AppClient
    ) -> None:
        """Mark a refresh token as replaced; raises RefreshTokenReuse after its grace period.

        AWS, RefreshTokenRotationType: the replaced token works for RetryGracePeriodSeconds more.
        """
        now = self._clock.timestamp()
        secret_hash = stored(refresh_token)
        first_use = connection.execute(
            "UPDATE cognito_refresh_tokens SET rotated_at = ?"
            " WHERE secret_hash = ? AND rotated_at IS NULL",
            (now, secret_hash),
        )
        if first_use.rowcount:
            return
        row = connection.execute(
            "SELECT rotated_at FROM cognito_refresh_tokens WHERE secret_hash = ?", (secret_hash,)
        ).fetchone()
        if row["rotated_at"] + app_client.rotation_grace_seconds <= now:
            raise RefreshTokenReuse

    def revoke(self, connection: sqlite3.Connection, origin_jti: str) -> None:
        """End one sign-in with all its tokens."""
        connection.execute(
            "UPDATE cognito_token_sessions SET revoked = 1 WHERE origin_jti = ?", (origin_jti,)
        )

    def revoke_all(self, connection: sqlite3.Connection, sub: str) -> None:
        """End every sign-in of a person."""
        connection.execute("UPDATE cognito_token_sessions SET revoked = 1 WHERE sub = ?", (sub,))


def _session(row: sqlite3.Row) -> TokenSession:
    return TokenSession(
        origin_jti=row["origin_jti"],
        sub=row["sub"],
        client_id=row["client_id"],
        scopes=tuple(row["scopes"].split()),
        from_hosted_ui=bool(row["from_hosted_ui"]),
        auth_time=row["auth_time"],
        expires_at=row["expires_at"],
        revoked=bool(row["revoked"]),
    )
