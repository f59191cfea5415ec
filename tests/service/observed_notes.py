"""One person's notes as far as the API's answers tell, and whether the next answer fits them."""

import json
import re
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import parse_qsl, unquote, urlsplit

from jsonschema import Draft202012Validator

from service.validation import is_noteid
from tests.contract import operations

CONTENT = ("title", "note", "tags", "pinned")
# One of them would have been done, or refused as one would expect of a note that is there.
TOLD = {200, 201, 404, 409, 412}


@dataclass(frozen=True)
class Sent:
    """A request, as it went over the wire."""

    method: str
    path: tuple[str, ...]
    query: Mapping[str, str]
    version: int | None
    body: Any

    @classmethod
    def of(cls, method: str, url: str, stage: str, headers: Mapping[str, Any], body: Any) -> "Sent":
        """``stage`` is the address of the API, with which the URL begins."""
        path, _, query = url.removeprefix(stage).partition("?")
        given = str(headers.get("If-Match") or "")
        match = re.fullmatch(r'"([1-9][0-9]*)"', given.strip())
        try:
            content = json.loads(body or "null")
        except ValueError:
            content = None
        return cls(
            method,
            tuple(unquote(part) for part in urlsplit(path).path.strip("/").split("/")),
            dict(parse_qsl(query, keep_blank_values=True)),
            int(match[1]) if match else None,
            content,
        )


@dataclass(frozen=True)
class Seen:
    """A note as the last answer about it had it."""

    content: tuple[Any, ...]
    version: int
    is_in_trash: bool

    @classmethod
    def of(cls, answer: Mapping[str, Any]) -> "Seen":
        is_in_trash = answer["deleted_at"] is not None
        return cls(tuple(answer[name] for name in CONTENT), answer["version"], is_in_trash)


class ObservedNotes:
    """Begins with no notes; of a note that is None it is not known whether it is there."""

    def __init__(self) -> None:
        self._notes: dict[str, Seen | None] = {}
        # What has really been done, by what it was.
        self.done: Counter[str] = Counter()

    def note(self, noteid: str) -> Seen | None:
        return self._notes.get(noteid)

    def observe(self, sent: Sent, status: int, answer: Any) -> None:
        """Raises AssertionError for an answer that does not fit what was answered before."""
        match sent.method, sent.path:
            case "GET", ("notes",):
                self._listed(sent, status, answer)
            case "POST", ("notes",) if status in TOLD:
                self._created(sent, status, answer)
            case "DELETE", ("notes",) if status == 200:
                self._all_deleted(answer)
            case method, ("notes", noteid) if is_noteid(noteid) and status in TOLD:
                about = {"GET": self._got, "PUT": self._updated, "DELETE": self._deleted}
                if method in about:
                    about[method](noteid, sent, status, answer)
            case "POST", ("notes", noteid, "restore") if is_noteid(noteid) and status in TOLD:
                self._restored(noteid, status, answer)

    def _known(self, noteid: str, status: int) -> Seen | None:
        """The note; None where there is none, or where nothing is known of it."""
        note = self._notes.get(noteid)
        if noteid in self._notes and note is None:
            # Now it is seen, or seen not to be there.
            return None
        if status == 404:
            assert note is None, f"404 for {note}."
        else:
            assert note, f"{status} for a note that is not there."
        return note

    def _listed(self, sent: Sent, status: int, answer: Any) -> None:
        if status == 400:
            _assert_that_something_is_wrong(sent.query, answer)
        if status != 200:
            return
        view = sent.query.get("view", "active")
        for summary in answer["notes"]:
            note = self._notes.get(summary["noteid"])
            assert summary["noteid"] in self._notes, "A note is listed that is not there."
            if note:
                assert note.is_in_trash == (view == "trash"), f"{view} lists {note}."
                assert note.version == summary["version"], f"{summary} is listed for {note}."
        is_whole = not set(sent.query) & {"q", "tag", "cursor"} and answer["cursor"] is None
        if is_whole:
            listed = {summary["noteid"] for summary in answer["notes"]}
            there = {
                noteid
                for noteid, note in self._notes.items()
                if note and note.is_in_trash == (view == "trash")
            }
            assert there <= listed, f"{there - listed} are not listed."
            self.done["whole list"] += 1

    def _created(self, sent: Sent, status: int, answer: Any) -> None:
        noteid = sent.body["noteid"]
        note = self._notes.get(noteid)
        if status == 409:
            assert noteid in self._notes, "409 for an id that is free."
            current = Seen.of(answer["current"])
            assert note in (None, current), f"409 with {current} for {note}."
            self._notes[noteid] = current
        elif status == 201:
            created = Seen.of({**answer, "note": sent.body["note"]})
            assert (created.version, created.is_in_trash) == (1, False)
            if noteid in self._notes:
                # The same create again, answered as it was then.
                assert note is None or not note.is_in_trash, "201 for an id in the trash."
                assert note is None or note.version > 1 or note == created
            else:
                self._notes[noteid] = created
                self.done["create"] += 1

    def _all_deleted(self, answer: Any) -> None:
        if answer["remaining"]:
            self._notes = dict.fromkeys(self._notes)
            return
        there = [note for note in self._notes.values() if note]
        assert len(there) <= answer["deleted"] <= len(self._notes), f"{answer} for {len(there)}."
        self.done["delete all"] += bool(self._notes)
        self._notes.clear()

    def _got(self, noteid: str, sent: Sent, status: int, answer: Any) -> None:
        note = self._known(noteid, status)
        if status == 404:
            self._notes.pop(noteid, None)
            return
        assert note in (None, Seen.of(answer)), f"{answer} for {note}."
        self._notes[noteid] = Seen.of(answer)
        self.done["get in the trash" if answer["deleted_at"] else "get"] += 1

    def _updated(self, noteid: str, sent: Sent, status: int, answer: Any) -> None:
        note = self._known(noteid, status)
        if status == 404:
            self._notes.pop(noteid, None)
        elif status == 412:
            self._refused(noteid, note, answer)
            current = Seen.of(answer["current"])
            assert current.is_in_trash or current.version != sent.version
        else:
            updated = Seen.of(answer)
            self._notes[noteid] = updated
            assert not updated.is_in_trash and updated.content[1] == sent.body["note"]
            if note:
                assert not note.is_in_trash, "A note in the trash was changed."
                is_change = sent.version == note.version
                expected = note.version + 1 if is_change else note.version
                assert updated.version == expected, f"{sent.version} made {updated} of {note}."
                assert is_change or updated == note, "A change of another version was taken."
            self.done["update"] += 1

    def _deleted(self, noteid: str, sent: Sent, status: int, answer: Any) -> None:
        is_for_good = sent.query.get("permanent") == "true"
        if is_for_good and status == 200 and noteid not in self._notes:
            return
        if is_for_good and status == 404:
            note = self._notes.get(noteid)
            assert noteid in self._notes, "404 where there is nothing left to delete."
            assert note is None or not note.is_in_trash, f"404 for {note}."
            return
        note = self._known(noteid, status)
        if status == 404:
            self._notes.pop(noteid, None)
        elif status == 412:
            self._refused(noteid, note, answer)
            current = Seen.of(answer["current"])
            assert current.is_in_trash == is_for_good
            assert sent.version not in (None, current.version)
        elif is_for_good:
            if note:
                assert note.is_in_trash, "A note in use was deleted for good."
                assert sent.version in (None, note.version), "Another version was deleted."
                self.done["delete for good"] += 1
            self._notes.pop(noteid)
        elif note and not note.is_in_trash:
            assert sent.version in (None, note.version), "Another version was deleted."
            self._notes[noteid] = Seen(note.content, note.version + 1, is_in_trash=True)
            self.done["delete"] += 1

    def _restored(self, noteid: str, status: int, answer: Any) -> None:
        note = self._known(noteid, status)
        if status == 404:
            self._notes.pop(noteid, None)
            return
        restored = Seen.of(answer)
        self._notes[noteid] = restored
        assert not restored.is_in_trash
        if note:
            expected = Seen(note.content, note.version + note.is_in_trash, is_in_trash=False)
            assert restored == expected, f"{restored} was restored of {note}."
            self.done["restore"] += note.is_in_trash

    def _refused(self, noteid: str, note: Seen | None, answer: Any) -> None:
        current = Seen.of(answer["current"])
        assert note in (None, current), f"412 with {current} for {note}."
        self._notes[noteid] = current
        self.done["refused version"] += 1


def _assert_that_something_is_wrong(query: Mapping[str, str], answer: Any) -> None:
    """Only a cursor may be valid for the contract and yet be none that the list has given."""
    schemas = {
        parameter["name"]: parameter["schema"]
        for parameter in operations()["listNotes"]["parameters"]
        if parameter["in"] == "query"
    }
    for name in set(answer.get("fields", {})) - {"cursor"}:
        text = query.get(name, "")
        is_number = schemas[name]["type"] == "integer" and re.fullmatch("[1-9][0-9]*", text)
        value = int(text) if is_number else text
        wrong = list(Draft202012Validator(schemas[name]).iter_errors(value))
        assert wrong, f"{name} is refused, though the contract allows {text!r}."
