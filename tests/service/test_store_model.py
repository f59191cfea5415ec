"""The function against a plain dictionary, whatever two people do on three devices in any order.

``RUNS=500`` is the campaign; the suite tries some of them.
"""

import os
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from itertools import product
from typing import TYPE_CHECKING

import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    precondition,
    rule,
    run_state_machine_as_test,
)

from service import handler, log
from service.errors import Conflict, NoteChanged, NoteExists, NoteInTrash, NoteNotFound
from service.listing import Listing, rank_in_cursor
from service.note import NoteContent
from service.store import NotesStore
from tests.service.model_note import TRASH, ModelNote
from tests.service.store_behind_api import StoreBehindApi

if TYPE_CHECKING:
    from types_boto3_dynamodb.service_resource import Table

RUNS = int(os.environ.get("RUNS", "15"))
OWNERS = st.sampled_from(["ada", "bob"])
DEVICES = st.sampled_from(["phone", "laptop", "tablet"])
NOTE_IDS = st.sampled_from(["a", "b", "B"])
CONTENTS = st.builds(
    NoteContent,
    title=st.sampled_from(["", "Title"]),
    note=st.sampled_from(["", "needle", "hay\nstack"]),
    tags=st.sampled_from([(), ("work",), ("work", "home")]),
    pinned=st.booleans(),
)
ARRIVES = st.booleans()


class NotesMachine(RuleBasedStateMachine):
    """Does everything twice: in the table and in the dictionary.

    A device changes the version of a note that it saw last, however old that is by now. An answer
    can get lost on its way back: then the device has seen nothing of what was done.
    """

    table: "Table"
    behind: NotesStore
    # How many runs there were, and how many updates were taken and refused in them.
    runs = taken = refused = 0

    def __init__(self) -> None:
        super().__init__()
        self.time = datetime(2026, 11, 21, 8, 30, tzinfo=UTC)
        NotesMachine.behind = NotesStore(self.table, TRASH.days, now=lambda: self.time)
        self.store = StoreBehindApi()
        self.notes: dict[tuple[str, str], ModelNote] = {}
        self.seen: dict[tuple[str, str, str], int] = {}

    @initialize(content=CONTENTS)
    def everybody_has_a_note_on_every_device(self, content: NoteContent) -> None:
        for owner, device in product(("ada", "bob"), ("phone", "laptop", "tablet")):
            self.create(owner, device, "a", content, arrives=True)

    def teardown(self) -> None:
        NotesMachine.runs += 1
        for item in self.table.scan()["Items"]:
            self.table.delete_item(Key={"userId": item["userId"], "noteId": item["noteId"]})

    def there(self, owner: str, noteid: str) -> ModelNote | None:
        """The note, unless its time in the trash is over."""
        note = self.notes.get((owner, noteid))
        return None if note is None or note.is_gone(self.time) else note

    def last_seen(self, owner: str, device: str, noteid: str) -> int:
        """Its version when this device saw it last, which is now where it never has."""
        note = self.there(owner, noteid)
        return self.seen.setdefault((owner, device, noteid), note.version if note else 1)

    @rule(seconds=st.sampled_from([1, 60, 15 * 24 * 3600]))
    def time_passes(self, seconds: int) -> None:
        self.time += timedelta(seconds=seconds)

    @rule(owner=OWNERS, device=DEVICES, noteid=NOTE_IDS, content=CONTENTS, arrives=ARRIVES)
    def create(
        self, owner: str, device: str, noteid: str, content: NoteContent, arrives: bool
    ) -> None:
        existing = self.there(owner, noteid)
        try:
            created = self.store.create_note(owner, noteid, content)
        except NoteExists as conflict:
            assert existing
            assert existing.created_as != content or existing.deleted_at
            assert conflict.current == existing.as_seen()
            return
        if existing is None:
            existing = ModelNote(noteid, content, content, 1, self.time, self.time)
            self.notes[owner, noteid] = existing
        assert existing.created_as == content
        assert existing.deleted_at is None
        assert created == existing.as_created()
        if arrives:
            self.seen[owner, device, noteid] = created.version

    @rule(owner=OWNERS, device=DEVICES, noteid=NOTE_IDS, content=CONTENTS, arrives=ARRIVES)
    def update(
        self, owner: str, device: str, noteid: str, content: NoteContent, arrives: bool
    ) -> None:
        existing = self.there(owner, noteid)
        version = self.last_seen(owner, device, noteid)
        try:
            updated = self.store.update_note(owner, noteid, content, version)
        except NoteNotFound:
            assert existing is None
            return
        except NoteInTrash as conflict:
            assert existing and existing.deleted_at
            assert conflict.current == existing.as_seen()
            return
        except NoteChanged as conflict:
            assert existing and not existing.deleted_at
            assert existing.version != version and existing.content != content
            assert conflict.current == existing.as_seen()
            NotesMachine.refused += 1
            return
        assert existing and not existing.deleted_at
        # What is overwritten is what the device saw, or no update would be safe from being lost.
        assert version == existing.version or content == existing.content
        if version == existing.version:
            existing = replace(existing, content=content, version=version + 1, updated_at=self.time)
            self.notes[owner, noteid] = existing
            NotesMachine.taken += 1
        assert updated == existing.as_seen()
        assert updated.content == content
        if arrives:
            self.seen[owner, device, noteid] = updated.version

    @rule(owner=OWNERS, device=DEVICES, noteid=NOTE_IDS, whatever_version=st.booleans())
    def delete(self, owner: str, device: str, noteid: str, whatever_version: bool) -> None:
        existing = self.there(owner, noteid)
        version = None if whatever_version else self.last_seen(owner, device, noteid)
        try:
            self.store.delete_note(owner, noteid, version)
        except NoteNotFound:
            assert existing is None
        except Conflict as conflict:
            assert existing and not existing.deleted_at
            assert version not in (None, existing.version)
            assert conflict.current == existing.as_seen()
        else:
            assert existing
            if not existing.deleted_at:
                assert version in (None, existing.version)
                self.notes[owner, noteid] = replace(
                    existing, version=existing.version + 1, deleted_at=self.time
                )

    @rule(owner=OWNERS, device=DEVICES, noteid=NOTE_IDS, whatever_version=st.booleans())
    def delete_for_good(self, owner: str, device: str, noteid: str, whatever_version: bool) -> None:
        existing = self.there(owner, noteid)
        version = None if whatever_version else self.last_seen(owner, device, noteid)
        try:
            self.store.delete_note_for_good(owner, noteid, version)
        except NoteNotFound:
            assert existing and not existing.deleted_at
        except NoteChanged as conflict:
            assert existing and existing.deleted_at
            assert version not in (None, existing.version)
            assert conflict.current == existing.as_seen()
        else:
            if existing is None:
                return
            assert existing.deleted_at
            assert version in (None, existing.version)
            del self.notes[owner, noteid]

    # Rarely, or there would be nothing to do the other things with.
    @precondition(lambda self: len(self.notes) > 3)
    @rule(owner=OWNERS)
    def delete_all(self, owner: str) -> None:
        theirs = [key for key in self.notes if key[0] == owner]
        deletion = self.store.delete_notes(owner)
        assert (deletion.deleted, deletion.remaining) == (len(theirs), False)
        for key in theirs:
            del self.notes[key]

    @rule(owner=OWNERS, device=DEVICES, noteid=NOTE_IDS, arrives=ARRIVES)
    def restore(self, owner: str, device: str, noteid: str, arrives: bool) -> None:
        existing = self.there(owner, noteid)
        try:
            restored = self.store.restore_note(owner, noteid)
        except NoteNotFound:
            assert existing is None
            return
        assert existing
        if existing.deleted_at:
            existing = replace(existing, version=existing.version + 1, deleted_at=None)
            self.notes[owner, noteid] = existing
        assert restored == existing.as_seen()
        if arrives:
            self.seen[owner, device, noteid] = restored.version

    @rule(owner=OWNERS, noteid=NOTE_IDS)
    def dynamodb_removes_what_has_expired(self, owner: str, noteid: str) -> None:
        """It comes some days late, so what it removes must not have been there for anybody."""
        if (owner, noteid) in self.notes and self.there(owner, noteid) is None:
            self.table.delete_item(Key={"userId": owner, "noteId": noteid})
            del self.notes[owner, noteid]

    @rule(owner=OWNERS, device=DEVICES, noteid=NOTE_IDS)
    def get(self, owner: str, device: str, noteid: str) -> None:
        existing = self.there(owner, noteid)
        try:
            note = self.store.get_note(owner, noteid)
        except NoteNotFound:
            assert existing is None
            return
        assert existing and note == existing.as_seen()
        self.seen[owner, device, noteid] = note.version

    @rule(owner=OWNERS, limit=st.integers(1, 4))
    def search(self, owner: str, limit: int) -> None:
        expected = [n for n in self.listed(owner, "active") if "needle" in self.text(owner, n)]
        assert self.all_pages(owner, Listing(limit=limit, query="NEEDLE")) == expected

    @invariant()
    def lists_show_every_note_of_a_person_once_and_in_order(self) -> None:
        for owner in ("ada", "bob"):
            active = self.all_pages(owner, Listing(limit=2))
            assert active == self.listed(owner, "active")
            trash = self.all_pages(owner, Listing(limit=2, view="trash"))
            assert trash == self.listed(owner, "trash")

    def text(self, owner: str, noteid: str) -> str:
        return self.notes[owner, noteid].content.note

    def listed(self, owner: str, view: str) -> list[str]:
        """The ids in the order of the list."""
        notes = [
            note
            for (of, noteid), note in self.notes.items()
            if of == owner and self.there(of, noteid)
        ]
        if view == "trash":
            deleted = [(note.deleted_at, note.noteid) for note in notes if note.deleted_at]
            return [noteid for _, noteid in sorted(deleted, reverse=True)]
        active = [
            (note.content.pinned, note.updated_at, note.noteid)
            for note in notes
            if not note.deleted_at
        ]
        return [noteid for *_, noteid in sorted(active, reverse=True)]

    def all_pages(self, owner: str, listing: Listing) -> list[str]:
        page = self.store.list_notes(owner, listing)
        found = [summary.noteid for summary in page.notes]
        while page.cursor:
            start = rank_in_cursor(page.cursor, listing.view)
            page = self.store.list_notes(owner, replace(listing, start=start))
            found += [summary.noteid for summary in page.notes]
        return found


class ModelTests:
    @pytest.mark.usefixtures("api")
    def test_it_does_what_a_dictionary_would(
        self, table: "Table", monkeypatch: pytest.MonkeyPatch
    ) -> None:
        NotesMachine.table = table
        monkeypatch.setattr(handler, "notes_store", lambda: NotesMachine.behind)
        # Of each request one; of a campaign they would fill the memory.
        monkeypatch.setattr(log.Entry, "write", lambda *_: None)
        run_state_machine_as_test(
            NotesMachine,
            settings=settings(
                max_examples=RUNS,
                stateful_step_count=60 if RUNS > 15 else 30,
                deadline=None,
                suppress_health_check=list(HealthCheck),
            ),
        )
        print(
            f"{NotesMachine.runs} runs: {NotesMachine.taken} updates taken, "
            f"{NotesMachine.refused} refused because of another one, 0 lost, 0 differences"
        )
        assert NotesMachine.runs >= RUNS
