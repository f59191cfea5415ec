"""Which error each answer of the API becomes."""

import json
import logging
from typing import Any

import pytest

from notes import gateway as names
from notes.gateway import GatewayError, NoteContent, NoteInvalid, NotesGateway
from notes.gateway.transport import ANSWER_BYTES
from tests.builders import note_json, page_json, summary_json
from tests.notes.conftest import NotesApi

MISSING_TOKEN = {"x-amzn-ErrorType": "MissingAuthenticationTokenException"}

ANSWERS: dict[str, tuple[int, dict[str, str], str]] = {
    "400 from the service": (400, {}, "NoteInvalid"),
    "401": (401, {"x-amzn-ErrorType": "UnauthorizedException"}, "TokenRejected"),
    "403 for an unknown path": (403, MISSING_TOKEN, "WrongEndpoint"),
    "403 for a signature that was taken for IAM's": (
        403,
        {"x-amzn-ErrorType": "IncompleteSignatureException"},
        "WrongEndpoint",
    ),
    "403 by a policy": (403, {"x-amzn-ErrorType": "AccessDeniedException"}, "AccessDenied"),
    "403 that does not say why": (403, {}, "AccessDenied"),
    "404": (404, {}, "NoteNotFound"),
    "413": (413, {}, "NoteInvalid"),
    "428, which is our mistake": (428, {}, "UnexpectedResponse"),
    "429": (429, {}, "TooManyRequests"),
    "500": (500, {}, "GatewayUnavailable"),
    "502": (502, {}, "GatewayUnavailable"),
    "503": (503, {}, "GatewayUnavailable"),
    "504": (504, {}, "GatewayUnavailable"),
    "a redirect": (302, {"Location": "http://elsewhere.example/"}, "UnexpectedResponse"),
    "a success that is not this operation's": (202, {}, "UnexpectedResponse"),
    "418": (418, {}, "UnexpectedResponse"),
}


class StatusTests:
    @pytest.mark.parametrize("name", ANSWERS)
    def test_each_status_has_its_error(
        self, name: str, api: NotesApi, gateway: NotesGateway
    ) -> None:
        status, headers, expected = ANSWERS[name]
        sent = {**headers, "x-amzn-RequestId": "request-7"}
        api.answers("GET", "/notes/note1", {"message": "Unauthorized"}, status, headers=sent)

        with pytest.raises(GatewayError) as error:
            gateway.get_note("note1")

        assert type(error.value) is getattr(names, expected)
        assert error.value.request_id == "request-7"

    def test_the_message_decides_nothing(self, api: NotesApi, gateway: NotesGateway) -> None:
        api.answers("GET", "/notes/note1", {"message": "Missing Authentication Token"}, 403)

        with pytest.raises(names.AccessDenied):
            gateway.get_note("note1")

    @pytest.mark.parametrize("status", [404, 409])
    def test_a_list_cannot_miss_a_note(
        self, status: int, api: NotesApi, gateway: NotesGateway
    ) -> None:
        api.answers("GET", "/notes", {"message": "Not found"}, status)

        with pytest.raises(names.UnexpectedResponse):
            gateway.list_notes()

    def test_a_redirect_is_not_followed(self, api: NotesApi, gateway: NotesGateway) -> None:
        api.answers("GET", "/", status=302, headers={"Location": "http://elsewhere.example/"})

        with pytest.raises(names.UnexpectedResponse):
            gateway.greet()
        assert len(api.requests) == 1

    def test_an_error_that_is_no_json_is_understood_by_its_status(
        self, api: NotesApi, gateway: NotesGateway
    ) -> None:
        api.answers("POST", "/notes", status=413, body="HTTP content length exceeded")

        with pytest.raises(NoteInvalid) as error:
            gateway.create_note("note1", NoteContent("", "x"))

        assert (error.value.fields, error.value.reason) == ({}, "")

    def test_what_is_wrong_with_a_field_is_carried(
        self, api: NotesApi, gateway: NotesGateway
    ) -> None:
        said = {"message": "Not valid.", "code": "InvalidRequest", "fields": {"title": "is long"}}
        api.answers("POST", "/notes", said, 400)

        with pytest.raises(NoteInvalid) as error:
            gateway.create_note("note1", NoteContent("", "x"))

        assert error.value.fields == {"title": "is long"}
        assert error.value.reason == "Not valid."


NOT_A_NOTE: dict[str, Any] = {
    "a list": [],
    "null": None,
    "no noteid": {k: v for k, v in note_json().items() if k != "noteid"},
    "a noteid that is a path": note_json(noteid="../x"),
    "a text that is a number": note_json(note=7),
    "a text with half a surrogate pair": note_json(note="\ud800"),
    "a title that is null": note_json(title=None),
    "tags that are a text": note_json(tags="home"),
    "a tag that is an object": note_json(tags=[{}]),
    "pinned as a text": note_json(pinned="false"),
    "a version that is a text": note_json(version="3"),
    "a version that is true": note_json(version=True),
    "version 0": note_json(version=0),
    "a moment without a zone": note_json(updated_at="2026-11-02T09:30:00"),
    "a moment that is a number": note_json(created_at=1_700_000_000),
    "a moment that is not one": note_json(deleted_at="soon"),
}


class ContractTests:
    @pytest.mark.parametrize("name", NOT_A_NOTE)
    def test_an_answer_that_breaks_the_contract(
        self, name: str, api: NotesApi, gateway: NotesGateway
    ) -> None:
        api.answers("GET", "/notes/note1", body=json.dumps(NOT_A_NOTE[name]))

        with pytest.raises(names.UnexpectedResponse):
            gateway.get_note("note1")

    @pytest.mark.parametrize(
        "body",
        [b"", b"<html>", b'{"note": ', b"\xff\xfe", b"[" * 100_000, b"1" * 5_000],
        ids=["empty", "html", "cut off", "not utf-8", "deep", "a huge number"],
    )
    def test_an_answer_that_is_not_json(
        self, body: bytes, api: NotesApi, gateway: NotesGateway
    ) -> None:
        api.answers("GET", "/notes/note1", body=body)

        with pytest.raises(names.UnexpectedResponse):
            gateway.get_note("note1")

    @pytest.mark.parametrize(
        "answer", [{"cursor": None}, {"notes": {}}, {"notes": [], "cursor": 7}]
    )
    def test_a_page_that_breaks_the_contract(
        self, answer: Any, api: NotesApi, gateway: NotesGateway
    ) -> None:
        api.answers("GET", "/notes", answer)

        with pytest.raises(names.UnexpectedResponse):
            gateway.list_notes()

    def test_a_conflict_without_the_stored_note(self, api: NotesApi, gateway: NotesGateway) -> None:
        api.answers("PUT", "/notes/note1", {"code": "NoteChanged"}, 412)

        with pytest.raises(names.UnexpectedResponse):
            gateway.update_note("note1", 1, NoteContent("", "x"))

    def test_an_answer_that_is_too_large_is_not_read_to_its_end(
        self, api: NotesApi, gateway: NotesGateway
    ) -> None:
        api.answers("GET", "/notes/note1", body=b" " * (ANSWER_BYTES + 1))

        with pytest.raises(names.UnexpectedResponse, match="too large"):
            gateway.get_note("note1")

    def test_unknown_keys_are_let_pass(self, api: NotesApi, gateway: NotesGateway) -> None:
        api.answers("GET", "/notes", {**page_json(summary_json(colour="red")), "total": 1})

        assert len(gateway.list_notes().notes) == 1


class LogTests:
    def test_a_failure_is_logged_with_ids_and_without_token_or_text(
        self, api: NotesApi, gateway: NotesGateway, caplog: pytest.LogCaptureFixture
    ) -> None:
        caplog.set_level(logging.INFO, "notes.gateway.client")
        sent = {"x-amzn-RequestId": "request-7"}
        api.answers("POST", "/notes", {"message": "canary-message"}, 500, headers=sent)

        with pytest.raises(GatewayError):
            gateway.create_note("note1", NoteContent("canary-title", "canary-text"))

        record = caplog.records[0]
        assert (record.message, record.operation) == ("notes_api_failed", "createNote")
        assert record.api_request_id == "request-7"
        written = "".join(str(record.__dict__) for record in caplog.records)
        assert "canary" not in written
        assert "id-token" not in written
