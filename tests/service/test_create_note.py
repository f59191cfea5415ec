"""Creating a note."""

import pytest

from tests.service.api import NotesApi
from tests.service.conftest import MovableTime


class CreateNoteTests:
    def test_it_takes_what_the_source_documents_application_sends(self, api: NotesApi) -> None:
        answer = api.call("POST", "/notes", body={"noteid": "note1", "note": "my first note"})
        assert answer.status == 201
        assert answer.json == {
            "message": "Note created",
            "noteid": "note1",
            "title": "",
            "tags": [],
            "pinned": False,
            "version": 1,
            "created_at": "2026-11-21T08:30:00.000001Z",
            "updated_at": "2026-11-21T08:30:00.000001Z",
            "deleted_at": None,
        }
        assert answer.headers["ETag"] == '"1"'

    def test_it_keeps_every_field(self, api: NotesApi) -> None:
        api.create(title="Shopping", note="- milk", tags=["home"], pinned=True)
        note = api.get().json
        assert (note["title"], note["note"]) == ("Shopping", "- milk")
        assert (note["tags"], note["pinned"]) == (["home"], True)

    def test_it_makes_tags_lower_case_trimmed_and_unique(self, api: NotesApi) -> None:
        tags = [" Work", "work", "To  do", "ÄRGER"]
        assert api.create(tags=tags).json["tags"] == ["work", "to do", "ärger"]

    def test_two_people_can_use_the_same_id(self, api: NotesApi) -> None:
        api.create(note="mine")
        assert api.as_person("somebody-else").create(note="theirs").status == 201
        assert api.get().json["note"] == "mine"


class RepeatedCreateTests:
    def test_it_gets_the_same_answer(self, api: NotesApi) -> None:
        first = api.create(title="A", tags=["b"])
        assert api.create(title="A", tags=["b"]) == first

    def test_it_gets_the_same_answer_when_tags_are_written_otherwise(self, api: NotesApi) -> None:
        first = api.create(tags=["b"])
        assert api.create(tags=[" B ", "b"]) == first

    def test_it_gets_the_same_answer_after_a_change(self, api: NotesApi) -> None:
        first = api.create()
        api.update(note="changed", pinned=True)
        assert api.create() == first

    def test_it_does_not_undo_that_change(self, api: NotesApi) -> None:
        api.create()
        api.update(note="changed")
        api.create()
        assert api.get().json["note"] == "changed"

    @pytest.mark.parametrize(
        "other", [{"note": "x"}, {"title": "x"}, {"tags": ["x"]}, {"pinned": True}]
    )
    def test_it_refuses_other_content_under_a_used_id(
        self, api: NotesApi, other: dict[str, object]
    ) -> None:
        api.create()
        answer = api.create(**other)
        assert (answer.status, answer.json["code"]) == (409, "NoteExists")
        assert answer.json["current"]["note"] == "my first note"
        assert api.get().json["version"] == 1

    def test_it_does_not_hide_that_the_note_is_in_the_trash(self, api: NotesApi) -> None:
        api.create()
        api.delete()
        answer = api.create()
        assert (answer.status, answer.json["code"]) == (409, "NoteExists")
        assert answer.json["current"]["deleted_at"]

    def test_an_id_is_free_again_when_the_time_in_the_trash_is_over(
        self, api: NotesApi, clock: MovableTime
    ) -> None:
        api.create()
        api.delete()
        clock.move(days=30, seconds=1)
        assert api.create(note="another").json["version"] == 1
        assert api.get().json["note"] == "another"
        assert api.list(view="trash").json["notes"] == []
