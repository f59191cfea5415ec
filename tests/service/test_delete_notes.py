"""DELETE /notes: all of one's notes, in steps."""

from typing import TYPE_CHECKING, Any

import pytest

from service import deletion
from tests.service.api import NotesApi
from tests.service.conftest import SlowTime

if TYPE_CHECKING:
    from types_boto3_dynamodb.service_resource import Table


def fill(api: NotesApi, count: int) -> None:
    for number in range(count):
        api.create(f"n{number}")


class DeleteNotesTests:
    def test_it_deletes_what_is_in_use_and_what_is_in_the_trash(self, api: NotesApi) -> None:
        fill(api, 3)
        api.delete("n1")
        answer = api.delete_all()
        assert answer.status == 200
        assert answer.json == {"message": "Notes deleted", "deleted": 3, "remaining": False}
        assert api.list().json["notes"] == api.list(view="trash").json["notes"] == []
        assert api.get("n0").status == 404

    def test_a_repetition_finds_nothing_and_is_fine(self, api: NotesApi) -> None:
        fill(api, 1)
        api.delete_all()
        assert api.delete_all().json["deleted"] == 0

    def test_it_does_not_touch_the_notes_of_others(self, api: NotesApi) -> None:
        other = api.as_person("somebody-else")
        other.create()
        fill(api, 2)
        assert api.delete_all().json["deleted"] == 2
        assert other.get().status == 200

    def test_an_id_is_free_again(self, api: NotesApi) -> None:
        api.create(note="first")
        api.delete_all()
        assert api.create(note="second").status == 201

    @pytest.mark.parametrize("confirm", ["", "ALL", "true", "note1"])
    def test_it_wants_to_be_told_that_all_are_meant(self, api: NotesApi, confirm: str) -> None:
        api.create()
        answer = api.delete_all(confirm)
        assert (answer.status, answer.json["fields"]) == (400, {"confirm": "must be all"})
        assert api.call("DELETE", "/notes").status == 400
        assert api.get().status == 200


class StepTests:
    @pytest.fixture(autouse=True)
    def _small_steps(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(deletion, "BATCH", 3)
        monkeypatch.setattr(deletion, "NOTES_PER_ROUND", 6)
        monkeypatch.setattr(deletion, "ROUNDS_PER_REQUEST", 2)

    @pytest.mark.parametrize("count", [0, 1, 5, 6, 11])
    def test_few_notes_are_one_step(self, api: NotesApi, count: int) -> None:
        fill(api, count)
        answer = api.delete_all().json
        assert (answer["deleted"], answer["remaining"]) == (count, False)

    def test_many_notes_are_several_steps(self, api: NotesApi) -> None:
        fill(api, 30)
        answers = [api.delete_all().json]
        while answers[-1]["remaining"]:
            answers.append(api.delete_all().json)
        assert [answer["deleted"] for answer in answers[:2]] == [12, 12]
        assert sum(answer["deleted"] for answer in answers) == 30
        assert api.list().json["notes"] == []

    def test_a_step_ends_after_its_time(self, api: NotesApi, slow: SlowTime) -> None:
        fill(api, 8)
        slow.each = 0.9
        answer = api.delete_all().json
        assert (answer["deleted"], answer["remaining"]) == (6, True)

    def test_out_of_time_before_anything_is_deleted_it_says_so(
        self, api: NotesApi, slow: SlowTime
    ) -> None:
        fill(api, 1)
        slow.each = 2.1
        assert api.delete_all().json["code"] == "TableUnavailable"


class LeftUndoneTests:
    """DynamoDB may do a part of a batch and name the rest."""

    @pytest.fixture
    def refused(self, table: "Table", monkeypatch: pytest.MonkeyPatch) -> list[int]:
        """How many of each batch are left undone, one entry a batch."""
        plan: list[int] = []
        write = table.meta.client.batch_write_item

        def some(RequestItems: dict[str, list[Any]]) -> Any:
            left = plan.pop(0) if plan else 0
            done = RequestItems["Notes"][left:]
            if done:
                write(RequestItems={"Notes": done})
            return {"UnprocessedItems": {"Notes": RequestItems["Notes"][:left]} if left else {}}

        monkeypatch.setattr(table.meta.client, "batch_write_item", some)
        return plan

    def test_what_was_left_is_for_the_next_request(self, api: NotesApi, refused: list[int]) -> None:
        fill(api, 5)
        refused.append(2)
        answer = api.delete_all().json
        assert (answer["deleted"], answer["remaining"]) == (3, True)
        answer = api.delete_all().json
        assert (answer["deleted"], answer["remaining"]) == (2, False)

    def test_when_all_was_left_it_is_throttled(self, api: NotesApi, refused: list[int]) -> None:
        fill(api, 2)
        refused.append(2)
        answer = api.delete_all()
        assert (answer.status, answer.json["code"]) == (429, "Throttled")
        assert api.list().json["notes"] != []
