"""Codes that are mailed, and the limits on asking for them and on guessing them."""

import secrets
import sqlite3
from enum import StrEnum

from devcloud.clock import Clock
from devcloud.cognito.config import PoolSettings
from devcloud.cognito.errors import CodeMismatch, ExpiredCode, LimitExceeded
from devcloud.cognito.opaque import same
from devcloud.cognito.people import Person
from devcloud.database import Database
from devcloud.mailbox import Mailbox


class Purpose(StrEnum):
    """What a code is for."""

    SIGN_UP = "sign_up"
    FORGOT_PASSWORD = "forgot_password"
    VERIFY_EMAIL = "verify_email"


# Cognito's quotas: a sign-up code lives 24 hours, the others one hour.
LIFETIMES = {
    Purpose.SIGN_UP: 24 * 3600,
    Purpose.FORGOT_PASSWORD: 3600,
    Purpose.VERIFY_EMAIL: 24 * 3600,
}
# Tries in an hour per person: ConfirmSignUp 15; ConfirmForgotPassword 5 to 20 by risk.
TRIES = {Purpose.SIGN_UP: 15, Purpose.FORGOT_PASSWORD: 15, Purpose.VERIFY_EMAIL: 15}
REQUESTS = 5


class Codes:
    """The code of each person and purpose; a newer one replaces the older."""

    def __init__(
        self, database: Database, clock: Clock, settings: PoolSettings, mailbox: Mailbox
    ) -> None:
        self._database = database
        self._clock = clock
        self._settings = settings
        self._mailbox = mailbox

    def send(
        self,
        connection: sqlite3.Connection,
        person: Person,
        purpose: Purpose,
        new_email: str | None = None,
    ) -> None:
        """Mail a new code, to the address that is to be proved if it is a new one."""
        code = f"{secrets.randbelow(1_000_000):06}"
        connection.execute(
            "INSERT OR REPLACE INTO cognito_codes VALUES (?, ?, ?, ?, ?)",
            (
                person.sub,
                purpose.value,
                code,
                new_email,
                self._clock.timestamp() + LIFETIMES[purpose],
            ),
        )
        body = self._settings.code_message.replace("{####}", code)
        recipient = new_email or person.email
        self._mailbox.deliver(connection, recipient, self._settings.code_subject, body, code)

    def check(self, person: Person, purpose: Purpose, code: str) -> None:
        """Raise ExpiredCode, CodeMismatch or LimitExceeded unless it is the mailed code."""
        # In a transaction of its own, so that a failing try is counted too.
        with self._database.transaction() as connection:
            self._count(connection, person, f"try {purpose.value}", TRIES[purpose])
        rows = self._database.query(
            "SELECT code, expires_at FROM cognito_codes WHERE sub = ? AND purpose = ?",
            person.sub,
            purpose.value,
        )
        if not rows or rows[0]["expires_at"] <= self._clock.timestamp():
            raise ExpiredCode
        if not same(code.strip(), rows[0]["code"]):
            raise CodeMismatch

    def spend(
        self, connection: sqlite3.Connection, person: Person, purpose: Purpose, code: str
    ) -> str | None:
        """Use a checked code up and return the new address it proves, if it is for one.

        Raises ExpiredCode when somebody else was faster.
        """
        row = connection.execute(
            "DELETE FROM cognito_codes WHERE sub = ? AND purpose = ? AND code = ?"
            " RETURNING new_email",
            (person.sub, purpose.value, code.strip()),
        ).fetchone()
        if row is None:
            raise ExpiredCode
        new_email: str | None = row["new_email"]
        return new_email

    def count_request(
        self, connection: sqlite3.Connection, person: Person, purpose: Purpose
    ) -> None:
        """Raise LimitExceeded when a person asked for too many codes within the hour."""
        self._count(connection, person, f"ask {purpose.value}", REQUESTS)

    def _count(
        self, connection: sqlite3.Connection, person: Person, action: str, limit: int
    ) -> None:
        now = self._clock.timestamp()
        connection.execute(
            "DELETE FROM cognito_attempts WHERE sub = ? AND action = ? AND attempted_at <= ?",
            (person.sub, action, now - 3600),
        )
        row = connection.execute(
            "SELECT count(*) FROM cognito_attempts WHERE sub = ? AND action = ?",
            (person.sub, action),
        ).fetchone()
        if row[0] >= limit:
            raise LimitExceeded
        connection.execute(
            "INSERT INTO cognito_attempts VALUES (?, ?, ?)", (person.sub, action, now)
        )
