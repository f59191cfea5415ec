"""Is it really this person? Passwords, lockout, and what is asked for after the password."""

from devcloud.clock import Clock
from devcloud.cognito import passwords, totp
from devcloud.cognito.app_client import AppClient
from devcloud.cognito.challenges import Kind
from devcloud.cognito.config import PoolSettings
from devcloud.cognito.errors import (
    CodeMismatch,
    NotAuthorized,
    PasswordResetRequired,
    UserNotConfirmed,
    UserNotFound,
)
from devcloud.cognito.people import People, Person, Status
from devcloud.database import Database

FREE_FAILURES = 5
LONGEST_LOCK = 15 * 60


class Authentication:
    """Checks of a password, counted per person."""

    def __init__(
        self, database: Database, clock: Clock, settings: PoolSettings, people: People
    ) -> None:
        self._database = database
        self._clock = clock
        self._settings = settings
        self._people = people

    def check_password(self, app_client: AppClient, username: str, password: str) -> Person:
        """The person with that name and password.

        Raises NotAuthorized, UserNotFound (only if the app client does not hide who exists),
        UserNotConfirmed or PasswordResetRequired.
        """
        person = self._people.find(username)
        if person is None:
            passwords.is_right(None, password)
            raise NotAuthorized if app_client.hides_unknown_people else UserNotFound
        self.check_lock(person)
        if not passwords.is_right(person.password_hash, password):
            self.count_failure(person)
            raise NotAuthorized
        # With a code still to come, the password alone must not give new tries at the code.
        if self.next_step(person) is None:
            self.forget_failures(person)
        if not person.enabled:
            raise NotAuthorized("User is disabled.")
        if person.status is Status.UNCONFIRMED:
            raise UserNotConfirmed
        if person.status is Status.RESET_REQUIRED:
            raise PasswordResetRequired
        if person.status is Status.FORCE_CHANGE_PASSWORD and self._is_expired(person):
            raise NotAuthorized(
                "Temporary password has expired and must be reset by an administrator."
            )
        return person

    def next_step(self, person: Person) -> Kind | None:
        """What the pool wants beside the password; None when the person is signed in."""
        if person.status is Status.FORCE_CHANGE_PASSWORD:
            return Kind.NEW_PASSWORD_REQUIRED
        if self._settings.mfa != "OFF" and person.uses_totp:
            return Kind.SOFTWARE_TOKEN_MFA
        return Kind.MFA_SETUP if self._settings.mfa == "ON" else None

    def check_totp(self, person: Person, code: str) -> int:
        """The step whose code it is; raises CodeMismatch if it is not the person's app's."""
        self.check_lock(person)
        step = totp.step_of(person.totp_secret or "", code, self._clock.timestamp())
        if step is None:
            self.count_failure(person)
            raise CodeMismatch("Invalid code received for user")
        return step

    def check_lock(self, person: Person) -> None:
        """Raise NotAuthorized while a person is locked out; such a try changes nothing."""
        rows = self._database.query(
            "SELECT locked_until FROM cognito_failed_sign_ins WHERE sub = ?", person.sub
        )
        if rows and rows[0]["locked_until"] > self._clock.timestamp():
            raise NotAuthorized("Password attempts exceeded")

    def count_failure(self, person: Person) -> None:
        """Remember a wrong password or code.

        From the fifth failure on, each locks the person out for twice as long as the one before,
        beginning with a second; 15 quiet minutes end it (AWS, authentication flow: lockout).
        """
        now = self._clock.timestamp()
        with self._database.transaction() as connection:
            row = connection.execute(
                "SELECT failures, last_failure_at, locked_until FROM cognito_failed_sign_ins"
                " WHERE sub = ?",
                (person.sub,),
            ).fetchone()
            failures = 1
            if row and max(row["last_failure_at"], row["locked_until"]) + LONGEST_LOCK > now:
                failures = row["failures"] + 1
            lock = 0
            if failures >= FREE_FAILURES:
                lock = min(2 ** min(failures - FREE_FAILURES, 10), LONGEST_LOCK)
            connection.execute(
                "INSERT OR REPLACE INTO cognito_failed_sign_ins VALUES (?, ?, ?, ?)",
                (person.sub, failures, now, now + lock),
            )

    def forget_failures(self, person: Person) -> None:
        """Start from nothing after a sign-in that worked."""
        if self._database.query("SELECT 1 FROM cognito_failed_sign_ins WHERE sub = ?", person.sub):
            with self._database.transaction() as connection:
                connection.execute(
                    "DELETE FROM cognito_failed_sign_ins WHERE sub = ?", (person.sub,)
                )

    def _is_expired(self, person: Person) -> bool:
        days = self._settings.password_policy.temporary_password_days
        return person.password_set_at + days * 86400 <= self._clock.timestamp()
