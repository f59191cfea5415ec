"""Is it really this person? Passwords, and what is asked for after the password."""

from devcloud.clock import Clock
from devcloud.cognito import passwords
from devcloud.cognito.app_client import AppClient
from devcloud.cognito.challenges import Kind
from devcloud.cognito.config import PoolSettings
from devcloud.cognito.errors import (
    NotAuthorized,
    PasswordResetRequired,
    UserNotConfirmed,
    UserNotFound,
)
from devcloud.cognito.lockout import Lockout
from devcloud.cognito.people import People, Person, Status
from devcloud.database import Database


class Authentication:
    """Checks of a password, each of them counted."""

    def __init__(
        self,
        database: Database,
        clock: Clock,
        settings: PoolSettings,
        people: People,
        lockout: Lockout,
    ) -> None:
        self._database = database
        self._clock = clock
        self._settings = settings
        self._people = people
        self._lockout = lockout

    def check_password(self, app_client: AppClient, username: str, password: str) -> Person:
        """The person with that name and password, who may sign in with it.

        Raises NotAuthorized, UserNotFound (only if the app client does not hide who exists),
        UserNotConfirmed or PasswordResetRequired.
        """
        person = self._people.find(username)
        try:
            if person is None:
                passwords.is_right(None, password)
                raise UserNotFound
            person = self.prove(person, password)
        except UserNotFound:
            raise NotAuthorized if app_client.hides_unknown_people else UserNotFound from None
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

    def prove(self, person: Person, password: str) -> Person:
        """The person as they are now, if this is their password.

        Raises NotAuthorized when it is not or they are locked out, UserNotFound when they are gone.
        """
        # Outside the transaction, because it takes a tenth of a second.
        right = passwords.is_right(person.password_hash, password)
        with self._database.transaction() as connection:
            now = self._people.get(person.sub)
            self._lockout.check(connection, now.sub)
            right = right and now.password_hash == person.password_hash
            if not right:
                self._lockout.count_failure(connection, now.sub)
            elif not self._asks_for_code(now):
                # With a code still to come, the password alone must not give new tries at it.
                self._lockout.forget(connection, now.sub)
        if not right:
            raise NotAuthorized
        return now

    def next_step(self, person: Person) -> Kind | None:
        """What the pool wants beside the password; None when the person is signed in."""
        if person.status is Status.FORCE_CHANGE_PASSWORD:
            return Kind.NEW_PASSWORD_REQUIRED
        if self._asks_for_code(person):
            return Kind.SOFTWARE_TOKEN_MFA
        return Kind.MFA_SETUP if self._settings.mfa == "ON" else None

    def _asks_for_code(self, person: Person) -> bool:
        return self._settings.mfa != "OFF" and person.uses_totp

    def _is_expired(self, person: Person) -> bool:
        days = self._settings.password_policy.temporary_password_days
        return person.password_set_at + days * 86400 <= self._clock.timestamp()
