"""A table of moto's engine whose queries cost the same in small and in large partitions.

moto sorts the whole table anew for each Query, counts a page's limit after the key condition
instead of before the filter, and does not fetch what a local secondary index leaves out. This
table keeps each partition's order until the partition is written to, and answers as DynamoDB
documents: https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/Query.html
"""

import re
from bisect import bisect_left, bisect_right
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from moto.dynamodb.exceptions import MockValidationException
from moto.dynamodb.models.dynamo_type import DynamoType, Item
from moto.dynamodb.models.table import LocalSecondaryIndex, SecondaryIndex, Table

from devcloud.errors import TemplateError
from devcloud.resources import ACCOUNT_ID, REGION, Resource

# A page ends before it would hold more than this, whatever its Limit.
_PAGE_BYTES = 1_048_576
_TABLE_NAME = re.compile(r"[A-Za-z0-9_.-]{3,255}")

SortKey = tuple[Any, ...]


@dataclass(frozen=True)
class _Order:
    """The items of one partition, in the order of the table or of one of its indexes."""

    keys: Sequence[SortKey]
    items: Sequence[Item]


class SortedTable(Table):
    """moto's table with its own Query."""

    def __init__(self, *arguments: Any, **settings: Any) -> None:
        super().__init__(*arguments, **settings)
        self._orders: dict[tuple[DynamoType, str | None], _Order] = {}
        # The Select of the query under way: moto's handler checks it but does not hand it on.
        # Whoever dispatches to the handler sets it, one request at a time.
        self.select: str | None = None

    def forget_order(self, hash_key: DynamoType) -> None:
        """Must follow every write to a partition, before its next query."""
        for known in [known for known in self._orders if known[0] == hash_key]:
            del self._orders[known]

    def restore(self, attributes: dict[str, Any]) -> None:
        """Have an item again that was in the table before, as its JSON has it.

        moto measures an item anew for each attribute that it gets, which takes most of the time
        that a large table needs; this one was measured when it was written.
        """
        range_key = None if self.range_key_attr is None else attributes[self.range_key_attr]
        item = Item(
            DynamoType(attributes[self.hash_key_attr]),
            None if range_key is None else DynamoType(range_key),
            {},
        )
        dict.update(item.attrs, {name: DynamoType(value) for name, value in attributes.items()})
        self.hold(item)

    def hold(self, item: Item) -> None:
        """Have this very item, whatever was there under its key."""
        if item.range_key is None:
            self.items[item.hash_key] = item  # type: ignore[assignment]  # moto's two shapes
        else:
            self.items[item.hash_key][item.range_key] = item

    def query(
        self,
        hash_key: DynamoType | None,
        range_comparison: str | None,
        range_objs: list[DynamoType],
        limit: int,
        exclusive_start_key: dict[str, Any],
        scan_index_forward: bool,
        projection_expressions: list[list[str]] | None,
        index_name: str | None = None,
        consistent_read: bool = False,
        filter_expression: Any = None,
        hash_key_conditions: list[tuple[str, DynamoType]] | None = None,
        range_key_conditions: list[tuple[str, str, list[DynamoType]]] | None = None,
        **filter_kwargs: Any,
    ) -> tuple[list[Item], int, dict[str, Any] | None]:
        """A page of the partition: its items, how many were read, and where the next one starts."""
        index = None if index_name is None else self.get_index(index_name, error_if_not=True)
        if filter_kwargs or hash_key is None or index in self.global_indexes:
            raise MockValidationException(
                "devcloud answers queries by KeyConditionExpression on tables and local indexes."
            )
        attributes = self._sort_attributes(index)
        order = self._order(hash_key, index, attributes)
        values = [value.cast_value for value in range_objs]
        first, last = _bounds(order.keys, range_comparison, values)
        if exclusive_start_key is not None:
            start = _start_key(exclusive_start_key, attributes)
            if scan_index_forward:
                first = max(first, bisect_right(order.keys, start))
            else:
                last = min(last, bisect_left(order.keys, start))
        candidates = order.items[first : max(first, last)]
        is_whole = self.select == "ALL_ATTRIBUTES" or bool(projection_expressions)
        projected = None if is_whole or index is None else _projected_attributes(index)
        read, is_cut = _page(
            candidates if scan_index_forward else candidates[::-1], projected, limit
        )
        found = read
        if filter_expression is not None:
            found = [item for item in found if filter_expression.expr(item)]
        if projection_expressions:
            found = [item.project(projection_expressions) for item in found]
        next_key = self._get_last_evaluated_key(read[-1], index_name) if is_cut else None
        return found, len(read), next_key

    def _sort_attributes(self, index: SecondaryIndex | None) -> list[str]:
        schema = self.schema if index is None else [*index.schema, *self.schema]
        return [key["AttributeName"] for key in schema if key["KeyType"] == "RANGE"]

    def _order(
        self, hash_key: DynamoType, index: SecondaryIndex | None, attributes: list[str]
    ) -> _Order:
        known = (hash_key, None if index is None else index.name)
        if known not in self._orders:
            partition: dict[DynamoType, Item] = self.items.get(hash_key, {})
            entries = [
                (tuple(item.attrs[name].cast_value for name in attributes), item)
                for item in partition.values()
                # An index holds only the items that have its key.
                if all(name in item.attrs for name in attributes)
            ]
            entries.sort(key=lambda entry: entry[0])
            self._orders[known] = _Order([key for key, _ in entries], [item for _, item in entries])
        return self._orders[known]


def sorted_table(resource: Resource) -> SortedTable:
    """The table that an AWS::DynamoDB::Table describes."""
    properties = resource.properties
    place = f"Resources.{resource.logical_id}.Properties"
    for name in ("KeySchema", "AttributeDefinitions"):
        if name not in properties:
            raise TemplateError(f"{place}.{name}", "a table needs it.")
    if "GlobalSecondaryIndexes" in properties:
        raise TemplateError(
            f"{place}.GlobalSecondaryIndexes", "devcloud does not imitate global indexes."
        )
    if not _TABLE_NAME.fullmatch(resource.physical_id):
        raise TemplateError(
            f"{place}.TableName", "a name has 3 to 255 letters, digits, dots, hyphens, underscores."
        )
    table = SortedTable(  # type: ignore[abstract]  # what moto's CloudFormation would need
        resource.physical_id,
        account_id=ACCOUNT_ID,
        region=REGION,
        schema=properties["KeySchema"],
        attr=properties["AttributeDefinitions"],
        indexes=properties.get("LocalSecondaryIndexes"),
        billing_mode=properties.get("BillingMode"),
        throughput=properties.get("ProvisionedThroughput"),
        deletion_protection_enabled=properties.get("DeletionProtectionEnabled", False),
    )
    time_to_live = properties.get("TimeToLiveSpecification", {})
    if time_to_live.get("Enabled"):
        table.ttl = {
            "TimeToLiveStatus": "ENABLED",
            "AttributeName": time_to_live["AttributeName"],
        }
    return table


def _bounds(keys: Sequence[SortKey], comparison: str | None, values: list[Any]) -> tuple[int, int]:
    """The positions between which a sort key condition holds."""

    def left(value: Any) -> int:
        return bisect_left(keys, value, key=lambda key: key[0])

    def right(value: Any) -> int:
        return bisect_right(keys, value, key=lambda key: key[0])

    match (comparison or "").upper():
        case "":
            return 0, len(keys)
        case "=":
            return left(values[0]), right(values[0])
        case "<":
            return 0, left(values[0])
        case "<=":
            return 0, right(values[0])
        case ">":
            return right(values[0]), len(keys)
        case ">=":
            return left(values[0]), len(keys)
        case "BETWEEN":
            return left(values[0]), right(values[1])
        case "BEGINS_WITH":
            prefix = values[0]
            size = len(prefix)
            return left(prefix), bisect_right(keys, prefix, key=lambda key: key[0][:size])
        case _:
            raise MockValidationException("Invalid operator used in KeyConditionExpression")


def _start_key(exclusive_start_key: dict[str, Any], attributes: list[str]) -> SortKey:
    try:
        return tuple(DynamoType(exclusive_start_key[name]).cast_value for name in attributes)
    except KeyError:
        raise MockValidationException("The provided starting key is invalid") from None


def _projected_attributes(index: SecondaryIndex) -> frozenset[str] | None:
    """What a local index holds of an item; None when that is everything."""
    assert isinstance(index, LocalSecondaryIndex)
    if index.projection["ProjectionType"] == "ALL":
        return None
    return frozenset(
        [*index.table_key_attrs, *index.schema_key_attrs]
        + index.projection.get("NonKeyAttributes", [])
    )


def _page(
    candidates: Sequence[Item], projected: frozenset[str] | None, limit: int | None
) -> tuple[list[Item], bool]:
    """What one request reads, and whether it stopped at a limit rather than at the end.

    As on AWS a page that is exactly full says that there may be more.
    """
    read: list[Item] = []
    size = 0
    for candidate in candidates:
        item = candidate if projected is None else _project(candidate, projected)
        size += item.size()
        if read and size > _PAGE_BYTES:
            return read, True
        read.append(item)
        if len(read) == limit:
            return read, True
    return read, False


def _project(item: Item, names: frozenset[str]) -> Item:
    projected = Item(item.hash_key, item.range_key, {})
    projected.attrs.update({name: item.attrs[name] for name in item.attrs if name in names})
    return projected
