"""NotesStore's methods, each as one request to the function: proxy event in, answer out."""

from typing import Any, Never

from service.deletion import Deletion
from service.errors import NoteChanged, NoteExists, NoteInTrash, NoteNotFound
from service.listing import Listing, encoded_cursor
from service.note import Note, NoteContent, NotePage, NoteSummary
from tests.service.api import Answer, NotesApi

CONFLICTS = {error.__name__: error for error in (NoteChanged, NoteExists, NoteInTrash)}


class StoreBehindApi:
    """Gives and raises what the store does, read from answers that keep the contract."""

    def list_notes(self, owner: str, listing: Listing) -> NotePage:
        query = {"limit": str(listing.limit), "view": listing.view, "q": listing.query}
        if listing.start:
            query["cursor"] = encoded_cursor(listing.start)
        page = _done(NotesApi(sub=owner).list(**query))
        notes = tuple(
            NoteSummary(**{**summary, "tags": tuple(summary["tags"])}) for summary in page["notes"]
        )
        return NotePage(notes, page["cursor"])

    def create_note(self, owner: str, noteid: str, content: NoteContent) -> Note:
        created = _done(NotesApi(sub=owner).create(noteid, **_body(content)))
        return _note({**created, "note": content.note})

    def delete_notes(self, owner: str) -> Deletion:
        answer = _done(NotesApi(sub=owner).delete_all())
        return Deletion(answer["deleted"], answer["remaining"])

    def get_note(self, owner: str, noteid: str) -> Note:
        return _note(_done(NotesApi(sub=owner).get(noteid)))

    def update_note(self, owner: str, noteid: str, content: NoteContent, version: int) -> Note:
        answer = NotesApi(sub=owner).update(noteid, f'"{version}"', **_body(content))
        return _note(_done(answer))

    def delete_note(self, owner: str, noteid: str, version: int | None) -> None:
        _done(NotesApi(sub=owner).delete(noteid, _if_match(version)))

    def delete_note_for_good(self, owner: str, noteid: str, version: int | None) -> None:
        _done(NotesApi(sub=owner).delete(noteid, _if_match(version), permanent="true"))

    def restore_note(self, owner: str, noteid: str) -> Note:
        return _note(_done(NotesApi(sub=owner).restore(noteid)))


def _if_match(version: int | None) -> str | None:
    return None if version is None else f'"{version}"'


def _body(content: NoteContent) -> dict[str, Any]:
    return {
        "title": content.title,
        "note": content.note,
        "tags": list(content.tags),
        "pinned": content.pinned,
    }


def _done(answer: Answer) -> Any:
    return answer.json if answer.status in (200, 201) else _refused(answer)


def _refused(answer: Answer) -> Never:
    code = answer.json["code"]
    if code in CONFLICTS:
        assert answer.status == CONFLICTS[code].status
        raise CONFLICTS[code](_note(answer.json["current"]))
    assert (answer.status, code) == (404, "NoteNotFound"), answer
    raise NoteNotFound


def _note(fields: dict[str, Any]) -> Note:
    return Note(
        noteid=fields["noteid"],
        content=NoteContent(
            fields["title"], fields["note"], tuple(fields["tags"]), fields["pinned"]
        ),
        version=fields["version"],
        created_at=fields["created_at"],
        updated_at=fields["updated_at"],
        deleted_at=fields["deleted_at"],
    )
