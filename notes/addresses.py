"""The addresses of notes: every id that the API can know leads to its note."""

from notes.gateway.note import NOTE_ID_PATTERN

# Words under /notes/ that are pages of their own. The API may know notes by them all the same,
# so those notes are shown at another address.
PAGE_NAMES = ("new", "trash", "export", "import", "drafts")


class NoteIdConverter:
    """A note's id; anything else is a page that does not exist, and no call is made."""

    regex = NOTE_ID_PATTERN

    def to_python(self, value: str) -> str:
        return value

    def to_url(self, value: str) -> str:
        return value


class PageLessIdConverter(NoteIdConverter):
    """A note's id that is not the name of a page."""

    regex = f"(?!(?:{'|'.join(PAGE_NAMES)})/){NOTE_ID_PATTERN}"


def note_address(base: str, noteid: str) -> str:
    """The address of ``notes:detail`` below that of the list, without asking ``reverse`` a row."""
    return f"{base}{noteid}/view/" if noteid in PAGE_NAMES else f"{base}{noteid}/"
