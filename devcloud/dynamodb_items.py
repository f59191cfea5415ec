"""The items of all tables on disk."""

import json
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any

from devcloud.database import Database

_TABLES = """
CREATE TABLE IF NOT EXISTS dynamodb_items (
    table_name TEXT NOT NULL,
    item_key TEXT NOT NULL,
    item TEXT NOT NULL,
    PRIMARY KEY (table_name, item_key)
)
"""

Attributes = dict[str, Any]


@dataclass(frozen=True)
class StoredItem:
    """An item in DynamoDB's JSON under its table and primary key; no attributes: deleted."""

    table_name: str
    key: Attributes
    attributes: Attributes | None


class ItemStore:
    """Items by table and primary key; each change is on disk when the call returns."""

    def __init__(self, database: Database) -> None:
        self._database = database
        database.create_tables(_TABLES)

    def save(self, items: Iterable[StoredItem]) -> None:
        """Store or delete all these items, in one transaction."""
        with self._database.transaction() as connection:
            for item in items:
                key = (item.table_name, _canonical(item.key))
                if item.attributes is None:
                    connection.execute(
                        "DELETE FROM dynamodb_items WHERE table_name = ? AND item_key = ?", key
                    )
                else:
                    connection.execute(
                        "INSERT OR REPLACE INTO dynamodb_items VALUES (?, ?, ?)",
                        (*key, json.dumps(item.attributes)),
                    )

    def load(self, table_name: str) -> Iterator[Attributes]:
        """Every item of that table."""
        rows = self._database.query(
            "SELECT item FROM dynamodb_items WHERE table_name = ?", table_name
        )
        for row in rows:
            yield json.loads(row["item"])


def _canonical(key: Attributes) -> str:
    return json.dumps(key, sort_keys=True)
