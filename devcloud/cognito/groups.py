"""The groups of the user pool and who is in them."""

import sqlite3
from dataclasses import dataclass
from datetime import UTC, datetime

from devcloud.clock import Clock
from devcloud.cognito.config import GroupSettings
from devcloud.cognito.errors import GroupExists, ResourceNotFound
from devcloud.database import Database


@dataclass(frozen=True)
class Group:
    """One group."""

    name: str
    description: str
    precedence: int | None
    created_at: datetime
    updated_at: datetime

    @property
    def place(self) -> tuple[bool, int, str]:
        """Where the group stands in AWS's order, whatever other groups there are."""
        return self.precedence is None, self.precedence or 0, self.name


class Groups:
    """Groups in AWS's order: the lowest precedence comes first, none comes last."""

    def __init__(self, database: Database, clock: Clock) -> None:
        self._database = database
        self._clock = clock

    def get(self, name: str) -> Group:
        """One group; raises ResourceNotFound."""
        rows = self._database.query("SELECT * FROM cognito_groups WHERE name = ?", name)
        if not rows:
            raise ResourceNotFound("Group not found.")
        return _group(rows[0])

    def all(self) -> list[Group]:
        return [_group(row) for row in self._database.query("SELECT * FROM cognito_groups" + ORDER)]

    def of(self, sub: str) -> list[Group]:
        """The groups that a person is in."""
        rows = self._database.query(
            "SELECT cognito_groups.* FROM cognito_groups"
            " JOIN cognito_memberships ON group_name = name WHERE sub = ?" + ORDER,
            sub,
        )
        return [_group(row) for row in rows]

    def create(self, connection: sqlite3.Connection, settings: GroupSettings) -> Group:
        """A new group; raises GroupExists."""
        if any(group.name == settings.name for group in self.all()):
            raise GroupExists
        self.ensure(connection, settings)
        return self.get(settings.name)

    def ensure(self, connection: sqlite3.Connection, settings: GroupSettings) -> None:
        """Make the group as the settings say, new or not; its members stay."""
        now = self._clock.timestamp()
        connection.execute(
            "INSERT INTO cognito_groups VALUES (?, ?, ?, ?, ?) ON CONFLICT (name) DO UPDATE"
            " SET description = excluded.description, precedence = excluded.precedence,"
            " updated_at = excluded.updated_at"
            " WHERE description != excluded.description OR precedence IS NOT excluded.precedence",
            (settings.name, settings.description, settings.precedence, now, now),
        )

    def delete(self, connection: sqlite3.Connection, name: str) -> None:
        connection.execute("DELETE FROM cognito_groups WHERE name = ?", (name,))

    def add_member(self, connection: sqlite3.Connection, name: str, sub: str) -> None:
        """Put a person in a group; being in it already is fine."""
        connection.execute(
            "INSERT INTO cognito_memberships VALUES (?, ?) ON CONFLICT DO NOTHING", (name, sub)
        )

    def remove_member(self, connection: sqlite3.Connection, name: str, sub: str) -> None:
        connection.execute(
            "DELETE FROM cognito_memberships WHERE group_name = ? AND sub = ?", (name, sub)
        )


ORDER = " ORDER BY precedence IS NULL, precedence, name"


def _group(row: sqlite3.Row) -> Group:
    return Group(
        row["name"],
        row["description"],
        row["precedence"],
        datetime.fromtimestamp(row["created_at"], UTC),
        datetime.fromtimestamp(row["updated_at"], UTC),
    )
