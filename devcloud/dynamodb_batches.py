"""How much of one partition a BatchGetItem answers, which moto does not limit."""

import json
from collections.abc import Mapping
from typing import Any

from moto.dynamodb.models.dynamo_type import DynamoType

from devcloud.dynamodb_table import SortedTable

# "More than 1MB per partition is requested" ends in UnprocessedKeys; the items count whole,
# whatever the projection takes of them.
# https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/API_BatchGetItem.html
PARTITION_BYTES = 1_000_000


def divided(
    tables: Mapping[str, Any], wanted: Mapping[str, Any]
) -> tuple[dict[str, Any], dict[str, Any]]:
    """``RequestItems`` in two: what is answered, and what is left for UnprocessedKeys."""
    answered: dict[str, Any] = {}
    left: dict[str, Any] = {}
    for name, entry in wanted.items():
        room: dict[str, int] = {}
        sides: tuple[list[Any], list[Any]] = ([], [])
        for key in entry["Keys"]:
            sides[_takes_too_much(tables.get(name), key, room)].append(key)
        answered[name] = {**entry, "Keys": sides[0]}
        if sides[1]:
            left[name] = {**entry, "Keys": sides[1]}
    return answered, left


def _takes_too_much(table: object, key: Mapping[str, Any], room: dict[str, int]) -> bool:
    if not isinstance(table, SortedTable) or set(key) != set(table.table_key_attrs):
        # moto has its words for these.
        return False
    hash_key = DynamoType(key[table.hash_key_attr])
    range_name = table.range_key_attr
    item = table.get_item(hash_key, DynamoType(key[range_name]) if range_name else None)
    partition = json.dumps(hash_key.to_json())
    room[partition] = room.get(partition, PARTITION_BYTES) - (item.size() if item else 0)
    return room[partition] < 0
