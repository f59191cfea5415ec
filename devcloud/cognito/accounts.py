"""What people do about their own account: sign up, confirm, recover and change the password."""

import re
from collections.abc import Mapping

from devcloud.cognito import passwords
from devcloud.cognito.app_client import AppClient
from devcloud.cognito.codes import Codes, Purpose
from devcloud.cognito.config import PoolSettings
from devcloud.cognito.errors import (
    CodeMismatch,
    ExpiredCode,
    InvalidParameter,
    NotAuthorized,
    UserNotFound,
)
from devcloud.cognito.people import People, Person, Status
from devcloud.cognito.token_sessions import TokenSessions
from devcloud.database import Database

EMAIL = re.compile(r"[^@\s\x00-\x1f]{1,64}@[^@\s.\x00-\x1f]+(\.[^@\s.\x00-\x1f]+)*")


class Accounts:
    """Every method is one whole, durable step or raises a CognitoError and changes nothing."""

    def __init__(
        self,
        database: Database,
        settings: PoolSettings,
        people: People,
        codes: Codes,
        sessions: TokenSessions,
    ) -> None:
        self._database = database
        self._settings = settings
        self._people = people
        self._codes = codes
        self._sessions = sessions

    def sign_up(self, email: str, password: str, attributes: Mapping[str, str]) -> Person:
        """A new person, unconfirmed, with a code in the mail."""
        if not self._settings.self_sign_up:
            raise NotAuthorized("SignUp is not permitted for this user pool")
        check_email(email)
        passwords.check_policy(self._settings.password_policy, password)
        password_hash = passwords.hashed(password)
        with self._database.transaction() as connection:
            person = self._people.add(
                connection,
                email=email,
                status=Status.UNCONFIRMED,
                password_hash=password_hash,
                attributes=attributes,
            )
            if self._settings.verifies_email:
                self._codes.send(connection, person, Purpose.SIGN_UP)
        return person

    def confirm_sign_up(self, app_client: AppClient, username: str, code: str) -> Person:
        """The e-mail address is the person's; they may sign in."""
        person = self._people.find(username)
        if person is None:
            raise ExpiredCode if app_client.hides_unknown_people else UserNotFound
        if person.status is not Status.UNCONFIRMED:
            raise NotAuthorized(f"User cannot be confirmed. Current status is {person.status}")
        self._codes.check(person, Purpose.SIGN_UP, code)
        with self._database.transaction() as connection:
            self._codes.spend(connection, person, Purpose.SIGN_UP, code)
            if self._people.get(person.sub).status is not Status.UNCONFIRMED:
                raise ExpiredCode
            return self._people.change(
                connection, person.sub, email_verified=True, status=Status.CONFIRMED
            )

    def resend_code(self, app_client: AppClient, username: str) -> None:
        """Mail a new sign-up code; silently nothing when the app client hides who exists."""
        with self._database.transaction() as connection:
            person = self._people.find(username)
            if person is None:
                if app_client.hides_unknown_people:
                    return
                raise UserNotFound
            if person.status is not Status.UNCONFIRMED:
                raise InvalidParameter("User is already confirmed.")
            self._codes.count_request(connection, person, Purpose.SIGN_UP)
            self._codes.send(connection, person, Purpose.SIGN_UP)

    def forgot_password(self, app_client: AppClient, username: str) -> None:
        """Mail a code for a new password, if the address is known to be the person's."""
        with self._database.transaction() as connection:
            person = self._recoverable(app_client, username)
            if person is None:
                return
            self._codes.count_request(connection, person, Purpose.FORGOT_PASSWORD)
            self._codes.send(connection, person, Purpose.FORGOT_PASSWORD)

    def confirm_forgot_password(
        self, app_client: AppClient, username: str, code: str, password: str
    ) -> Person:
        """A new password by the code that was mailed; the person is signed out nowhere."""
        person = self._people.find(username)
        if person is None or not person.enabled:
            if app_client.hides_unknown_people:
                raise CodeMismatch
            if person is None:
                raise UserNotFound
            raise NotAuthorized("User is disabled.")
        passwords.check_policy(self._settings.password_policy, password)
        self._codes.check(person, Purpose.FORGOT_PASSWORD, code)
        password_hash = passwords.hashed(password)
        with self._database.transaction() as connection:
            self._codes.spend(connection, person, Purpose.FORGOT_PASSWORD, code)
            if not self._people.get(person.sub).enabled:
                raise ExpiredCode
            return self._people.set_password(
                connection, person.sub, password_hash, Status.CONFIRMED
            )

    def replace_password(self, person: Person, password: str) -> Person:
        """A new password by somebody whose old one was right.

        Raises NotAuthorized when the old one has been replaced meanwhile.
        """
        passwords.check_policy(self._settings.password_policy, password)
        password_hash = passwords.hashed(password)
        with self._database.transaction() as connection:
            if self._people.get(person.sub).password_hash != person.password_hash:
                raise NotAuthorized
            return self._people.set_password(
                connection, person.sub, password_hash, Status.CONFIRMED
            )

    def set_password(self, person: Person, password: str, status: Status) -> Person:
        """A new password without any question; the caller has asked them."""
        passwords.check_policy(self._settings.password_policy, password)
        password_hash = passwords.hashed(password)
        with self._database.transaction() as connection:
            return self._people.set_password(connection, person.sub, password_hash, status)

    def sign_out_everywhere(self, sub: str) -> None:
        """End every token session of a person; the hosted UI's own cookie stays, as on AWS."""
        with self._database.transaction() as connection:
            self._sessions.revoke_all(connection, sub)

    def _recoverable(self, app_client: AppClient, username: str) -> Person | None:
        """Who may have a code for a new password; None when nobody is to know that there is none.

        Raises why not where the app client tells who exists.
        """
        person = self._people.find(username)
        if person is None or not person.enabled or not person.email_verified:
            if app_client.hides_unknown_people:
                return None
            if person is None:
                raise UserNotFound
            if not person.enabled:
                raise NotAuthorized("User is disabled.")
            raise InvalidParameter(
                "Cannot reset password for the user as there is no registered/verified email or"
                " phone_number"
            )
        if person.status is Status.FORCE_CHANGE_PASSWORD:
            raise NotAuthorized("User password cannot be reset in the current state.")
        if not self._settings.recovers_by_email:
            raise NotAuthorized("Contact administrator to reset password.")
        return person


def check_email(email: str) -> None:
    """Raise InvalidParameter unless it looks like an e-mail address."""
    if not EMAIL.fullmatch(email) or len(email) > 254:
        raise InvalidParameter("Username should be an email.")


def masked(email: str) -> str:
    """An address as the API shows where a code went: a***@e***."""
    name, _, domain = email.partition("@")
    return f"{name[:1]}***@{domain[:1]}***"
