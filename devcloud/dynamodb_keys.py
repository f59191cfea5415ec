"""Keys of items: those of a request must be the table's, and of the types that it declares."""

from collections.abc import Iterator, Mapping
from typing import Any, Protocol

from devcloud.dynamodb_table import SortedTable


class Tables(Protocol):
    """Where the tables are found by name."""

    def table(self, name: str) -> SortedTable | None: ...


def key_mistake(tables: Tables, payload: Mapping[str, Any]) -> str | None:
    """What is wrong with the keys and items in a request that fits the service model."""
    for name, request in _requests(payload):
        table = tables.table(name)
        if table is None:
            # moto has its words for it.
            continue
        key = request.get("Key")
        if key is not None and (
            set(key) != set(table.table_key_attrs) or type_mistake(table, _types(key))
        ):
            return "The provided key element does not match the schema"
        mistake = type_mistake(table, _types(request.get("Item", {})))
        if mistake is not None:
            return mistake
    return None


def type_mistake(table: SortedTable, types: Mapping[str, str]) -> str | None:
    """Which attribute has not the type that the table declares for a key or an index."""
    for declared in table.attr:
        name, expected = declared["AttributeName"], declared["AttributeType"]
        if types.get(name, expected) != expected:
            return (
                "One or more parameter values were invalid: Type mismatch for key"
                f" {name} expected: {expected} actual: {types[name]}"
            )
    return None


def _requests(payload: Mapping[str, Any]) -> Iterator[tuple[str, Mapping[str, Any]]]:
    """The single requests, with their tables' names, of which a batch consists."""
    if "RequestItems" not in payload:
        yield payload.get("TableName", ""), payload
        return
    for name, entries in payload["RequestItems"].items():
        if isinstance(entries, Mapping):
            yield from ((name, {"Key": key}) for key in entries["Keys"])
        else:
            yield from ((name, request) for entry in entries for request in entry.values())


def _types(attributes: Mapping[str, Mapping[str, Any]]) -> dict[str, str]:
    return {name: next(iter(value)) for name, value in attributes.items()}
