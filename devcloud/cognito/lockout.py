"""Failed tries at a person's password or code, and how long they lock the person out."""

import sqlite3

from devcloud.clock import Clock
from devcloud.cognito.errors import NotAuthorized

FREE_FAILURES = 5
LONGEST_LOCK = 15 * 60


class Lockout:
    """Counts failures per person.

    A try is judged in one transaction: ``check``, then ``count_failure`` or ``forget``. So however
    many come at the same moment, each finds those before it counted.
    """

    def __init__(self, clock: Clock) -> None:
        self._clock = clock

    def check(self, connection: sqlite3.Connection, sub: str) -> None:
        """Raise NotAuthorized while a person is locked out; such a try changes nothing."""
        row = connection.execute(
            "SELECT locked_until FROM cognito_failed_sign_ins WHERE sub = ?", (sub,)
        ).fetchone()
        if row and row["locked_until"] > self._clock.timestamp():
            raise NotAuthorized("Password attempts exceeded")

    def count_failure(self, connection: sqlite3.Connection, sub: str) -> None:
        """Remember a wrong password or code.

        From the fifth failure on, each locks the person out for twice as long as the one before,
        beginning with a second; 15 quiet minutes end it (AWS, authentication flow: lockout).
        """
        now = self._clock.timestamp()
        row = connection.execute(
            "SELECT failures, last_failure_at, locked_until FROM cognito_failed_sign_ins"
            " WHERE sub = ?",
            (sub,),
        ).fetchone()
        failures = 1
        if row and max(row["last_failure_at"], row["locked_until"]) + LONGEST_LOCK > now:
            failures = row["failures"] + 1
        lock = 0
        if failures >= FREE_FAILURES:
            lock = min(2 ** min(failures - FREE_FAILURES, 10), LONGEST_LOCK)
        connection.execute(
            "INSERT OR REPLACE INTO cognito_failed_sign_ins VALUES (?, ?, ?, ?)",
            (sub, failures, now, now + lock),
        )

    def forget(self, connection: sqlite3.Connection, sub: str) -> None:
        """Start from nothing after a sign-in that worked."""
        connection.execute("DELETE FROM cognito_failed_sign_ins WHERE sub = ?", (sub,))
