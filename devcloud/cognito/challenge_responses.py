"""What people answer to a challenge: an answer and what it changes are one step."""

import sqlite3

from devcloud.clock import Clock
from devcloud.cognito import passwords, totp, totp_codes
from devcloud.cognito.challenges import Challenge, Challenges
from devcloud.cognito.config import PoolSettings
from devcloud.cognito.errors import CodeMismatch, ExpiredCode, InvalidSession, NotAuthorized
from devcloud.cognito.lockout import Lockout
from devcloud.cognito.people import People, Person, Status
from devcloud.database import Database


class ChallengeResponses:
    """Every method uses a challenge up and returns the person as they are then.

    It raises a CognitoError and changes nothing when the answer is wrong, InvalidSession when
    another request used the challenge up first.
    """

    def __init__(
        self,
        database: Database,
        clock: Clock,
        settings: PoolSettings,
        people: People,
        challenges: Challenges,
        lockout: Lockout,
    ) -> None:
        self._database = database
        self._clock = clock
        self._settings = settings
        self._people = people
        self._challenges = challenges
        self._lockout = lockout

    def new_password(self, secret: str, challenge: Challenge, password: str) -> Person:
        """A password of the person's own instead of the temporary one."""
        passwords.check_policy(self._settings.password_policy, password)
        password_hash = passwords.hashed(password)
        with self._database.transaction() as connection:
            person = self._close(connection, secret, challenge)
            if person.status is not Status.FORCE_CHANGE_PASSWORD:
                raise InvalidSession
            return self._people.set_password(
                connection, person.sub, password_hash, Status.CONFIRMED
            )

    def totp_code(self, secret: str, challenge: Challenge, code: str) -> Person:
        """The code that the person's authenticator app shows."""
        totp_secret = self._person(challenge).totp_secret
        if totp_secret is None:
            raise InvalidSession
        step = totp.step_of(totp_secret, code, self._clock.timestamp())
        with self._database.transaction() as connection:
            person = self._person(challenge)
            self._lockout.check(connection, person.sub)
            if step is None or person.totp_secret != totp_secret:
                self._lockout.count_failure(connection, person.sub)
                step = None
            else:
                self._close(connection, secret, challenge)
                if not totp_codes.use(connection, person.sub, totp_secret, step):
                    raise ExpiredCode("Your software token has already been used once.")
                self._lockout.forget(connection, person.sub)
        if step is None:
            raise CodeMismatch("Invalid code received for user")
        return person

    def totp_setup(self, secret: str, challenge: Challenge, code: str) -> Person:
        """An authenticator app is taken into use by its first code."""
        totp_secret = challenge.totp_secret
        if totp_secret is None:
            raise InvalidSession
        step = totp.step_of(totp_secret, code, self._clock.timestamp())
        if step is None:
            raise CodeMismatch("Invalid code received for user")
        with self._database.transaction() as connection:
            person = self._close(connection, secret, challenge)
            totp_codes.use(connection, person.sub, totp_secret, step)
            return self._people.change(
                connection, person.sub, totp_secret=totp_secret, uses_totp=True
            )

    def done(self, secret: str, challenge: Challenge) -> Person:
        """Nothing is left to be done: it was done beside the challenge."""
        with self._database.transaction() as connection:
            return self._close(connection, secret, challenge)

    def _close(self, connection: sqlite3.Connection, secret: str, challenge: Challenge) -> Person:
        if not self._challenges.close(connection, secret):
            raise InvalidSession
        return self._person(challenge)

    def _person(self, challenge: Challenge) -> Person:
        person = self._people.find(challenge.sub)
        if person is None:
            raise InvalidSession
        if not person.enabled:
            raise NotAuthorized("User is disabled.")
        return person
