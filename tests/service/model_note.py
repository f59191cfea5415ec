"""A note as a plain dictionary remembers it, to hold the store against."""

from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from service.item import timestamp
from service.note import Note, NoteContent

TRASH = timedelta(days=30)


@dataclass(frozen=True)
class ModelNote:
    """What one did to it, and when; nothing of how it is stored."""

    noteid: str
    content: NoteContent
    created_as: NoteContent
    version: int
    created_at: datetime
    updated_at: datetime
    deleted_at: datetime | None = None

    def is_gone(self, now: datetime) -> bool:
        """Whether its time in the trash is over."""
        return self.deleted_at is not None and now >= self.deleted_at + TRASH

    def as_seen(self) -> Note:
        """The note as the store should give it."""
        return Note(
            noteid=self.noteid,
            content=self.content,
            version=self.version,
            created_at=timestamp(self.created_at),
            updated_at=timestamp(self.updated_at),
            deleted_at=timestamp(self.deleted_at) if self.deleted_at else None,
        )

    def as_created(self) -> Note:
        """The note as the answer to its creation had it."""
        created = replace(
            self, content=self.created_as, version=1, updated_at=self.created_at, deleted_at=None
        )
        return created.as_seen()
