"""Taking a note out of the trash."""

from tests.service.api import NotesApi
from tests.service.conftest import MovableTime


class RestoreNoteTests:
    def test_it_brings_the_note_back(self, api: NotesApi) -> None:
        before = api.create(title="One", pinned=True).json
        api.delete()
        answer = api.restore()
        assert answer.status == 200
        assert (answer.json["deleted_at"], answer.json["version"]) == (None, 3)
        assert answer.json["updated_at"] == before["updated_at"]
        assert api.get().json == answer.json

    def test_it_puts_the_note_where_it_was(self, api: NotesApi) -> None:
        for noteid in ("a", "b", "c"):
            api.create(noteid)
        api.delete("b")
        api.restore("b")
        assert [note["noteid"] for note in api.list().json["notes"]] == ["c", "b", "a"]
        assert api.list(view="trash").json["notes"] == []

    def test_the_table_keeps_it_for_ever_again(self, api: NotesApi, clock: MovableTime) -> None:
        api.create()
        api.delete()
        api.restore()
        clock.move(days=400)
        assert api.get().status == 200

    def test_it_can_be_changed_and_deleted_again(self, api: NotesApi) -> None:
        api.create()
        api.delete()
        api.restore()
        assert api.update(if_match='"3"', note="x").json["version"] == 4
        assert api.delete().status == 200
        assert api.restore().json["note"] == "x"

    def test_a_note_in_use_stays_as_it_is(self, api: NotesApi) -> None:
        api.create()
        before = api.get()
        assert api.restore() == before

    def test_it_does_not_know_unknown_notes(self, api: NotesApi) -> None:
        answer = api.restore()
        assert (answer.status, answer.json["code"]) == (404, "NoteNotFound")

    def test_it_does_not_touch_the_trash_of_others(self, api: NotesApi) -> None:
        api.create()
        api.delete()
        assert api.as_person("somebody-else").restore().status == 404
        assert api.get().json["deleted_at"]

    def test_it_does_not_know_what_should_have_left_the_trash(
        self, api: NotesApi, clock: MovableTime
    ) -> None:
        api.create()
        api.delete()
        clock.move(days=31)
        assert api.restore().status == 404
