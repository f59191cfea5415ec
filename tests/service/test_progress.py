"""Where DynamoDB stops a request that does much, what has been done is not in vain."""

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import pytest
from botocore.awsrequest import AWSRequest
from botocore.exceptions import ReadTimeoutError

from service import deletion, listing
from tests.service.api import NotesApi
from tests.service.dynamodb_faults import broken, dynamodb, refusal

if TYPE_CHECKING:
    from types_boto3_dynamodb.service_resource import Table

pytestmark = pytest.mark.usefixtures("no_pauses")


def refused_from(number: int, fault: Callable[[AWSRequest], Any]) -> Callable[[AWSRequest], Any]:
    """That fault for the request of that number and all after it."""
    asked = iter(range(1, 1000))
    return lambda request: fault(request) if next(asked) >= number else None


FAULTS = {
    "throttled": refusal("ThrottlingException"),
    "not reached": broken(ReadTimeoutError),
}


@pytest.mark.parametrize("fault", FAULTS.values(), ids=FAULTS)
class ProgressTests:
    @pytest.mark.parametrize("stopped_at", [3, 4])  # at the index, at the texts
    def test_a_search_goes_on_from_where_it_was_stopped(
        self,
        api: NotesApi,
        fresh_table: "Table",
        monkeypatch: pytest.MonkeyPatch,
        fault: Callable[[AWSRequest], Any],
        stopped_at: int,
    ) -> None:
        monkeypatch.setattr(listing, "BATCH", 2)
        for number in range(5):
            api.create(f"n{number}")
        with dynamodb(fresh_table, refused_from(stopped_at, fault)):
            stopped = api.list(q="first").json
        assert [note["noteid"] for note in stopped["notes"]] == ["n4", "n3"]
        rest = api.list(q="first", cursor=stopped["cursor"]).json
        assert [note["noteid"] for note in rest["notes"]] == ["n2", "n1", "n0"]
        assert rest["cursor"] is None

    def test_a_deletion_of_all_says_what_it_did(
        self,
        api: NotesApi,
        fresh_table: "Table",
        monkeypatch: pytest.MonkeyPatch,
        fault: Callable[[AWSRequest], Any],
    ) -> None:
        monkeypatch.setattr(deletion, "BATCH", 2)
        for number in range(5):
            api.create(f"n{number}")
        with dynamodb(fresh_table, refused_from(3, fault)):
            stopped = api.delete_all().json
        assert (stopped["deleted"], stopped["remaining"]) == (2, True)
        assert api.delete_all().json["remaining"] is False
        assert api.list().json["notes"] == []


class SearchFaultTests:
    def test_texts_that_dynamodb_left_out_are_asked_for_again(
        self, api: NotesApi, table: "Table", monkeypatch: pytest.MonkeyPatch
    ) -> None:
        for noteid in ("a", "b", "c"):
            api.create(noteid)
        _answer_one_key_at_a_time(table, monkeypatch)
        assert len(api.list(q="first").json["notes"]) == 3

    def test_each_try_that_brings_something_is_progress(
        self, api: NotesApi, table: "Table", monkeypatch: pytest.MonkeyPatch
    ) -> None:
        waited: list[float] = []
        monkeypatch.setattr("service.listing.time.sleep", waited.append)
        for number in range(10):
            api.create(f"n{number}")
        _answer_one_key_at_a_time(table, monkeypatch)
        assert len(api.list(q="first").json["notes"]) == 10
        assert waited == []

    def test_it_gives_up_after_tries_that_bring_nothing_longer_and_longer_apart(
        self, api: NotesApi, table: "Table", monkeypatch: pytest.MonkeyPatch
    ) -> None:
        waited: list[float] = []
        monkeypatch.setattr("service.listing.time.sleep", waited.append)
        api.create()
        nothing = {"Responses": {"Notes": []}}
        monkeypatch.setattr(
            table.meta.client,
            "batch_get_item",
            lambda RequestItems: {**nothing, "UnprocessedKeys": RequestItems},
        )
        assert api.list(q="first").json["code"] == "Throttled"
        assert waited == list(listing.PAUSES) == sorted(set(listing.PAUSES))

    def test_a_note_deleted_between_the_two_reads_is_not_found(
        self, api: NotesApi, table: "Table", monkeypatch: pytest.MonkeyPatch
    ) -> None:
        api.create("a")
        api.create("b")
        read = table.meta.client.batch_get_item

        def after_deleting(**arguments: Any) -> Any:
            table.delete_item(Key={"userId": api.owner, "noteId": "a"})
            return read(**arguments)

        monkeypatch.setattr(table.meta.client, "batch_get_item", after_deleting)
        assert [note["noteid"] for note in api.list(q="first").json["notes"]] == ["b"]


def _answer_one_key_at_a_time(table: "Table", monkeypatch: pytest.MonkeyPatch) -> None:
    read = table.meta.client.batch_get_item

    def one_key(RequestItems: Any) -> Any:
        wanted = RequestItems["Notes"]
        first, *others = wanted["Keys"]
        answer = read(RequestItems={"Notes": {**wanted, "Keys": [first]}})
        left = {"Notes": {**wanted, "Keys": others}} if others else {}
        return {**answer, "UnprocessedKeys": left}

    monkeypatch.setattr(table.meta.client, "batch_get_item", one_key)
