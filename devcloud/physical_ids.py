"""Identifiers that are made up once and stay the same from run to run."""

from collections.abc import Callable, Mapping

from devcloud.database import Database

_TABLES = """
CREATE TABLE IF NOT EXISTS physical_ids (
    logical_id TEXT NOT NULL,
    name TEXT NOT NULL,
    value TEXT NOT NULL,
    PRIMARY KEY (logical_id, name)
)
"""


class PhysicalIds:
    """What was made for each resource of the stack."""

    def __init__(self, database: Database) -> None:
        self._database = database
        database.create_tables(_TABLES)

    def of(self, logical_id: str, make: Callable[[str], dict[str, str]]) -> Mapping[str, str]:
        """The resource's identifiers; ``make`` is called only for names that are not kept yet."""
        with self._database.transaction() as connection:
            kept = dict(
                connection.execute(
                    "SELECT name, value FROM physical_ids WHERE logical_id = ?", (logical_id,)
                ).fetchall()
            )
            fresh = {k: v for k, v in make(logical_id).items() if k not in kept}
            connection.executemany(
                "INSERT INTO physical_ids VALUES (?, ?, ?)",
                [(logical_id, name, value) for name, value in fresh.items()],
            )
        return kept | fresh
