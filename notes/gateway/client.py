"""The notes API as the pages see it: one method for each operation of the contract."""

import logging
import time
from collections.abc import Callable
from typing import Literal, Protocol, TypeVar

from notes.gateway import answers
from notes.gateway.deadline import Deadline
from notes.gateway.errors import (
    GatewayError,
    GatewayUnavailable,
    NoteInvalid,
    NoteNotFound,
    TokenRejected,
    TooManyRequests,
    UnexpectedResponse,
)
from notes.gateway.note import (
    BrokenContract,
    Note,
    NoteContent,
    NotePage,
    NotesDeleted,
    greeting_from_json,
    is_note_id,
)
from notes.gateway.retries import Retries
from notes.gateway.transport import Answer, Call, Transport, elapsed_ms

logger = logging.getLogger(__name__)

Parsed = TypeVar("Parsed")


class TokenSource(Protocol):
    """Where the person's token for the API comes from. Both may raise errors of their own."""

    def api_token(self) -> str:
        """A token that is valid for now."""
        ...

    def refreshed_api_token(self) -> str:
        """A new one, after the API refused the first."""
        ...


class NotesGateway:
    """The notes of one person, for the time of one page.

    Every method raises GatewayError (see errors.py) and nothing else of the transport's. A call
    is tried up to three times within the deadline: the contract makes every operation safe to
    repeat (create by its id, update by its version, delete and restore by their outcome).
    """

    def __init__(
        self, transport: Transport, tokens: TokenSource, deadline: Deadline, retries: Retries
    ) -> None:
        self._transport = transport
        self._tokens = tokens
        self._deadline = deadline
        self._retries = retries

    def greet(self) -> str:
        """``Hello, {username} with email {email}!``: who the API takes the person for."""
        return self._ask(Call("greet", "GET", "/"), greeting_from_json)

    def list_notes(
        self,
        *,
        limit: int = 20,
        cursor: str = "",
        q: str = "",
        tag: str = "",
        view: Literal["active", "trash"] = "active",
    ) -> NotePage:
        """Summaries, pinned ones first, then the newest; NoteInvalid for a cursor it never gave."""
        given = {"limit": str(limit), "cursor": cursor, "q": q, "tag": tag, "view": view}
        query = {name: value for name, value in given.items() if value}
        return self._ask(Call("listNotes", "GET", "/notes", query), NotePage.from_json)

    def create_note(self, noteid: str, content: NoteContent) -> Note:
        """The stored note; NoteConflict when the id is used for a note with other content."""
        if not is_note_id(noteid):
            raise NoteInvalid("createNote: the id is malformed.", fields={"noteid": "is malformed"})
        body = {"noteid": noteid, **content.to_json()}
        call = Call("createNote", "POST", "/notes", json=body, succeeds_with=201)
        return self._ask(call, lambda data: Note.from_json(_with_text(data, content.note)))

    def delete_notes(self) -> NotesDeleted:
        """One step of deleting all notes for good; repeat it while ``remaining``."""
        call = Call("deleteNotes", "DELETE", "/notes", {"confirm": "all"})
        return self._ask(call, NotesDeleted.from_json)

    def get_note(self, noteid: str) -> Note:
        """The note, also from the trash; NoteNotFound."""
        return self._ask(_note_call("getNote", "GET", noteid), Note.from_json)

    def update_note(self, noteid: str, version: int, content: NoteContent) -> Note:
        """The stored note; NoteConflict, with the stored one, when it is no longer ``version``.

        The contract knows no conflict with a note that already has this content: it was saved by
        a try whose answer was lost, or with the same text in another window.
        """
        call = _note_call(
            "updateNote", "PUT", noteid, json=content.to_json(), if_match=f'"{version}"'
        )
        return self._ask(call, Note.from_json)

    def delete_note(self, noteid: str, version: int | None = None) -> None:
        """Move the note to the trash; NoteNotFound, and NoteConflict when it is in use and no
        longer ``version``, if one is given."""
        if_match = None if version is None else f'"{version}"'
        self._ask(_note_call("deleteNote", "DELETE", noteid, if_match=if_match), _nothing)

    def delete_note_for_good(self, noteid: str) -> None:
        """Out of the trash, also if it is not there any more; NoteNotFound for one in use."""
        query = {"permanent": "true"}
        self._ask(_note_call("deleteNote", "DELETE", noteid, query=query), _nothing)

    def restore_note(self, noteid: str) -> Note:
        """The note, back from the trash; NoteNotFound when the trash has given it up."""
        return self._ask(_note_call("restoreNote", "POST", noteid, "/restore"), Note.from_json)

    def _ask(self, call: Call, parse: Callable[[object], Parsed]) -> Parsed:
        answer, data = self._answer(call)
        try:
            return parse(data)
        except BrokenContract as broken:
            error = UnexpectedResponse(f"{call.operation}: {broken}.", request_id=answer.request_id)
            _log(call, error)
            raise error from None

    def _answer(self, call: Call) -> tuple[Answer, object]:
        api_token = self._tokens.api_token()
        refreshed = False
        attempt = 0
        while True:
            attempt += 1
            started = time.monotonic()
            try:
                answer = self._transport.send(call, api_token, self._deadline)
                data = answers.json_of(call, answer)
            except TokenRejected as error:
                _log(call, error, attempt, started)
                if refreshed:
                    raise
                api_token = self._tokens.refreshed_api_token()
                refreshed = True
            except (GatewayUnavailable, TooManyRequests) as error:
                _log(call, error, attempt, started)
                if not self._retries.pause(attempt, self._deadline.remaining(), error.retry_after):
                    raise
            except GatewayError as error:
                _log(call, error, attempt, started)
                raise
            else:
                self._retries.budget.succeeded()
                return answer, data


def _note_call(
    operation: str,
    method: str,
    noteid: str,
    suffix: str = "",
    *,
    query: dict[str, str] | None = None,
    json: dict[str, object] | None = None,
    if_match: str | None = None,
) -> Call:
    """A call about one note; an id that the API cannot know is refused before the wire."""
    if not is_note_id(noteid):
        raise NoteNotFound(f"{operation}: the id is malformed.")
    return Call(operation, method, f"/notes/{noteid}{suffix}", query, json, if_match)


def _with_text(data: object, text: str) -> object:
    """createNote answers with the note without its text, which is what was sent."""
    return {**data, "note": text} if isinstance(data, dict) else data


def _nothing(data: object) -> None:
    """The answer's message is for people at a terminal."""


def _log(call: Call, error: GatewayError, attempt: int = 1, started: float | None = None) -> None:
    logger.log(
        logging.INFO if error.is_usual else logging.WARNING,
        "notes_api_failed",
        extra={
            "operation": call.operation,
            "cause": type(error).__name__,
            "detail": str(error),
            "attempt": attempt,
            "duration_ms": elapsed_ms(started) if started is not None else None,
            "api_request_id": error.request_id,
        },
    )
