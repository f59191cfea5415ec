"""NotesStore against a plain dictionary, whatever is done in whatever order."""

from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    invariant,
    precondition,
    rule,
    run_state_machine_as_test,
)

from service.errors import Conflict, NoteChanged, NoteExists, NoteInTrash, NoteNotFound
from service.item import timestamp
from service.listing import Listing, rank_in_cursor
from service.note import Note, NoteContent
from service.store import NotesStore

if TYPE_CHECKING:
    from types_boto3_dynamodb.service_resource import Table

OWNERS = st.sampled_from(["ada", "bob"])
NOTE_IDS = st.sampled_from(["a", "b", "c", "B"])
VERSIONS = st.integers(min_value=1, max_value=6)
CONTENTS = st.builds(
    NoteContent,
    title=st.sampled_from(["", "Title"]),
    note=st.sampled_from(["", "needle", "hay\nstack"]),
    tags=st.sampled_from([(), ("work",), ("work", "home")]),
    pinned=st.booleans(),
)
TRASH = timedelta(days=30)


@dataclass(frozen=True)
class ModelNote:
    """What the dictionary remembers of a note."""

    noteid: str
    content: NoteContent
    created_as: NoteContent
    version: int
    created_at: datetime
    updated_at: datetime
    deleted_at: datetime | None = None

    def seen(self) -> Note:
        """The note as the store should give it."""
        return Note(
            noteid=self.noteid,
            content=self.content,
            version=self.version,
            created_at=timestamp(self.created_at),
            updated_at=timestamp(self.updated_at),
            deleted_at=timestamp(self.deleted_at) if self.deleted_at else None,
        )

    def seen_when_created(self) -> Note:
        created = replace(
            self, content=self.created_as, version=1, updated_at=self.created_at, deleted_at=None
        )
        return created.seen()


class NotesMachine(RuleBasedStateMachine):
    """Does everything twice: in the table and in the dictionary."""

    table: "Table"

    def __init__(self) -> None:
        super().__init__()
        self.time = datetime(2026, 11, 21, 8, 30, tzinfo=UTC)
        self.store = NotesStore(self.table, trash_days=30, now=lambda: self.time)
        self.notes: dict[tuple[str, str], ModelNote] = {}

    def teardown(self) -> None:
        for item in self.table.scan()["Items"]:
            self.table.delete_item(Key={"userId": item["userId"], "noteId": item["noteId"]})

    def there(self, owner: str, noteid: str) -> ModelNote | None:
        """The note, unless its time in the trash is over."""
        note = self.notes.get((owner, noteid))
        if note and note.deleted_at and self.time >= note.deleted_at + TRASH:
            return None
        return note

    @rule(seconds=st.sampled_from([1, 60, 15 * 24 * 3600]))
    def time_passes(self, seconds: int) -> None:
        self.time += timedelta(seconds=seconds)

    @rule(owner=OWNERS, noteid=NOTE_IDS, content=CONTENTS)
    def create(self, owner: str, noteid: str, content: NoteContent) -> None:
        existing = self.there(owner, noteid)
        try:
            created = self.store.create_note(owner, noteid, content)
        except NoteExists as conflict:
            assert existing
            assert existing.created_as != content or existing.deleted_at
            assert conflict.current == existing.seen()
            return
        if existing is None:
            existing = ModelNote(noteid, content, content, 1, self.time, self.time)
            self.notes[owner, noteid] = existing
        assert existing.created_as == content
        assert existing.deleted_at is None
        assert created == existing.seen_when_created()

    @rule(
        owner=OWNERS, noteid=NOTE_IDS, content=CONTENTS, version=VERSIONS, is_current=st.booleans()
    )
    def update(
        self, owner: str, noteid: str, content: NoteContent, version: int, is_current: bool
    ) -> None:
        existing = self.there(owner, noteid)
        if existing and is_current:
            version = existing.version
        try:
            updated = self.store.update_note(owner, noteid, content, version)
        except NoteNotFound:
            assert existing is None
        except NoteInTrash as conflict:
            assert existing and existing.deleted_at
            assert conflict.current == existing.seen()
        except NoteChanged as conflict:
            assert existing and not existing.deleted_at
            assert existing.version != version and existing.content != content
            assert conflict.current == existing.seen()
        else:
            assert existing and not existing.deleted_at
            if existing.version == version:
                existing = replace(
                    existing, content=content, version=version + 1, updated_at=self.time
                )
                self.notes[owner, noteid] = existing
            assert updated == existing.seen()
            assert updated.content == content

    @rule(owner=OWNERS, noteid=NOTE_IDS, version=st.none() | VERSIONS)
    def delete(self, owner: str, noteid: str, version: int | None) -> None:
        existing = self.there(owner, noteid)
        try:
            self.store.delete_note(owner, noteid, version)
        except NoteNotFound:
            assert existing is None
        except Conflict as conflict:
            assert existing and not existing.deleted_at
            assert version not in (None, existing.version)
            assert conflict.current == existing.seen()
        else:
            assert existing
            if not existing.deleted_at:
                assert version in (None, existing.version)
                self.notes[owner, noteid] = replace(
                    existing, version=existing.version + 1, deleted_at=self.time
                )

    @rule(owner=OWNERS, noteid=NOTE_IDS, version=st.none() | VERSIONS)
    def delete_for_good(self, owner: str, noteid: str, version: int | None) -> None:
        existing = self.there(owner, noteid)
        try:
            self.store.delete_note_for_good(owner, noteid, version)
        except NoteNotFound:
            assert existing is None or not existing.deleted_at
        except NoteChanged as conflict:
            assert existing and existing.deleted_at
            assert version not in (None, existing.version)
            assert conflict.current == existing.seen()
        else:
            assert existing and existing.deleted_at
            assert version in (None, existing.version)
            del self.notes[owner, noteid]

    # Rarely, or there would be nothing to do the other things with.
    @precondition(lambda self: len(self.notes) > 4)
    @rule(owner=OWNERS)
    def delete_all(self, owner: str) -> None:
        theirs = [key for key in self.notes if key[0] == owner]
        deletion = self.store.delete_notes(owner)
        assert (deletion.deleted, deletion.remaining) == (len(theirs), False)
        for key in theirs:
            del self.notes[key]

    @rule(owner=OWNERS, noteid=NOTE_IDS)
    def restore(self, owner: str, noteid: str) -> None:
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
        assert restored == existing.seen()

    @rule(owner=OWNERS, noteid=NOTE_IDS)
    def dynamodb_removes_what_has_expired(self, owner: str, noteid: str) -> None:
        """It comes some days late, so what it removes must not have been there for anybody."""
        if (owner, noteid) in self.notes and self.there(owner, noteid) is None:
            self.table.delete_item(Key={"userId": owner, "noteId": noteid})
            del self.notes[owner, noteid]

    @rule(owner=OWNERS, noteid=NOTE_IDS)
    def get(self, owner: str, noteid: str) -> None:
        existing = self.there(owner, noteid)
        try:
            assert self.store.get_note(owner, noteid) == (existing and existing.seen())
        except NoteNotFound:
            assert existing is None

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
    def test_it_does_what_a_dictionary_would(self, table: "Table") -> None:
        NotesMachine.table = table
        run_state_machine_as_test(
            NotesMachine,
            settings=settings(
                max_examples=15,
                stateful_step_count=30,
                deadline=None,
                suppress_health_check=list(HealthCheck),
            ),
        )
