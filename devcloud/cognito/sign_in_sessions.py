"""The hosted UI's own sign-in: one hour from the password, not longer by use.

AWS: the cookie lives one hour from the interactive sign-in and does not slide; only `/logout`
ends it, `AdminUserGlobalSignOut` does not.
"""

import sqlite3
from dataclasses import dataclass

from devcloud.clock import Clock
from devcloud.cognito.opaque import new_secret, stored
from devcloud.cognito.people import People, Person
from devcloud.database import Database

LIFETIME = 3600


@dataclass(frozen=True)
class SignedIn:
    """Who is signed in to the hosted UI, and since when."""

    person: Person
    auth_time: int


class SignInSessions:
    """The cookies' server side."""

    def __init__(self, database: Database, clock: Clock, people: People) -> None:
        self._database = database
        self._clock = clock
        self._people = people

    def start(self, connection: sqlite3.Connection, sub: str) -> str:
        """A new session; returns the cookie's value."""
        now = self._clock.timestamp()
        secret = new_secret()
        connection.execute("DELETE FROM cognito_sign_in_sessions WHERE expires_at <= ?", (now,))
        connection.execute(
            "INSERT INTO cognito_sign_in_sessions VALUES (?, ?, ?, ?)",
            (stored(secret), sub, int(now), now + LIFETIME),
        )
        return secret

    def find(self, secret: str) -> SignedIn | None:
        """Who a cookie stands for; nobody when they have been disabled since."""
        rows = self._database.query(
            "SELECT sub, auth_time FROM cognito_sign_in_sessions"
            " WHERE secret_hash = ? AND expires_at > ?",
            stored(secret),
            self._clock.timestamp(),
        )
        person = self._people.find(rows[0]["sub"]) if rows else None
        if person is None or not person.enabled:
            return None
        return SignedIn(person, rows[0]["auth_time"])

    def end(self, connection: sqlite3.Connection, secret: str) -> None:
        connection.execute(
            "DELETE FROM cognito_sign_in_sessions WHERE secret_hash = ?", (stored(secret),)
        )
