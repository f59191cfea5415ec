"""Where DynamoDB stops a request that does much, what has been done is not in vain."""

from itertools import count
from typing import TYPE_CHECKING, Any

import pytest
from botocore.exceptions import ReadTimeoutError

from service import deletion, listing
from tests.service.api import NotesApi
from tests.service.dynamodb_faults import (
    Fault,
    broken,
    contents,
    done,
    dynamodb,
    from_request,
    refusal,
)

if TYPE_CHECKING:
    from types_boto3_dynamodb.service_resource import Table

pytestmark = pytest.mark.usefixtures("no_pauses")


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
        fault: Fault,
        stopped_at: int,
    ) -> None:
        monkeypatch.setattr(listing, "BATCH", 2)
        for number in range(5):
            api.create(f"n{number}")
        with dynamodb(from_request(stopped_at, fault)):
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
        fault: Fault,
    ) -> None:
        monkeypatch.setattr(deletion, "BATCH", 2)
        for number in range(5):
            api.create(f"n{number}")
        with dynamodb(from_request(3, fault)):
            stopped = api.delete_all().json
        assert (stopped["deleted"], stopped["remaining"]) == (2, True)
        assert len(contents(fresh_table)) == 3
        assert api.delete_all().json["remaining"] is False
        assert api.list().json["notes"] == []

    @pytest.mark.parametrize("q", ["", "first"])
    def test_a_page_that_brings_nothing_is_an_error_however_far_the_list_has_come(
        self, api: NotesApi, fresh_table: object, fault: Fault, q: str
    ) -> None:
        """A page with the cursor that it was asked with would have the reader ask for ever."""
        for number in range(4):
            api.create(f"n{number}")
        cursor = api.list(q=q, limit="2").json["cursor"]
        with dynamodb(fault):
            answer = api.list(q=q, limit="2", cursor=cursor)
        assert answer.status in (429, 503)
        rest = api.list(q=q, limit="2", cursor=cursor).json
        assert [note["noteid"] for note in rest["notes"]] == ["n1", "n0"]


class DoneAllTheSameTests:
    def test_a_deletion_of_all_counts_what_it_knows_of(
        self, api: NotesApi, fresh_table: "Table", monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(deletion, "BATCH", 2)
        for number in range(5):
            api.create(f"n{number}")
        with dynamodb(from_request(3, done(broken(ReadTimeoutError)))):
            stopped = api.delete_all().json
        assert (stopped["deleted"], stopped["remaining"]) == (2, True)
        assert len(contents(fresh_table)) == 1
        rest = api.delete_all().json
        assert (rest["deleted"], rest["remaining"]) == (1, False)


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

    def test_after_a_try_that_brings_something_it_is_as_patient_as_before(
        self, api: NotesApi, table: "Table", monkeypatch: pytest.MonkeyPatch
    ) -> None:
        waited: list[float] = []
        monkeypatch.setattr("service.listing.time.sleep", waited.append)
        for noteid in ("a", "b", "c"):
            api.create(noteid)
        _answer_one_key_at_a_time(table, monkeypatch, tries_in_vain=len(listing.PAUSES))
        assert len(api.list(q="first").json["notes"]) == 3
        assert waited == list(listing.PAUSES) * 3

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


def _answer_one_key_at_a_time(
    table: "Table", monkeypatch: pytest.MonkeyPatch, tries_in_vain: int = 0
) -> None:
    """Before each of them come so many answers without any."""
    read = table.meta.client.batch_get_item
    asked = count()

    def one_key(RequestItems: Any) -> Any:
        if next(asked) % (tries_in_vain + 1) < tries_in_vain:
            return {"Responses": {"Notes": []}, "UnprocessedKeys": RequestItems}
        wanted = RequestItems["Notes"]
        first, *others = wanted["Keys"]
        answer = read(RequestItems={"Notes": {**wanted, "Keys": [first]}})
        left = {"Notes": {**wanted, "Keys": others}} if others else {}
        return {**answer, "UnprocessedKeys": left}

    monkeypatch.setattr(table.meta.client, "batch_get_item", one_key)
