"""The largest note there can be, against DynamoDB's limits.

https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/CapacityUnitCalculations.html
"""

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from tests import backend_template
from tests.service.api import NotesApi
from tests.service.dynamodb_limits import PARTITION_BYTES

if TYPE_CHECKING:
    from types_boto3_dynamodb.service_resource import Table

ITEM_LIMIT = 400 * 1000  # 400 KB; the smaller reading of it
PAGE_LIMIT = 1_000_000


def size(value: Any) -> int:
    """An upper bound for what DynamoDB counts."""
    if isinstance(value, str):
        return len(value.encode())
    if isinstance(value, Mapping):
        return 3 + sum(len(name.encode()) + size(entry) + 1 for name, entry in value.items())
    if isinstance(value, list):
        return 3 + sum(size(entry) + 1 for entry in value)
    return 21  # a number, at most


def largest_item(api: NotesApi, table: "Table") -> dict[str, Any]:
    api.create(
        "x" * 64,
        title="\U0001f600" * 200,
        note="\U0001f600" * 75_000,
        tags=[f"{number:02}" + "\U0001f600" * 48 for number in range(20)],
        pinned=True,
    )
    assert api.delete("x" * 64).status == 200
    (item,) = table.scan()["Items"]
    return item


def index_entry(item: Mapping[str, Any]) -> dict[str, Any]:
    (index,) = backend_template.properties("NotesTable")["LocalSecondaryIndexes"]
    projected = {"userId", "noteId", "rank", *index["Projection"]["NonKeyAttributes"]}
    return {name: value for name, value in item.items() if name in projected}


class LargestNoteTests:
    def test_the_item_and_its_index_entry_fit_together(self, api: NotesApi, table: "Table") -> None:
        item = largest_item(api, table)
        assert size(item) + size(index_entry(item)) < ITEM_LIMIT

    def test_the_index_entry_holds_no_text(self, api: NotesApi, table: "Table") -> None:
        entry = index_entry(largest_item(api, table))
        assert "note" not in entry
        assert size(entry) < 8_000

    def test_the_longest_page_of_a_list_is_one_query(self, api: NotesApi, table: "Table") -> None:
        assert 101 * size(index_entry(largest_item(api, table))) < PAGE_LIMIT

    def test_texts_come_at_least_two_at_a_time(self, api: NotesApi, table: "Table") -> None:
        assert 2 * size(largest_item(api, table)) < PARTITION_BYTES

    def test_the_answer_is_far_from_what_a_function_may_return(self, api: NotesApi) -> None:
        api.create(note="\x01" * 300_000)
        assert len(api.get().json["note"]) == 300_000
