"""The people of the user pool."""

import json
import sqlite3
import uuid
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from enum import StrEnum
from typing import Any, NamedTuple

from devcloud.clock import Clock
from devcloud.cognito.errors import AliasExists, UsernameExists, UserNotFound
from devcloud.database import Database


class Status(StrEnum):
    """UserStatus of the user pool API."""

    UNCONFIRMED = "UNCONFIRMED"
    CONFIRMED = "CONFIRMED"
    RESET_REQUIRED = "RESET_REQUIRED"
    FORCE_CHANGE_PASSWORD = "FORCE_CHANGE_PASSWORD"


class Condition(NamedTuple):
    """What a row of the table must be like; values never stand in the SQL."""

    sql: str
    values: tuple[object, ...]


EVERYBODY = Condition("true", ())


@dataclass(frozen=True)
class Person:
    """One person; with e-mail as the sign-in name, the user name is the ``sub``."""

    sub: str
    email: str
    email_verified: bool
    status: Status
    enabled: bool
    password_hash: str | None
    password_set_at: float
    other_attributes: Mapping[str, str]
    totp_secret: str | None
    uses_totp: bool
    created_at: datetime
    updated_at: datetime

    @property
    def attributes(self) -> dict[str, str]:
        """Every attribute as the API writes them: all values are strings."""
        return {
            "email": self.email,
            "email_verified": str(self.email_verified).lower(),
            **self.other_attributes,
            "sub": self.sub,
        }


class People:
    """The people, found by ``sub`` or by e-mail."""

    def __init__(self, database: Database, clock: Clock, *, case_sensitive: bool) -> None:
        self._database = database
        self._clock = clock
        self._case_sensitive = case_sensitive

    def find(self, username: str) -> Person | None:
        """The person with that user name (``sub``) or e-mail address."""
        rows = self._database.query(
            "SELECT * FROM cognito_people WHERE sub = ? OR email_key = ?",
            username,
            self._key(username),
        )
        return _person(rows[0]) if rows else None

    def get(self, username: str) -> Person:
        """The same; raises UserNotFound."""
        person = self.find(username)
        if person is None:
            raise UserNotFound
        return person

    def page(self, condition: Condition, limit: int, after: str = "") -> list[Person]:
        """The next people for whom the condition holds, in the order of their ``sub``."""
        rows = self._database.query(
            f"SELECT * FROM cognito_people WHERE sub > ? AND {condition.sql} ORDER BY sub LIMIT ?",
            after,
            *condition.values,
            limit,
        )
        return [_person(row) for row in rows]

    def count(self) -> int:
        rows = self._database.query("SELECT count(*) FROM cognito_people")
        return int(rows[0][0])

    def add(
        self,
        connection: sqlite3.Connection,
        *,
        email: str,
        status: Status,
        password_hash: str | None,
        attributes: Mapping[str, str] | None = None,
        email_verified: bool = False,
    ) -> Person:
        """A new person; raises UsernameExists."""
        if self.find(email) is not None:
            raise UsernameExists
        person = Person(
            sub=str(uuid.uuid4()),
            email=email,
            email_verified=email_verified,
            status=status,
            enabled=True,
            password_hash=password_hash,
            password_set_at=self._clock.timestamp(),
            other_attributes=attributes or {},
            totp_secret=None,
            uses_totp=False,
            created_at=self._clock.now(),
            updated_at=self._clock.now(),
        )
        self._write(connection, person)
        return person

    def check_free(self, email: str, sub: str) -> None:
        """Raise AliasExists when the address is somebody else's."""
        other = self.find(email)
        if other is not None and other.sub != sub:
            raise AliasExists

    def change(self, connection: sqlite3.Connection, sub: str, **changes: Any) -> Person:
        """Change fields of a person as they are now, inside the transaction."""
        person = replace(self.get(sub), **changes, updated_at=self._clock.now())
        self._write(connection, person)
        return person

    def set_password(
        self, connection: sqlite3.Connection, sub: str, password_hash: str, status: Status
    ) -> Person:
        """Keep a new password and the state it leads to."""
        return self.change(
            connection,
            sub,
            password_hash=password_hash,
            password_set_at=self._clock.timestamp(),
            status=status,
        )

    def delete(self, connection: sqlite3.Connection, sub: str) -> None:
        """Remove a person and, by the tables' cascades, everything that was theirs."""
        connection.execute("DELETE FROM cognito_people WHERE sub = ?", (sub,))

    def _write(self, connection: sqlite3.Connection, person: Person) -> None:
        # An upsert keeps the row, so that nothing that refers to it is cascaded away.
        connection.execute(
            "INSERT INTO cognito_people VALUES"
            " (:sub, :email, :email_key, :email_verified, :status, :enabled, :password_hash,"
            "  :password_set_at, :attributes, :totp_secret, :uses_totp, :created_at, :updated_at)"
            " ON CONFLICT (sub) DO UPDATE SET email = :email, email_key = :email_key,"
            " email_verified = :email_verified, status = :status, enabled = :enabled,"
            " password_hash = :password_hash, password_set_at = :password_set_at,"
            " attributes = :attributes, totp_secret = :totp_secret, uses_totp = :uses_totp,"
            " updated_at = :updated_at",
            {
                "sub": person.sub,
                "email": person.email,
                "email_key": self._key(person.email),
                "email_verified": person.email_verified,
                "status": person.status.value,
                "enabled": person.enabled,
                "password_hash": person.password_hash,
                "password_set_at": person.password_set_at,
                "attributes": json.dumps(dict(person.other_attributes)),
                "totp_secret": person.totp_secret,
                "uses_totp": person.uses_totp,
                "created_at": person.created_at.timestamp(),
                "updated_at": person.updated_at.timestamp(),
            },
        )

    def _key(self, email: str) -> str:
        return email if self._case_sensitive else email.lower()


def _person(row: sqlite3.Row) -> Person:
    return Person(
        sub=row["sub"],
        email=row["email"],
        email_verified=bool(row["email_verified"]),
        status=Status(row["status"]),
        enabled=bool(row["enabled"]),
        password_hash=row["password_hash"],
        password_set_at=row["password_set_at"],
        other_attributes=json.loads(row["attributes"]),
        totp_secret=row["totp_secret"],
        uses_totp=bool(row["uses_totp"]),
        created_at=datetime.fromtimestamp(row["created_at"], UTC),
        updated_at=datetime.fromtimestamp(row["updated_at"], UTC),
    )
