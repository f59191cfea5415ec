"""The mail that Cognito would send, kept here instead of being sent."""

import sqlite3
from dataclasses import dataclass
from datetime import UTC, datetime

from devcloud.clock import Clock
from devcloud.database import Database

TABLES = """
CREATE TABLE IF NOT EXISTS mail (
    mail_id INTEGER PRIMARY KEY AUTOINCREMENT,
    recipient TEXT NOT NULL,
    subject TEXT NOT NULL,
    body TEXT NOT NULL,
    code TEXT NOT NULL,
    sent_at REAL NOT NULL
);
CREATE INDEX IF NOT EXISTS mail_recipient ON mail (recipient, mail_id);
"""


@dataclass(frozen=True)
class Mail:
    """One message; ``code`` is what its reader has to copy: a code or a temporary password."""

    recipient: str
    subject: str
    body: str
    code: str
    sent_at: datetime


class Mailbox:
    """All mail of the stand-in, whoever it is for."""

    def __init__(self, database: Database, clock: Clock) -> None:
        self._database = database
        self._clock = clock
        database.create_tables(TABLES)

    def deliver(
        self, connection: sqlite3.Connection, recipient: str, subject: str, body: str, code: str
    ) -> None:
        """Keep a message in the transaction that made its code, so that both exist or neither."""
        connection.execute(
            "INSERT INTO mail (recipient, subject, body, code, sent_at) VALUES (?, ?, ?, ?, ?)",
            (recipient, subject, body, code, self._clock.timestamp()),
        )

    def newest_first(self, recipient: str = "", limit: int = 50) -> list[Mail]:
        """The latest messages, all of them or one person's."""
        rows = self._database.query(
            "SELECT * FROM mail WHERE ? = '' OR recipient = ? COLLATE NOCASE"
            " ORDER BY mail_id DESC LIMIT ?",
            recipient,
            recipient,
            limit,
        )
        return [
            Mail(
                row["recipient"],
                row["subject"],
                row["body"],
                row["code"],
                datetime.fromtimestamp(row["sent_at"], UTC),
            )
            for row in rows
        ]
