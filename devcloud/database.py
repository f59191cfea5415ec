"""The one SQLite file in which devcloud keeps everything that must survive a crash."""

from __future__ import annotations

import sqlite3
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from devcloud.errors import StartError


class OwnerGone(Exception):
    """A row refers to one that is not there any more: somebody was faster in deleting it."""


class Database:
    """A durable SQLite file that many threads share.

    Each thread has its own connection. A transaction that ended without an exception is on disk
    (``synchronous=FULL``), so whatever is acknowledged after it survives ``kill -9``.
    """

    def __init__(self, path: Path) -> None:
        path.parent.mkdir(parents=True, exist_ok=True)
        self._path = path
        self._local = threading.local()
        # SQLite would let writers sleep and then race, and the slowest wait for seconds.
        self._writing = threading.Lock()

    def create_tables(self, script: str) -> None:
        """Run ``CREATE TABLE IF NOT EXISTS`` statements; each module brings its own.

        Raises StartError when the file holds such a table with other columns, or cannot be used:
        nothing of what is kept in it is changed then.
        """
        try:
            connection = self._connection()
            differing = _differing_table(connection, script)
            if differing is None:
                connection.executescript(script)
                return
        except sqlite3.Error as error:
            raise StartError(f"{self._path} cannot be used: {error}.") from error
        raise StartError(
            f"{self._path} was written by another version of devcloud, its table {differing} has "
            "other columns. `make reset` begins anew, without the notes and accounts in it; the "
            "version that wrote it can still export them."
        )

    @contextmanager
    def transaction(self) -> Iterator[sqlite3.Connection]:
        """A connection with the write lock; committed at the end, rolled back on an exception.

        Raises OwnerGone for a row whose foreign key points nowhere, and RuntimeError inside
        another transaction of this thread, which would wait for itself.
        """
        connection = self._connection()
        if connection.in_transaction:
            raise RuntimeError("A transaction inside another: use the connection of the outer one.")
        with self._writing:
            connection.execute("BEGIN IMMEDIATE")
            try:
                yield connection
                connection.execute("COMMIT")
            except sqlite3.IntegrityError as error:
                if error.sqlite_errorcode == sqlite3.SQLITE_CONSTRAINT_FOREIGNKEY:
                    raise OwnerGone from error
                raise
            finally:
                # A full disk ends the transaction by itself.
                if connection.in_transaction:
                    connection.execute("ROLLBACK")

    def query(self, sql: str, *values: object) -> list[sqlite3.Row]:
        """The rows that a SELECT finds, outside any transaction."""
        return self._connection().execute(sql, values).fetchall()

    def _connection(self) -> sqlite3.Connection:
        connection: sqlite3.Connection | None = getattr(self._local, "connection", None)
        if connection is None:
            connection = sqlite3.connect(self._path, timeout=20, isolation_level=None)
            connection.row_factory = sqlite3.Row
            connection.execute("PRAGMA journal_mode=WAL")
            connection.execute("PRAGMA synchronous=FULL")
            connection.execute("PRAGMA foreign_keys=ON")
            self._local.connection = connection
        return connection


def _differing_table(connection: sqlite3.Connection, script: str) -> str | None:
    """A table that is there already, but not as the script would make it."""
    fresh = sqlite3.connect(":memory:")
    fresh.executescript(script)
    names = fresh.execute("SELECT name FROM sqlite_master WHERE type = 'table'").fetchall()
    differing = None
    for (name,) in names:
        found = _columns(connection, name)
        if found and found != _columns(fresh, name):
            differing = str(name)
    fresh.close()
    return differing


def _columns(connection: sqlite3.Connection, table: str) -> list[tuple[object, ...]]:
    return [tuple(row) for row in connection.execute("SELECT * FROM pragma_table_info(?)", [table])]
