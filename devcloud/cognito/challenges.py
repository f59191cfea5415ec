"""A sign-in that is not finished yet: what the pool still wants from a person, and for how long."""

import sqlite3
from dataclasses import dataclass
from enum import StrEnum

from devcloud.clock import Clock
from devcloud.cognito.app_client import AppClient
from devcloud.cognito.opaque import new_secret, stored
from devcloud.database import Database


class Kind(StrEnum):
    """Challenge names of the API, and one of our own for the page that follows a sign-up."""

    CONFIRM_SIGN_UP = "CONFIRM_SIGN_UP"
    NEW_PASSWORD_REQUIRED = "NEW_PASSWORD_REQUIRED"
    SOFTWARE_TOKEN_MFA = "SOFTWARE_TOKEN_MFA"
    MFA_SETUP = "MFA_SETUP"


@dataclass(frozen=True)
class Challenge:
    """Someone gave the right password and has to do one more thing."""

    sub: str
    client_id: str
    kind: Kind
    totp_secret: str | None


class Challenges:
    """Open challenges, known by a secret that only the browser or the API's caller has."""

    def __init__(self, database: Database, clock: Clock) -> None:
        self._database = database
        self._clock = clock

    def open(
        self,
        connection: sqlite3.Connection,
        app_client: AppClient,
        sub: str,
        kind: Kind,
        totp_secret: str | None = None,
    ) -> str:
        """A new challenge; returns its secret."""
        now = self._clock.timestamp()
        # Reading a mail takes longer than the session of the API allows.
        seconds = 24 * 3600 if kind is Kind.CONFIRM_SIGN_UP else app_client.challenge_seconds
        secret = new_secret()
        connection.execute("DELETE FROM cognito_challenges WHERE expires_at <= ?", (now,))
        connection.execute(
            "INSERT INTO cognito_challenges VALUES (?, ?, ?, ?, ?, ?)",
            (
                stored(secret),
                sub,
                app_client.client_id,
                kind.value,
                totp_secret,
                now + seconds,
            ),
        )
        return secret

    def find(self, secret: str, app_client: AppClient | None = None) -> Challenge | None:
        """An open challenge, of that app client if one is given."""
        return self._find("secret_hash = ?", stored(secret), app_client)

    def totp_setup_of(self, sub: str) -> Challenge | None:
        """The newest set-up of an authenticator app that a person began."""
        return self._find("sub = ? AND kind = 'MFA_SETUP'", sub, None)

    def _find(self, condition: str, value: str, app_client: AppClient | None) -> Challenge | None:
        rows = self._database.query(
            f"SELECT * FROM cognito_challenges WHERE {condition} AND expires_at > ?"
            " ORDER BY rowid DESC LIMIT 1",
            value,
            self._clock.timestamp(),
        )
        if not rows or (app_client and rows[0]["client_id"] != app_client.client_id):
            return None
        row = rows[0]
        return Challenge(row["sub"], row["client_id"], Kind(row["kind"]), row["totp_secret"])

    def close(self, connection: sqlite3.Connection, secret: str) -> bool:
        """Use a challenge up; False when it was used already."""
        done = connection.execute(
            "DELETE FROM cognito_challenges WHERE secret_hash = ?", (stored(secret),)
        )
        return done.rowcount == 1
