"""Deleting a note: to the trash, and out of it for good."""

import pytest

from tests.service.api import NotesApi
from tests.service.conftest import MovableTime


class DeleteNoteTests:
    def test_it_moves_the_note_to_the_trash(self, api: NotesApi) -> None:
        api.create()
        answer = api.delete()
        assert (answer.status, answer.json) == (200, {"message": "Note deleted"})
        note = api.get().json
        assert (note["deleted_at"], note["version"]) == ("2026-11-21T08:30:00.000002Z", 2)
        assert note["note"] == "my first note"

    def test_it_leaves_the_date_of_the_last_change(self, api: NotesApi) -> None:
        created = api.create().json
        api.delete()
        assert api.get().json["updated_at"] == created["updated_at"]

    def test_the_table_gives_the_item_up_after_30_days(self, api: NotesApi, table: object) -> None:
        api.create()
        api.delete()
        (item,) = table.scan()["Items"]
        assert item["expires_at"] == 1795249800 + 30 * 24 * 60 * 60

    def test_a_repetition_changes_nothing(self, api: NotesApi) -> None:
        api.create()
        api.delete()
        before = api.get()
        assert api.delete().status == 200
        assert api.delete(if_match='"1"').status == 200
        assert api.get() == before

    def test_it_does_not_know_unknown_notes(self, api: NotesApi) -> None:
        answer = api.delete()
        assert (answer.status, answer.json["code"]) == (404, "NoteNotFound")
        assert api.list(view="trash").json["notes"] == []

    def test_it_does_not_touch_the_notes_of_others(self, api: NotesApi) -> None:
        api.create()
        assert api.as_person("somebody-else").delete().status == 404
        assert api.get().json["deleted_at"] is None

    def test_it_can_be_bound_to_a_version(self, api: NotesApi) -> None:
        api.create()
        theirs = api.update().json
        answer = api.delete(if_match='"1"')
        assert (answer.status, answer.json["code"]) == (412, "NoteChanged")
        assert answer.json["current"] == theirs
        assert api.delete(if_match='"2"').status == 200

    def test_it_refuses_what_names_no_version(self, api: NotesApi) -> None:
        assert api.delete(if_match="*").status == 400
        assert api.delete(if_match="").status == 400


class DeleteForGoodTests:
    def test_it_takes_the_note_out_of_the_trash(self, api: NotesApi) -> None:
        api.create()
        api.delete()
        answer = api.delete(permanent="true")
        assert (answer.status, answer.json) == (200, {"message": "Note deleted"})
        assert api.get().status == 404
        assert api.create(note="another").status == 201

    def test_it_does_not_know_notes_in_use(self, api: NotesApi) -> None:
        api.create()
        assert api.delete(permanent="true").status == 404
        assert api.delete(permanent="true", if_match='"1"').status == 404
        assert api.get().status == 200

    def test_a_repetition_finds_it_done(self, api: NotesApi) -> None:
        api.create()
        api.delete()
        api.delete(permanent="true", if_match='"2"')
        assert api.delete(permanent="true", if_match='"2"').status == 200
        assert api.delete(permanent="true").status == 200

    def test_it_does_not_touch_the_trash_of_others(self, api: NotesApi) -> None:
        api.create()
        api.delete()
        assert api.as_person("somebody-else").delete(permanent="true").status == 200
        assert api.get().status == 200

    def test_it_can_be_bound_to_a_version(self, api: NotesApi) -> None:
        api.create()
        api.delete()
        answer = api.delete(permanent="true", if_match='"1"')
        assert (answer.status, answer.json["current"]["version"]) == (412, 2)
        assert api.delete(permanent="true", if_match='"2"').status == 200

    def test_what_should_have_left_the_trash_has_left_it(
        self, api: NotesApi, clock: MovableTime
    ) -> None:
        api.create()
        api.delete()
        clock.move(days=31)
        assert api.delete().status == 404
        assert api.delete(permanent="true").status == 200

    def test_false_means_the_trash(self, api: NotesApi) -> None:
        api.create()
        assert api.delete(permanent="false").status == 200
        assert api.restore().status == 200

    @pytest.mark.parametrize("value", ["", "1", "yes", "TRUE", "true "])
    def test_it_refuses_other_words(self, api: NotesApi, value: str) -> None:
        api.create()
        answer = api.delete(permanent=value)
        assert (answer.status, set(answer.json["fields"])) == (400, {"permanent"})
        assert api.get().json["deleted_at"] is None
