"""What a code or a refresh token is exchanged for, and how a sign-in is revoked."""

import base64
import hashlib
import sqlite3
import uuid
from dataclasses import dataclass

from devcloud.clock import Clock
from devcloud.cognito.app_client import AppClient
from devcloud.cognito.authorization import AuthorizationRequest
from devcloud.cognito.errors import NotAuthorized
from devcloud.cognito.opaque import same, stored
from devcloud.cognito.people import People, Person
from devcloud.cognito.sign_in_sessions import SignedIn
from devcloud.cognito.token_sessions import TokenSession, TokenSessions
from devcloud.cognito.tokens import ADMIN_SCOPE, TokenPair, Tokens, unreadable_scope
from devcloud.database import Database

CODE_LIFETIME = 300


class InvalidGrant(Exception):
    """The code or refresh token is not worth anything (any more)."""


@dataclass(frozen=True)
class Granted:
    """New tokens; no refresh token when an old one goes on being valid."""

    tokens: TokenPair
    refresh_token: str | None


class Grants:
    """Codes, refresh tokens and sign-ins by the API; each exchange is one transaction."""

    def __init__(
        self,
        database: Database,
        clock: Clock,
        people: People,
        sessions: TokenSessions,
        tokens: Tokens,
    ) -> None:
        self._database = database
        self._clock = clock
        self._people = people
        self._sessions = sessions
        self._tokens = tokens

    def new_code(
        self, connection: sqlite3.Connection, request: AuthorizationRequest, signed_in: SignedIn
    ) -> str:
        """An authorization code: single use, five minutes."""
        now = self._clock.timestamp()
        code = str(uuid.uuid4())
        connection.execute("DELETE FROM cognito_authorization_codes WHERE expires_at <= ?", (now,))
        connection.execute(
            "INSERT INTO cognito_authorization_codes VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)",
            (
                stored(code),
                signed_in.person.sub,
                request.app_client.client_id,
                request.redirect_uri,
                " ".join(request.scopes),
                request.nonce,
                request.code_challenge,
                signed_in.auth_time,
                now + CODE_LIFETIME,
            ),
        )
        return code

    def redeem_code(
        self, app_client: AppClient, code: str, redirect_uri: str, code_verifier: str | None
    ) -> Granted:
        """Tokens for a code; the code is used up even when something else is wrong with it."""
        with self._database.transaction() as connection:
            row = connection.execute(
                "DELETE FROM cognito_authorization_codes WHERE secret_hash = ? AND client_id = ?"
                " RETURNING *",
                (stored(code), app_client.client_id),
            ).fetchone()
        if row is None or row["expires_at"] <= self._clock.timestamp():
            raise InvalidGrant
        if row["redirect_uri"] != redirect_uri:
            raise InvalidGrant
        if not _verifier_fits(row["code_challenge"], code_verifier):
            raise InvalidGrant
        scopes = tuple(row["scopes"].split())
        person = self._people.find(row["sub"])
        if person is None or not person.enabled or unreadable_scope(app_client, scopes):
            raise InvalidGrant
        return self._start(
            app_client, person, scopes, row["auth_time"], row["nonce"], from_hosted_ui=True
        )

    def sign_in(self, app_client: AppClient, person: Person) -> Granted:
        """Tokens for somebody who signed in by the API, not by the hosted UI."""
        auth_time = int(self._clock.timestamp())
        return self._start(
            app_client, person, (ADMIN_SCOPE,), auth_time, None, from_hosted_ui=False
        )

    def refresh(self, app_client: AppClient, refresh_token: str) -> Granted:
        """New tokens of the same sign-in; raises NotAuthorized or RefreshTokenReuse."""
        new_refresh_token = None
        with self._database.transaction() as connection:
            session = self._sessions.of_refresh_token(refresh_token, app_client)
            person = self._people.find(session.sub) if session else None
            if session is None or person is None or not person.enabled:
                raise NotAuthorized("Invalid Refresh Token")
            self._sessions.note_use(connection, session.origin_jti)
            if app_client.rotates_refresh_tokens:
                self._sessions.rotate(connection, refresh_token, app_client)
                new_refresh_token = self._sessions.new_refresh_token(connection, session)
        return Granted(self._tokens.make(app_client, session, person), new_refresh_token)

    def revoke(self, app_client: AppClient, refresh_token: str) -> None:
        """End the sign-in of a refresh token; an unknown token is none that could be used."""
        session = self._sessions.of_refresh_token(refresh_token, app_client)
        if session is not None:
            with self._database.transaction() as connection:
                self._sessions.revoke(connection, session.origin_jti)

    def _start(
        self,
        app_client: AppClient,
        person: Person,
        scopes: tuple[str, ...],
        auth_time: int,
        nonce: str | None,
        *,
        from_hosted_ui: bool,
    ) -> Granted:
        with self._database.transaction() as connection:
            person = self._people.get(person.sub)
            if not person.enabled:
                raise NotAuthorized("User is disabled.")
            session: TokenSession = self._sessions.start(
                connection,
                app_client,
                person.sub,
                scopes,
                auth_time,
                from_hosted_ui=from_hosted_ui,
            )
            refresh_token = self._sessions.new_refresh_token(connection, session)
        return Granted(self._tokens.make(app_client, session, person, nonce), refresh_token)


def _verifier_fits(challenge: str | None, verifier: str | None) -> bool:
    """RFC 7636 section 4.6; a verifier without a challenge is refused too (RFC 9700, 2.1.1)."""
    if challenge is None or verifier is None:
        return challenge is None and verifier is None
    digest = hashlib.sha256(verifier.encode()).digest()
    return same(base64.urlsafe_b64encode(digest).rstrip(b"=").decode(), challenge)
