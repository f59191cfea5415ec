"""Answers that do not come from DynamoDB itself, or that it does not document."""

import json
from collections.abc import Callable
from typing import Any

import pytest

from service import log
from tests.service.api import NotesApi
from tests.service.dynamodb_faults import Fault, dynamodb

pytestmark = pytest.mark.usefixtures("no_pauses", "fresh_table")

PAGE = b"<!DOCTYPE html><html>a secret page</html>"


def answered(status: int, body: bytes) -> Fault:
    return lambda request: (status, {}, body)


def typed(name: str) -> bytes:
    return json.dumps({"__type": f"com.amazon.coral.service#{name}", "message": "secret"}).encode()


class FaultTests:
    @pytest.mark.parametrize(
        ("status", "body"),
        [
            (500, b""),
            (500, b"{}"),
            (500, b"[]"),
            (502, PAGE),
            (503, PAGE),
            (503, b"\xff"),
            (504, b""),
            (500, typed("InternalServerErrorException")),
            (503, typed("ServiceUnavailableException")),
        ],
    )
    def test_it_is_told_by_its_status(self, api: NotesApi, status: int, body: bytes) -> None:
        with dynamodb(answered(status, body)) as asked:
            answer = api.get()
        assert (answer.status, answer.json["code"]) == (503, "TableUnavailable")
        assert asked == ["GetItem", "GetItem"]

    @pytest.mark.parametrize(
        ("status", "body"),
        [
            (400, typed("Throttling")),
            (400, typed("TooManyRequestsException")),
            (503, typed("SlowDown")),
            (429, b""),
            (429, PAGE),
        ],
    )
    def test_throttling_has_many_names(self, api: NotesApi, status: int, body: bytes) -> None:
        with dynamodb(answered(status, body)):
            answer = api.get()
        assert (answer.status, answer.json["code"]) == (429, "Throttled")


class NoJsonTests:
    @pytest.mark.parametrize("body", [b"", PAGE, b"[]", b"null", b'{"Item": {"noteId', b"\xff"])
    @pytest.mark.parametrize(
        "call",
        [
            lambda api: api.get(),
            lambda api: api.list(),
            lambda api: api.create(),
            lambda api: api.update(),
            lambda api: api.delete(permanent="true"),
            lambda api: api.delete_all(),
        ],
    )
    def test_it_is_no_answer(
        self, api: NotesApi, call: Callable[[NotesApi], Any], body: bytes
    ) -> None:
        with dynamodb(answered(200, body)):
            answer = call(api)
        assert (answer.status, answer.json["code"]) == (503, "TableUnavailable")

    def test_a_note_that_is_not_there_is_an_empty_object(self, api: NotesApi) -> None:
        with dynamodb(answered(200, b"{}")):
            assert api.get().status == 404


class LogTests:
    def test_it_says_which_error_it_was_and_where(
        self, api: NotesApi, capsys: pytest.CaptureFixture[str]
    ) -> None:
        with dynamodb(answered(400, typed("AccessDeniedException"))):
            api.get()
        line = json.loads(capsys.readouterr().out)
        assert (line["error"], line["aws_code"]) == ("ClientError", "AccessDeniedException")
        assert any("service/store.py" in place for place in line["trace"])
        assert "secret" not in json.dumps(line)

    @pytest.mark.parametrize(
        "response",
        [
            None,
            {"Error": {}},
            {"Error": {"Code": 400}},
            {"Error": {"Code": "a word of a note"}},
            {"Error": {"Code": "x" * 81}},
        ],
    )
    def test_what_is_no_code_is_left_out(self, response: Any) -> None:
        error = type("AnyError", (Exception,), {"response": response})()
        entry = log.Entry("f", "r")
        entry.mistake(error)
        assert (entry.error, entry.aws_code) == ("AnyError", None)
