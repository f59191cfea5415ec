"""Finding notes by words and tags."""

import pytest

from service import listing
from tests.service.api import NotesApi
from tests.service.conftest import SlowTime
from tests.service.test_list_notes import all_ids, ids


class SearchTests:
    @pytest.mark.parametrize("q", ["needle", "NEEDLE", "eedl", " needle "])
    @pytest.mark.parametrize("field", ["title", "note"])
    def test_it_finds_words_in_any_case(self, api: NotesApi, field: str, q: str) -> None:
        api.create("a", **{field: "some Needle here"})
        api.create("b", title="hay", note="stack")
        assert ids(api, q=q) == ["a"]

    def test_it_finds_words_in_tags(self, api: NotesApi) -> None:
        api.create("a", tags=["needlework"])
        assert ids(api, q="Needle") == ["a"]

    def test_it_finds_words_at_the_end_of_a_long_text(self, api: NotesApi) -> None:
        api.create("a", note="x" * 299_990 + " needle")
        assert ids(api, q="needle") == ["a"]

    @pytest.mark.parametrize(
        ("text", "q"),
        [("STRASSE", "straße"), ("Straße", "STRASSE"), ("cafe\u0301", "CAF\u00c9"), ("Σ", "ς")],
    )
    def test_it_knows_how_other_languages_fold_case(self, api: NotesApi, text: str, q: str) -> None:
        api.create("a", note=text)
        assert ids(api, q=q) == ["a"]

    @pytest.mark.parametrize("q", [".*", "%", "[a-z]", "needle|hay", "\\"])
    def test_it_takes_every_character_for_itself(self, api: NotesApi, q: str) -> None:
        api.create("a", note="needle")
        assert ids(api, q=q) == []

    def test_an_empty_search_is_none(self, api: NotesApi) -> None:
        api.create("a")
        assert ids(api, q="", tag="") == ["a"]

    def test_it_keeps_the_order_of_the_list(self, api: NotesApi) -> None:
        for number in range(6):
            api.create(f"n{number}", note="x" if number % 2 else "y", pinned=number == 1)
        assert ids(api, q="x") == ["n1", "n5", "n3"]

    def test_it_finds_only_in_its_view(self, api: NotesApi) -> None:
        api.create("a")
        api.create("b")
        api.delete("b")
        assert ids(api, q="first") == ["a"]
        assert ids(api, q="first", view="trash") == ["b"]

    def test_it_finds_nothing_of_others(self, api: NotesApi) -> None:
        api.create("a")
        assert ids(api.as_person("somebody-else"), q="first") == []

    @pytest.mark.parametrize(("name", "length"), [("q", 200), ("tag", 50)])
    def test_it_refuses_long_words(self, api: NotesApi, name: str, length: int) -> None:
        assert api.list(**{name: "x" * length}).status == 200
        answer = api.list(**{name: "x" * (length + 1)})
        assert (answer.status, set(answer.json["fields"])) == (400, {name})


class TagTests:
    def test_it_finds_notes_with_the_whole_tag(self, api: NotesApi) -> None:
        api.create("a", tags=["work", "home"])
        api.create("b", tags=["workshop"])
        assert ids(api, tag="work") == ["a"]

    def test_it_reads_the_tag_as_a_note_would(self, api: NotesApi) -> None:
        api.create("a", tags=["To Do"])
        assert ids(api, tag=" TO  DO ") == ["a"]

    def test_it_can_go_with_words(self, api: NotesApi) -> None:
        api.create("a", tags=["work"], note="needle")
        api.create("b", tags=["work"], note="hay")
        api.create("c", note="needle")
        assert ids(api, tag="work", q="needle") == ["a"]


class BoundedSearchTests:
    def test_pages_together_find_every_note_once(self, api: NotesApi) -> None:
        for number in range(120):
            api.create(f"n{number:03}", note="needle" if number % 10 == 0 else "hay")
        expected = [f"n{number:03}" for number in range(110, -1, -10)]
        for limit in ("1", "5", "12", "100"):
            assert all_ids(api, q="needle", limit=limit) == expected

    def test_it_stops_after_so_many_notes_and_goes_on_from_there(
        self, api: NotesApi, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(listing, "BATCH", 2)
        monkeypatch.setattr(listing, "BATCHES_PER_REQUEST", 2)
        api.create("needle", note="needle")
        for number in range(8):
            api.create(f"hay{number}", note="hay")
        first = api.list(q="needle").json
        assert first["notes"] == []
        assert first["cursor"]
        assert all_ids(api, q="needle") == ["needle"]

    def test_it_stops_after_so_much_time(
        self, api: NotesApi, slow: SlowTime, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(listing, "BATCH", 1)
        for number in range(3):
            api.create(f"n{number}")
        slow.each = 0.9
        assert ids(api, q="first") == ["n2"]
        assert all_ids(api, q="first") == ["n2", "n1", "n0"]

    def test_a_full_page_ends_exactly_where_the_next_begins(
        self, api: NotesApi, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(listing, "BATCH", 3)
        for number in range(7):
            api.create(f"n{number}")
        assert all_ids(api, q="first", limit="2") == [f"n{n}" for n in range(6, -1, -1)]


class LargeTextTests:
    """DynamoDB gives at most 1 MB of one person's notes at a time (dynamodb_limits.py)."""

    @pytest.mark.parametrize(("count", "size"), [(50, 70_000), (12, 300_000)])
    def test_it_reads_on_until_all_are_read(self, api: NotesApi, count: int, size: int) -> None:
        for number in range(count):
            api.create(f"n{number:02}", note="x" * size)
        answer = api.list(q="x", limit="100")
        assert answer.status == 200
        assert len(answer.json["notes"]) == count
        assert answer.json["cursor"] is None

    def test_out_of_time_it_goes_on_at_the_first_note_that_it_has_not_read(
        self, api: NotesApi, slow: SlowTime
    ) -> None:
        for number in range(9):
            api.create(f"n{number}", note="x" * 300_000)
        slow.each = 0.8
        answer = api.list(q="x").json
        assert [note["noteid"] for note in answer["notes"]] == ["n8", "n7", "n6", "n5", "n4", "n3"]
        slow.each = 0
        rest = api.list(q="x", cursor=answer["cursor"]).json
        assert [note["noteid"] for note in rest["notes"]] == ["n2", "n1", "n0"]
        assert rest["cursor"] is None

    def test_out_of_time_before_it_knows_anything_it_says_so(
        self, api: NotesApi, slow: SlowTime
    ) -> None:
        api.create()
        slow.each = 2.1
        assert api.list(q="first").json["code"] == "TableUnavailable"
        assert len(api.list().json["notes"]) == 1
