"""The operations of the contract, each for the one person who calls."""

from service.caller import Caller
from service.errors import InvalidRequest, NoteNotFound, PreconditionRequired
from service.item import View
from service.listing import Listing, rank_in_cursor
from service.note import Note
from service.proxy import Answer, Request
from service.store import NotesStore
from service.validation import (
    TAG_LENGTH,
    is_noteid,
    json_object,
    normal_tag,
    note_to_create,
    note_to_update,
    version_in,
)

QUERY_LENGTH = 200


def greet(store: NotesStore, caller: Caller, request: Request) -> Answer:
    """Whom the token names; without an e-mail address if the token has none."""
    name = f"{caller.username} with email {caller.email}" if caller.email else caller.username
    return Answer(200, {"message": f"Hello, {name}!"})


def list_notes(store: NotesStore, caller: Caller, request: Request) -> Answer:
    page = store.list_notes(caller.owner, _listing(request))
    return Answer(200, page.to_json())


def create_note(store: NotesStore, caller: Caller, request: Request) -> Answer:
    noteid, content = note_to_create(json_object(request.body))
    note = store.create_note(caller.owner, noteid, content)
    body = {"message": "Note created", **note.to_json_without_text()}
    return Answer(201, body, {"ETag": note.etag})


def delete_notes(store: NotesStore, caller: Caller, request: Request) -> Answer:
    """``DELETE /notes/`` is this too, so the id of one note that was left out must not suffice."""
    if request.query.get("confirm") != "all":
        raise InvalidRequest({"confirm": "must be all"})
    return Answer(200, store.delete_notes(caller.owner).to_json())


def get_note(store: NotesStore, caller: Caller, request: Request) -> Answer:
    return _note_answer(store.get_note(caller.owner, _noteid(request)))


def update_note(store: NotesStore, caller: Caller, request: Request) -> Answer:
    noteid = _noteid(request)
    version = _if_match(request)
    if version is None:
        raise PreconditionRequired
    content = note_to_update(json_object(request.body))
    return _note_answer(store.update_note(caller.owner, noteid, content, version))


def delete_note(store: NotesStore, caller: Caller, request: Request) -> Answer:
    noteid = _noteid(request)
    version = _if_match(request)
    if _choice(request, "permanent", ("false", "true")) == "true":
        store.delete_note_for_good(caller.owner, noteid, version)
    else:
        store.delete_note(caller.owner, noteid, version)
    return Answer(200, {"message": "Note deleted"})


def restore_note(store: NotesStore, caller: Caller, request: Request) -> Answer:
    return _note_answer(store.restore_note(caller.owner, _noteid(request)))


def _note_answer(note: Note) -> Answer:
    return Answer(200, note.to_json(), {"ETag": note.etag})


def _noteid(request: Request) -> str:
    """An id that no note can have is answered like one that no note has."""
    noteid = request.path_parameters.get("noteid", "")
    if not is_noteid(noteid):
        raise NoteNotFound
    return noteid


def _if_match(request: Request) -> int | None:
    header = request.headers.get("if-match")
    return None if header is None else version_in(header)


def _listing(request: Request) -> Listing:
    limit = request.query.get("limit", "20")
    if not (limit.isascii() and limit.isdigit() and len(limit) <= 3 and 1 <= int(limit) <= 100):
        raise InvalidRequest({"limit": "must be a number from 1 to 100"})
    view: View = "trash" if _choice(request, "view", ("active", "trash")) == "trash" else "active"
    cursor = request.query.get("cursor")
    return Listing(
        limit=int(limit),
        view=view,
        start=rank_in_cursor(cursor, view) if cursor else None,
        query=_term(request, "q", QUERY_LENGTH).strip(),
        tag=normal_tag(_term(request, "tag", TAG_LENGTH)),
    )


def _term(request: Request, name: str, length: int) -> str:
    term = request.query.get(name, "")
    if len(term) > length:
        raise InvalidRequest({name: f"must be at most {length} characters"})
    return term


def _choice(request: Request, name: str, choices: tuple[str, ...]) -> str:
    """One of the choices; the first one when the parameter is left out."""
    value = request.query.get(name, choices[0])
    if value not in choices:
        raise InvalidRequest({name: f"must be {' or '.join(choices)}"})
    return value
