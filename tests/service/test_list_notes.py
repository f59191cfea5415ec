"""Listing notes, a page at a time."""

import base64
import json

import pytest

from tests.service.api import NotesApi
from tests.service.conftest import MovableTime


def ids(api: NotesApi, **query: str) -> list[str]:
    return [note["noteid"] for note in api.list(**query).json["notes"]]


def all_ids(api: NotesApi, **query: str) -> list[str]:
    """Every page, one after the other."""
    answer = api.list(**query)
    found = [note["noteid"] for note in answer.json["notes"]]
    while answer.json["cursor"]:
        answer = api.list(**query, cursor=answer.json["cursor"])
        found += [note["noteid"] for note in answer.json["notes"]]
    return found


def cursor(value: object) -> str:
    return base64.urlsafe_b64encode(json.dumps(value).encode()).decode()


class ListNotesTests:
    def test_it_is_empty_at_first(self, api: NotesApi) -> None:
        answer = api.list()
        assert (answer.status, answer.json) == (200, {"notes": [], "cursor": None})

    def test_it_shows_everything_but_the_text(self, api: NotesApi) -> None:
        created = api.create(title="One", note="first line\nsecond", tags=["a"]).json
        del created["message"]
        assert api.list().json["notes"] == [{**created, "snippet": "first line second"}]

    def test_it_shows_the_newest_first(self, api: NotesApi) -> None:
        for noteid in ("a", "b", "c"):
            api.create(noteid)
        api.update("a")
        assert ids(api) == ["a", "c", "b"]

    def test_it_shows_pinned_notes_on_top(self, api: NotesApi) -> None:
        api.create("a")
        api.create("b", pinned=True)
        api.create("c")
        assert ids(api) == ["b", "c", "a"]
        api.update("b", pinned=False)
        api.update("a", pinned=True)
        assert ids(api) == ["a", "b", "c"]

    def test_it_shows_nobody_elses_notes(self, api: NotesApi) -> None:
        api.create("a")
        assert ids(api.as_person("somebody-else")) == []

    def test_it_shows_20_notes_unless_told_otherwise(self, api: NotesApi) -> None:
        for number in range(21):
            api.create(f"n{number}")
        assert len(ids(api)) == 20
        assert len(ids(api, limit="7")) == 7
        assert len(ids(api, limit="100")) == 21

    @pytest.mark.parametrize("limit", ["0", "101", "-1", "1.5", "x", "", " 5", "\u0665", "1e1"])
    def test_it_refuses_other_limits(self, api: NotesApi, limit: str) -> None:
        answer = api.list(limit=limit)
        assert (answer.status, set(answer.json["fields"])) == (400, {"limit"})

    @pytest.mark.parametrize("view", ["", "all", "Trash"])
    def test_it_refuses_other_views(self, api: NotesApi, view: str) -> None:
        answer = api.list(view=view)
        assert (answer.status, set(answer.json["fields"])) == (400, {"view"})


class SnippetTests:
    def test_it_is_one_line(self, api: NotesApi) -> None:
        api.create(note="  # Title\n\n- one\t- two ")
        assert api.list().json["notes"][0]["snippet"] == "# Title - one - two"

    def test_it_says_that_there_is_more(self, api: NotesApi) -> None:
        api.create(note="word " * 100)
        snippet = api.list().json["notes"][0]["snippet"]
        assert len(snippet) <= 160
        assert snippet.startswith("word word")
        assert snippet.endswith("word…")

    def test_a_text_of_just_its_length_is_shown_whole(self, api: NotesApi) -> None:
        api.create(note="x" * 160)
        assert api.list().json["notes"][0]["snippet"] == "x" * 160

    def test_a_longer_text_is_cut_to_its_length(self, api: NotesApi) -> None:
        api.create(note="x" * 161)
        assert api.list().json["notes"][0]["snippet"] == "x" * 159 + "…"

    def test_it_has_no_space_before_the_sign_that_there_is_more(self, api: NotesApi) -> None:
        # The 159th character is a space.
        api.create(note="ab " * 100)
        assert api.list().json["notes"][0]["snippet"] == "ab " * 52 + "ab…"

    @pytest.mark.parametrize(("word", "snippet"), [("late", "late"), ("later", "late…")])
    def test_it_looks_at_1600_characters(self, api: NotesApi, word: str, snippet: str) -> None:
        api.create(note=" " * 1596 + word)
        assert api.list().json["notes"][0]["snippet"] == snippet

    def test_it_copes_with_a_lot_of_white_space_in_front(self, api: NotesApi) -> None:
        api.create(note=" " * 5000 + "late")
        assert api.list().json["notes"][0]["snippet"] == "…"

    def test_it_follows_changes(self, api: NotesApi) -> None:
        api.create()
        api.update(note="changed")
        assert api.list().json["notes"][0]["snippet"] == "changed"


class PageTests:
    @pytest.mark.parametrize("limit", ["1", "2", "3", "7", "8"])
    def test_together_they_show_every_note_once(self, api: NotesApi, limit: str) -> None:
        for number in range(8):
            api.create(f"n{number}", pinned=number % 3 == 0)
        assert all_ids(api, limit=limit) == ids(api)

    def test_the_last_one_has_no_cursor(self, api: NotesApi) -> None:
        for noteid in ("a", "b"):
            api.create(noteid)
        assert api.list(limit="2").json["cursor"] is None
        assert api.list(limit="1").json["cursor"]

    def test_notes_of_the_same_moment_are_all_shown(
        self, api: NotesApi, clock: MovableTime
    ) -> None:
        for noteid in ("a", "b", "c", "d"):
            clock.moment = clock.moment.replace(microsecond=0)
            api.create(noteid)
        assert sorted(all_ids(api, limit="1")) == ["a", "b", "c", "d"]

    def test_a_note_of_a_whole_second_has_its_place_too(
        self, api: NotesApi, clock: MovableTime
    ) -> None:
        clock.moment = clock.moment.replace(second=59, microsecond=999_998)
        times = [api.create(noteid).json["created_at"] for noteid in ("a", "b", "c")]
        assert times[1] == "2026-11-21T08:31:00.000000Z"
        assert times == sorted(times)
        assert all_ids(api, limit="1") == ["c", "b", "a"]

    def test_a_note_that_is_deleted_in_between_does_not_disturb(self, api: NotesApi) -> None:
        for noteid in ("a", "b", "c"):
            api.create(noteid)
        first = api.list(limit="1").json
        assert first["notes"][0]["noteid"] == "c"
        api.delete("c")
        assert ids(api, cursor=first["cursor"]) == ["b", "a"]

    @pytest.mark.parametrize(
        "value",
        [
            "x",
            "====",
            "\u00e9",
            cursor(None),
            cursor([]),
            cursor("rank"),
            cursor({}),
            cursor({"rank": None}),
            cursor({"rank": ["active"]}),
            cursor({"rank": "active#0"}),
            cursor({"rank": "other#0#2026-11-21T08:30:00.000000Z#a"}),
            cursor({"rank": "trash#0#2026-11-21T08:30:00.000000Z#a"}),
            cursor({"rank": "active#2#2026-11-21T08:30:00.000000Z#a"}),
            cursor({"rank": "active#0#2026-11-21T08:30:00.000000Z#"}),
            cursor({"rank": "active#0#2026-11-21T08:30:00.000000Z#a\n"}),
            base64.urlsafe_b64encode(b"\xff\xfe").decode(),
            base64.urlsafe_b64encode(b"[" * 100_000).decode(),
        ],
    )
    def test_it_refuses_a_cursor_of_somebody_elses_making(self, api: NotesApi, value: str) -> None:
        answer = api.list(cursor=value)
        assert (answer.status, set(answer.json["fields"])) == (400, {"cursor"})

    @pytest.mark.parametrize("more", ["!!!!", "\n\n\n\n", "    ", "====", "\u00e9"])
    def test_it_refuses_a_cursor_with_characters_that_it_does_not_use(
        self, api: NotesApi, more: str
    ) -> None:
        for noteid in ("a", "b"):
            api.create(noteid)
        given = api.list(limit="1").json["cursor"]
        assert api.list(cursor=given).status == 200
        for value in (more + given, given[:8] + more + given[8:]):
            answer = api.list(cursor=value)
            assert (answer.status, set(answer.json["fields"])) == (400, {"cursor"})

    def test_a_cursor_of_another_person_shows_only_ones_own(self, api: NotesApi) -> None:
        for noteid in ("a", "b", "c"):
            api.create(noteid)
        theirs = api.list(limit="1").json["cursor"]
        stranger = api.as_person("somebody-else")
        assert ids(stranger, cursor=theirs) == []

    def test_a_cursor_cannot_name_an_owner(self, api: NotesApi) -> None:
        api.create("a")
        rank = "active#1#2027-01-01T00:00:00.000000Z#z"
        forged = cursor({"rank": rank, "userId": "5f3c1d1e-0000-4000-8000-00000000000a"})
        assert ids(api.as_person("somebody-else"), cursor=forged) == []


class TrashTests:
    def test_it_is_apart_from_the_notes_in_use(self, api: NotesApi) -> None:
        api.create("a")
        api.create("b")
        api.delete("a")
        assert (ids(api), ids(api, view="trash")) == (["b"], ["a"])
        assert ids(api, view="active") == ["b"]

    def test_it_shows_first_what_was_deleted_last(self, api: NotesApi) -> None:
        for noteid in ("a", "b", "c"):
            api.create(noteid, pinned=noteid == "b")
        for noteid in ("b", "c", "a"):
            api.delete(noteid)
        assert all_ids(api, view="trash", limit="1") == ["a", "c", "b"]

    def test_it_does_not_show_what_should_have_left(
        self, api: NotesApi, clock: MovableTime
    ) -> None:
        for noteid in ("a", "b", "c", "d"):
            api.create(noteid)
            api.delete(noteid)
            clock.move(days=10)
        # Deleted 40, 30, 20 and 10 days ago.
        assert all_ids(api, view="trash", limit="1") == ["d", "c"]
        assert api.list(view="trash", limit="2").json["cursor"] is None
