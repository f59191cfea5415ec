"""What operations read at the table does not depend on how many notes there are."""

from pathlib import Path

import pytest

from service.listing import BATCH
from tests.service.table_cost import (
    CONTENT,
    PAGE,
    MeasuredTable,
    deletion_costs,
    note_costs,
    page_costs,
    search_costs,
)


@pytest.fixture(scope="module")
def few(tmp_path_factory: pytest.TempPathFactory) -> MeasuredTable:
    return MeasuredTable(Path(tmp_path_factory.mktemp("few")), 10)


@pytest.fixture(scope="module")
def many(tmp_path_factory: pytest.TempPathFactory) -> MeasuredTable:
    return MeasuredTable(Path(tmp_path_factory.mktemp("many")), 1_000)


class TableCostTests:
    def test_a_page_of_ten_notes_costs_what_a_page_of_a_thousand_does(
        self, few: MeasuredTable, many: MeasuredTable
    ) -> None:
        assert page_costs(few) == page_costs(many)

    def test_a_page_looks_at_one_note_more_than_it_shows(self, many: MeasuredTable) -> None:
        first = page_costs(many)["first page"]
        assert (first.operation, first.items) == ("Query", PAGE + 1)
        # Summaries: the texts alone would be 2,000 bytes each.
        assert first.received < (PAGE + 1) * 1_000

    def test_an_operation_on_a_note_touches_that_item_alone(
        self, few: MeasuredTable, many: MeasuredTable
    ) -> None:
        costs = note_costs(many)
        for name, requests in costs.items():
            assert [cost.items for cost in requests] == [1], name
        assert [cost[0].operation for cost in costs.values()] == [
            "PutItem",
            "GetItem",
            "UpdateItem",
            "UpdateItem",
            "UpdateItem",
            "UpdateItem",
            "DeleteItem",
        ]
        assert costs == note_costs(few)

    def test_what_is_written_is_the_note_alone(self, many: MeasuredTable) -> None:
        (created,) = note_costs(many)["create"]
        assert len(CONTENT.note) < created.sent < len(CONTENT.note) + 1_000

    def test_a_search_looks_at_fifty_notes_and_reads_their_texts_if_it_has_to(
        self, many: MeasuredTable
    ) -> None:
        costs = search_costs(many)
        assert [(it.operation, it.items) for it in costs["tag"]] == [("Query", BATCH)]
        assert [(it.operation, it.items) for it in costs["words in the title"]] == [
            ("Query", BATCH)
        ]
        assert [(it.operation, it.items) for it in costs["words in the text"]] == [
            ("Query", BATCH),
            ("BatchGetItem", BATCH),
        ]

    def test_a_deletion_of_all_reads_keys_and_deletes_each_note_once(self, tmp_path: Path) -> None:
        query, *writes = deletion_costs(MeasuredTable(tmp_path, 60))
        assert (query.operation, query.items) == ("Query", 60)
        assert query.received < 60 * 100
        assert [(it.operation, it.items) for it in writes] == [
            ("BatchWriteItem", 25),
            ("BatchWriteItem", 25),
            ("BatchWriteItem", 10),
        ]
