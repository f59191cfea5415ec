"""Changing a note."""

import pytest

from tests.service.api import NotesApi
from tests.service.conftest import MovableTime


class UpdateNoteTests:
    def test_it_replaces_the_content(self, api: NotesApi) -> None:
        api.create(title="old", tags=["old"], pinned=True)
        answer = api.update(title="new", note="text", tags=["A"], pinned=False)
        assert answer.status == 200
        assert answer.json["title"] == "new"
        assert answer.json["note"] == "text"
        assert answer.json["tags"] == ["a"]
        assert answer.json["pinned"] is False
        assert api.get().json == answer.json

    def test_it_counts_versions_and_keeps_the_date_of_creation(self, api: NotesApi) -> None:
        created = api.create().json
        answer = api.update()
        assert (answer.json["version"], answer.headers["ETag"]) == (2, '"2"')
        assert answer.json["created_at"] == created["created_at"]
        assert answer.json["updated_at"] > created["updated_at"]

    def test_it_does_not_make_notes(self, api: NotesApi) -> None:
        assert api.update().status == 404
        assert api.get().status == 404

    def test_it_does_not_touch_the_notes_of_others(self, api: NotesApi) -> None:
        api.create()
        assert api.as_person("somebody-else").update().status == 404
        assert api.get().json["version"] == 1

    def test_it_reads_the_header_in_any_case(self, api: NotesApi) -> None:
        api.create()
        body = {"title": "", "note": "x", "tags": [], "pinned": False}
        headers = {"if-match": ' "1" '}
        answer = api.call("PUT", "/notes/{noteid}", noteid="note1", body=body, headers=headers)
        assert answer.status == 200


class PreconditionTests:
    def test_it_asks_for_the_version(self, api: NotesApi) -> None:
        api.create()
        answer = api.update(if_match=None)
        assert (answer.status, answer.json["code"]) == (428, "PreconditionRequired")
        assert api.get().json["version"] == 1

    @pytest.mark.parametrize(
        "if_match",
        [
            "",
            "1",
            "*",
            'W/"1"',
            '"1", "2"',
            '"0"',
            '"-1"',
            '"1.0"',
            '"a"',
            '""',
            '"\u0661"',
            '"1"x',
        ],
    )
    def test_it_refuses_what_names_no_single_version(self, api: NotesApi, if_match: str) -> None:
        api.create()
        answer = api.update(if_match=if_match)
        assert (answer.status, set(answer.json["fields"])) == (400, {"If-Match"})

    def test_it_refuses_an_old_version_and_shows_the_new_one(self, api: NotesApi) -> None:
        api.create()
        theirs = api.update(note="theirs").json
        answer = api.update(note="mine", if_match='"1"')
        assert (answer.status, answer.json["code"]) == (412, "NoteChanged")
        assert answer.json["current"] == theirs
        assert answer.headers["ETag"] == '"2"'
        assert api.get().json == theirs

    def test_it_refuses_a_version_that_does_not_exist_yet(self, api: NotesApi) -> None:
        api.create()
        assert api.update(if_match='"2"').status == 412

    def test_it_refuses_to_change_what_is_in_the_trash(self, api: NotesApi) -> None:
        api.create()
        api.delete()
        for version in ('"1"', '"2"'):
            answer = api.update(note="my first note", if_match=version)
            assert (answer.status, answer.json["code"]) == (412, "NoteInTrash")
            assert answer.json["current"]["deleted_at"]

    def test_it_does_not_know_what_should_have_left_the_trash(
        self, api: NotesApi, clock: MovableTime
    ) -> None:
        api.create()
        api.delete()
        clock.move(days=31)
        assert api.update(if_match='"2"').status == 404


class RepeatedUpdateTests:
    def test_it_gets_the_note_as_saved(self, api: NotesApi) -> None:
        api.create()
        first = api.update(note="x", tags=["y"])
        assert api.update(note="x", tags=["Y", "y"]) == first

    def test_it_is_no_conflict_when_somebody_else_has_saved_the_same(self, api: NotesApi) -> None:
        api.create()
        api.update(note="x")
        api.update(note="y", if_match='"2"')
        assert api.update(note="y", if_match='"1"').json["version"] == 3

    @pytest.mark.parametrize(
        "mine", [{"title": "t"}, {"tags": ["t"]}, {"pinned": True}, {"note": "t"}]
    )
    def test_it_is_one_when_anything_differs(self, api: NotesApi, mine: dict[str, object]) -> None:
        api.create()
        api.update(note="x")
        assert api.update(**{"note": "x", **mine}).status == 412
