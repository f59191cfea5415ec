"""How many requests an operation costs, and what each of them says."""

from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING, Any

import pytest

from tests.service.api import Answer, NotesApi

if TYPE_CHECKING:
    from types_boto3_dynamodb.service_resource import Table

READS = {"GetItem", "Query", "BatchGetItem"}
# Writes of one note. BatchWriteItem, which deletes all of them whatever they are, is apart.
WRITES = {"PutItem", "UpdateItem", "DeleteItem"}


@pytest.fixture
def requests(table: "Table") -> Iterator[list[tuple[str, dict[str, Any]]]]:
    """Every request to DynamoDB as (operation, parameters)."""
    seen: list[tuple[str, dict[str, Any]]] = []

    def see(params: dict[str, Any], model: Any, **_: Any) -> None:
        seen.append((model.name, params))

    events = table.meta.client.meta.events
    events.register_first("provide-client-params.dynamodb", see)
    try:
        yield seen
    finally:
        events.unregister("provide-client-params.dynamodb", see)


Requests = list[tuple[str, dict[str, Any]]]


class CostTests:
    @pytest.mark.parametrize(
        ("call", "expected"),
        [
            (lambda api: api.greet(), []),
            (lambda api: api.list(), ["Query"]),
            (lambda api: api.list(tag="a"), ["Query"]),
            (lambda api: api.list(q="only in a text"), ["Query", "BatchGetItem"]),
            (lambda api: api.list(q="Title"), ["Query"]),
            (lambda api: api.create("other"), ["PutItem"]),
            (lambda api: api.create(), ["PutItem"]),
            (lambda api: api.get(), ["GetItem"]),
            (lambda api: api.update(), ["UpdateItem"]),
            (lambda api: api.update(if_match='"9"'), ["UpdateItem"]),
            (lambda api: api.delete(), ["UpdateItem"]),
            (lambda api: api.delete(permanent="true"), ["DeleteItem"]),
            (lambda api: api.restore(), ["UpdateItem"]),
            (lambda api: api.delete_all(), ["Query", "BatchWriteItem"]),
        ],
    )
    def test_it_is_one_request_for_each_operation(
        self,
        api: NotesApi,
        requests: Requests,
        call: Callable[[NotesApi], Answer],
        expected: list[str],
    ) -> None:
        api.create(title="Title", tags=["a"])
        requests.clear()
        call(api)
        assert [operation for operation, _ in requests] == expected

    @pytest.mark.parametrize("count", [1, 20, 21, 60])
    def test_a_page_of_a_list_is_one_short_query_however_many_notes_there_are(
        self, api: NotesApi, requests: Requests, count: int
    ) -> None:
        for number in range(count):
            api.create(f"n{number}")
        requests.clear()
        assert len(api.list().json["notes"]) == min(count, 20)
        ((operation, parameters),) = requests
        assert (operation, parameters["Limit"]) == ("Query", 21)

    def test_a_refused_request_costs_nothing(self, api: NotesApi, requests: Requests) -> None:
        api.create(title=1)
        api.update(if_match=None)
        api.get("not an id")
        api.list(limit="x")
        api.list(cursor="x")
        api.as_person("").get()
        api.delete_all(confirm="")
        assert requests == []

    def test_a_search_reads_only_texts_that_could_still_be_found(
        self, api: NotesApi, requests: Requests
    ) -> None:
        api.create("in-title", title="needle")
        api.create("in-tag", tags=["needle"])
        api.create("in-text", note="needle")
        requests.clear()
        assert len(api.list(q="needle").json["notes"]) == 3
        keys = requests[-1][1]["RequestItems"]["Notes"]["Keys"]
        assert [key["noteId"] for key in keys] == ["in-text"]


def every_request(api: NotesApi, requests: Requests) -> Requests:
    """A note's life with everything that can be asked for in it."""
    requests.clear()
    api.create()
    api.create(note="other")
    api.get()
    api.update()
    api.update(note="x")
    api.list()
    api.list(q="second", view="active")
    api.delete(if_match='"2"')
    api.list(view="trash")
    api.restore()
    api.delete()
    api.delete(permanent="true", if_match='"5"')
    api.create()
    api.delete_all()
    return list(requests)


class EveryRequestTests:
    def test_these_are_all_the_operations_it_uses(self, api: NotesApi, requests: Requests) -> None:
        operations = {operation for operation, _ in every_request(api, requests)}
        assert operations == READS | WRITES | {"BatchWriteItem"}

    def test_reads_are_consistent(self, api: NotesApi, requests: Requests) -> None:
        for operation, parameters in every_request(api, requests):
            if operation == "BatchGetItem":
                parameters = parameters["RequestItems"]["Notes"]
            if operation in READS:
                assert parameters["ConsistentRead"] is True

    def test_writes_have_a_condition(self, api: NotesApi, requests: Requests) -> None:
        for operation, parameters in every_request(api, requests):
            if operation in WRITES:
                assert parameters["ConditionExpression"]
                assert parameters["ReturnValuesOnConditionCheckFailure"] == "ALL_OLD"

    def test_it_is_about_the_caller_alone(self, api: NotesApi, requests: Requests) -> None:
        for operation, parameters in every_request(api, requests):
            match operation:
                case "Query":
                    assert owner_in(parameters["KeyConditionExpression"]) == api.owner
                case "BatchGetItem":
                    keys = parameters["RequestItems"]["Notes"]["Keys"]
                    assert {key["userId"] for key in keys} == {api.owner}
                case "BatchWriteItem":
                    for request in parameters["RequestItems"]["Notes"]:
                        assert request["DeleteRequest"]["Key"]["userId"] == api.owner
                case "PutItem":
                    assert parameters["Item"]["userId"] == api.owner
                case _:
                    assert parameters["Key"]["userId"] == api.owner


def owner_in(condition: Any) -> Any:
    """The value of userId, which a query has alone or beside one on the rank."""
    first, second = condition.get_expression()["values"]
    return second if isinstance(second, str) else owner_in(first)
