"""Getting one note."""

from tests.service.api import NotesApi
from tests.service.conftest import MovableTime


class GetNoteTests:
    def test_it_gives_the_whole_note(self, api: NotesApi) -> None:
        created = api.create(title="One").json
        answer = api.get()
        assert answer.status == 200
        del created["message"]
        assert answer.json == {**created, "note": "my first note"}
        assert answer.headers["ETag"] == '"1"'

    def test_it_does_not_know_unknown_ids(self, api: NotesApi) -> None:
        answer = api.get()
        assert (answer.status, answer.json["code"]) == (404, "NoteNotFound")
        assert answer.json["message"] == "Note not found"

    def test_it_answers_for_a_stranger_as_for_an_unknown_id(self, api: NotesApi) -> None:
        api.create()
        stranger = api.as_person("somebody-else")
        assert stranger.get("note1") == stranger.get("note2")

    def test_it_gives_what_is_in_the_trash(self, api: NotesApi) -> None:
        api.create()
        api.delete()
        assert api.get().json["deleted_at"] == "2026-11-21T08:30:00.000002Z"

    def test_it_does_not_give_what_should_have_left_the_trash(
        self, api: NotesApi, clock: MovableTime
    ) -> None:
        api.create()
        api.delete()
        clock.move(days=30, seconds=-1)
        assert api.get().status == 200
        clock.move(seconds=2)
        assert api.get().status == 404
