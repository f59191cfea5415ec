"""What the campaign holds answers against: it knows a wrong one, whichever verb gives it."""

from typing import Any

import pytest

from tests.service.observed_notes import ObservedNotes, Sent

STAGE = "http://127.0.0.1:9000/prod"
CONTENT = {"title": "", "note": "text", "tags": [], "pinned": False}
IN_USE = {"noteid": "n1", **CONTENT, "version": 1, "deleted_at": None}
IN_TRASH = {**IN_USE, "version": 2, "deleted_at": "2026-11-21T08:30:00.000000Z"}
DELETED = {"message": "Note deleted"}
GONE = {"message": "Note not found"}
NOTE = "/notes/n1"


class Answers:
    """Tells the notes what was asked and answered."""

    def __init__(self) -> None:
        self.notes = ObservedNotes()

    def __call__(
        self, method: str, path: str, status: int, answer: Any, version: int | None = None
    ) -> None:
        headers = {"If-Match": f'"{version}"'} if version else {}
        body = b'{"noteid": "n1", "note": "text"}'
        sent = Sent.of(method, STAGE + path, STAGE, headers, body)
        self.notes.observe(sent, status, answer)


@pytest.fixture
def answers() -> Answers:
    """One note was created."""
    answers = Answers()
    answers("POST", "/notes", 201, {**IN_USE, "message": "Note created"})
    return answers


@pytest.fixture
def trashed(answers: Answers) -> Answers:
    answers("DELETE", NOTE, 200, DELETED)
    return answers


@pytest.fixture
def gone(trashed: Answers) -> Answers:
    trashed("DELETE", f"{NOTE}?permanent=true", 200, DELETED, version=2)
    return trashed


class GoneTests:
    @pytest.mark.parametrize(
        ("method", "path", "answer"),
        [
            ("GET", NOTE, IN_TRASH),
            ("PUT", NOTE, IN_USE),
            ("DELETE", NOTE, DELETED),
            ("POST", f"{NOTE}/restore", IN_USE),
            ("GET", "/notes", {"notes": [IN_USE], "cursor": None}),
            ("GET", "/notes?view=trash", {"notes": [IN_TRASH], "cursor": None}),
        ],
    )
    def test_it_never_comes_back(
        self, gone: Answers, method: str, path: str, answer: dict[str, Any]
    ) -> None:
        with pytest.raises(AssertionError):
            gone(method, path, 200, answer)

    def test_it_is_not_there_and_may_be_deleted_again(self, gone: Answers) -> None:
        gone("GET", NOTE, 404, GONE)
        gone("DELETE", NOTE, 404, GONE)
        gone("DELETE", f"{NOTE}?permanent=true", 200, DELETED)
        with pytest.raises(AssertionError):
            gone("DELETE", f"{NOTE}?permanent=true", 404, GONE)

    def test_all_notes_can_go_at_once(self, answers: Answers) -> None:
        answers("DELETE", "/notes?confirm=all", 200, {"deleted": 1, "remaining": False})
        with pytest.raises(AssertionError):
            answers("GET", NOTE, 200, IN_USE)

    def test_it_counts(self, gone: Answers) -> None:
        assert gone.notes.done == {"create": 1, "delete": 1, "delete for good": 1}


class TrashTests:
    def test_it_is_read_there_and_restored(self, trashed: Answers) -> None:
        trashed("GET", NOTE, 200, IN_TRASH)
        trashed("GET", "/notes", 200, {"notes": [], "cursor": None})
        trashed("POST", f"{NOTE}/restore", 200, {**IN_USE, "version": 3})

    @pytest.mark.parametrize(
        ("method", "path", "status", "answer", "version"),
        [
            ("GET", NOTE, 200, IN_USE, None),
            ("GET", NOTE, 404, GONE, None),
            ("PUT", NOTE, 200, {**IN_USE, "version": 3}, 2),
            ("POST", f"{NOTE}/restore", 200, {**IN_USE, "version": 2}, None),
            ("POST", f"{NOTE}/restore", 200, {**IN_USE, "note": "other", "version": 3}, None),
            ("POST", "/notes", 201, IN_USE, None),
            ("DELETE", f"{NOTE}?permanent=true", 200, DELETED, 1),
            ("DELETE", f"{NOTE}?permanent=true", 404, GONE, None),
            ("GET", "/notes", 200, {"notes": [IN_TRASH], "cursor": None}, None),
            ("GET", "/notes?view=trash", 200, {"notes": [], "cursor": None}, None),
        ],
    )
    def test_nothing_else_is(
        self,
        trashed: Answers,
        method: str,
        path: str,
        status: int,
        answer: dict[str, Any],
        version: int | None,
    ) -> None:
        with pytest.raises(AssertionError):
            trashed(method, path, status, answer, version)


class InUseTests:
    def test_it_changes_by_its_version(self, answers: Answers) -> None:
        answers("PUT", NOTE, 200, {**IN_USE, "title": "x", "version": 2}, version=1)
        answers("PUT", NOTE, 412, {"current": {**IN_USE, "title": "x", "version": 2}}, version=1)
        answers("DELETE", NOTE, 412, {"current": {**IN_USE, "title": "x", "version": 2}}, version=1)

    @pytest.mark.parametrize(
        ("method", "path", "status", "answer", "version"),
        [
            ("PUT", NOTE, 200, {**IN_USE, "title": "x", "version": 2}, 7),
            ("PUT", NOTE, 412, {"current": IN_USE}, 1),
            ("PUT", NOTE, 412, {"current": {**IN_USE, "version": 2}}, 7),
            ("DELETE", NOTE, 200, DELETED, 7),
            ("DELETE", f"{NOTE}?permanent=true", 200, DELETED, None),
            ("POST", "/notes", 409, {"current": {**IN_USE, "version": 2}}, None),
            ("GET", "/notes", 200, {"notes": [], "cursor": None}, None),
        ],
    )
    def test_nothing_else_is(
        self,
        answers: Answers,
        method: str,
        path: str,
        status: int,
        answer: dict[str, Any],
        version: int | None,
    ) -> None:
        with pytest.raises(AssertionError):
            answers(method, path, status, answer, version)


class RefusedListTests:
    def test_a_cursor_may_be_refused_and_so_may_what_is_wrong(self, answers: Answers) -> None:
        fields = {"cursor": "is none", "limit": "is too large"}
        answers("GET", "/notes?limit=101&cursor=x", 400, {"fields": fields})

    @pytest.mark.parametrize("query", ["limit=100", "view=trash", "q=x", "tag=x"])
    def test_what_the_contract_allows_may_not(self, answers: Answers, query: str) -> None:
        fields = {query.partition("=")[0]: "is wrong"}
        with pytest.raises(AssertionError):
            answers("GET", f"/notes?{query}", 400, {"fields": fields})
