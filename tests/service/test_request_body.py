"""What the service refuses in a body, whether or not the gateway has looked at it before."""

from base64 import b64encode
from typing import Any

import pytest

from tests.service.api import NotesApi

LONE_SURROGATE = '{"noteid": "note1", "note": "\\ud800"}'
NUL = '{"noteid": "note1", "note": "a\\u0000b"}'


def problem(api: NotesApi, **fields: Any) -> Any:
    """What is wrong with the one field that is."""
    answer = api.create(**fields)
    assert (answer.status, answer.json["code"]) == (400, "InvalidRequest")
    assert api.get().status == 404
    (named,) = answer.json["fields"]
    return named


class NoteIdTests:
    @pytest.mark.parametrize("noteid", ["a", "0", "A-b_c", "x" * 64])
    def test_it_takes_valid_ids(self, api: NotesApi, noteid: str) -> None:
        assert api.create(noteid).status == 201

    @pytest.mark.parametrize(
        "noteid",
        ["", "-a", "_a", "x" * 65, "a b", "a/b", "..", "a\n", "\u0661", "é", None, 1, ["a"], True],
    )
    def test_it_refuses_others(self, api: NotesApi, noteid: Any) -> None:
        assert problem(api, noteid=noteid) == "noteid"


class LimitTests:
    def test_a_title_may_have_200_characters(self, api: NotesApi) -> None:
        assert api.create(title="\U0001f600" * 200).status == 201

    def test_a_title_may_not_have_more(self, api: NotesApi) -> None:
        assert problem(api, title="x" * 201) == "title"

    def test_a_text_may_have_300000_bytes(self, api: NotesApi) -> None:
        assert api.create(note="é" * 150_000).status == 201
        assert api.get().json["note"] == "é" * 150_000

    def test_a_text_may_not_have_more(self, api: NotesApi) -> None:
        assert problem(api, note="é" * 150_000 + "x") == "note"

    def test_a_note_may_have_20_tags_of_50_characters(self, api: NotesApi) -> None:
        tags = [f"{number:050}" for number in range(20)]
        assert api.create(tags=tags).json["tags"] == tags

    @pytest.mark.parametrize(
        "tags",
        [
            [f"{n}" for n in range(21)],
            ["x"] * 21,
            ["x" * 51],
            [f"x{' ' * 50}"],
            [""],
            ["  "],
            ["İ" * 26],
        ],
    )
    def test_a_note_may_not_have_others(self, api: NotesApi, tags: list[str]) -> None:
        assert problem(api, tags=tags) == "tags"

    def test_tags_are_equal_however_their_accents_are_encoded(self, api: NotesApi) -> None:
        assert api.create(tags=["caf\u00e9", "Cafe\u0301"]).json["tags"] == ["caf\u00e9"]
        for tag in ("caf\u00e9", "cafe\u0301"):
            assert len(api.list(tag=tag).json["notes"]) == 1

    def test_repeated_tags_count_once(self, api: NotesApi) -> None:
        assert api.create(tags=["x"] * 20).json["tags"] == ["x"]


class TypeTests:
    @pytest.mark.parametrize(
        ("field", "value"),
        [
            ("note", None),
            ("note", 5),
            ("note", ["text"]),
            ("title", None),
            ("title", {}),
            ("tags", None),
            ("tags", "work"),
            ("tags", [1]),
            ("tags", {"a": 1}),
            ("pinned", None),
            ("pinned", 1),
            ("pinned", "true"),
        ],
    )
    def test_it_refuses_a_wrong_type(self, api: NotesApi, field: str, value: Any) -> None:
        assert problem(api, **{field: value}) == field

    @pytest.mark.parametrize("field", ["userid", "version", "created_at", "deleted_at", "rank"])
    def test_it_refuses_fields_that_are_not_for_clients(self, api: NotesApi, field: str) -> None:
        assert problem(api, **{field: "x"}) == field

    def test_it_names_few_and_short_unknown_fields(self, api: NotesApi) -> None:
        fields = {f"{n}\ud800{'x' * 1000}": 1 for n in range(100)}
        problems = api.create(**fields).json["fields"]
        assert len(problems) == 10
        assert max(map(len, problems)) == 64

    def test_it_names_every_wrong_field_at_once(self, api: NotesApi) -> None:
        body = {"noteid": "-", "title": 1, "tags": 1, "pinned": 1}
        answer = api.call("POST", "/notes", body=body)
        assert set(answer.json["fields"]) == {"noteid", "title", "note", "tags", "pinned"}

    def test_an_update_leaves_nothing_out(self, api: NotesApi) -> None:
        api.create()
        answer = api.call(
            "PUT", "/notes/{noteid}", noteid="note1", body={}, headers={"If-Match": '"1"'}
        )
        assert answer.json["fields"] == dict.fromkeys(
            ["title", "note", "tags", "pinned"], "is required"
        )

    def test_an_update_cannot_rename_a_note(self, api: NotesApi) -> None:
        api.create()
        assert set(api.update("note1", noteid_in_body="x").json["fields"]) == {"noteid_in_body"}


class BodyTests:
    @pytest.mark.parametrize(
        "body",
        [
            None,
            "",
            " ",
            "note",
            "[]",
            "null",
            '"text"',
            "1",
            "NaN",
            '{"noteid": "note1", "note": NaN}',
            '{"noteid": "note1"',
            "[" * 100_000,
            '{"a":' * 100_000,
            '{"noteid": "note1", "note": ' + "9" * 5000 + "}",
            "\ufeff{}",
        ],
    )
    def test_it_refuses_what_is_no_json_object(self, api: NotesApi, body: str | None) -> None:
        answer = api.call("POST", "/notes", body=body)
        assert (answer.status, answer.json["code"]) == (400, "InvalidRequest")

    @pytest.mark.parametrize("body", [LONE_SURROGATE, NUL])
    def test_it_refuses_what_is_no_text(self, api: NotesApi, body: str) -> None:
        assert set(api.call("POST", "/notes", body=body).json["fields"]) == {"note"}

    @pytest.mark.parametrize("tag", ["\x00", "a\ud800"])
    def test_it_refuses_what_is_no_text_in_tags(self, api: NotesApi, tag: str) -> None:
        assert problem(api, tags=[tag]) == "tags"

    def test_it_reads_a_body_in_base64(self, api: NotesApi) -> None:
        answer = api.call_base64(b'{"noteid": "note1", "note": "\xc3\xa9"}')
        assert answer.status == 201
        assert api.get().json["note"] == "é"

    @pytest.mark.parametrize("body", [b"\xff", b"{}\x80"])
    def test_it_refuses_a_body_that_is_not_utf_8(self, api: NotesApi, body: bytes) -> None:
        assert api.call_base64(body).status == 400

    def test_it_refuses_a_body_that_is_not_base64(self, api: NotesApi) -> None:
        valid = b64encode(b'{"noteid": "note1", "note": "text"}').decode()
        for body in ("{}", f"!{valid}", f"{valid}\n", valid[:-1]):
            assert api.call("POST", "/notes", body=body, is_base64=True).status == 400


class TextTests:
    @pytest.mark.parametrize(
        "text",
        [
            "",
            " leading and trailing \n",
            "line\r\nline\rline\n",
            "e\u0301 and \u00e9 stay different",
            "\u2028\u2029\ufeff\u200b\u202e",
            "\x01\x1b[31m\x7f",
            "<script>alert(1)</script> \"quoted\" \\ and 'so' ${x}",
            "\U0001f468\u200d\U0001f469\u200d\U0001f467",
        ],
    )
    def test_it_comes_back_as_it_was_sent(self, api: NotesApi, text: str) -> None:
        assert api.create(note=text, title=text).status == 201
        note = api.get().json
        assert (note["note"], note["title"]) == (text, text)
