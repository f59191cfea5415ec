"""Notes out and in: one as a file, and the pages of export and import.

The latter talk to the API once for each note, for as long as it takes, and send what they have as
they go, so that neither memory nor one page's deadline limits how many notes there can be.
"""

import logging
from collections.abc import Iterable, Iterator
from contextlib import suppress
from dataclasses import replace
from typing import Literal

from django.core.files.uploadedfile import UploadedFile
from django.http import HttpRequest, HttpResponse, HttpResponseBase, StreamingHttpResponse
from django.shortcuts import render
from django.template.loader import render_to_string
from django.utils.http import content_disposition_header
from django.utils.timezone import now
from django.views.decorators.http import require_http_methods, require_safe

from notes import archive, incoming
from notes.failures import NOT_SAVED, failure_of
from notes.gateway import (
    Note,
    NoteConflict,
    NoteContent,
    NoteInvalid,
    NoteNotFound,
    NotePage,
    NoteSummary,
)
from notes.gateway.note import normal_tag
from notes.http import gateway_for
from notes.incoming import Incoming, NotReadable, Unreadable

logger = logging.getLogger(__name__)

# nginx lets 12 MB through (.platform/nginx); this leaves room for the rest of the form.
UPLOAD_BYTES = 10_000_000
PAGE_NOTES = 100


@require_safe
def note_download(request: HttpRequest, noteid: str) -> HttpResponse:
    """One note's text as it was typed. Its file's name is the title, as import understands it."""
    note = gateway_for(request).get_note(noteid)
    response = HttpResponse(note.note, content_type="text/markdown; charset=utf-8")
    name = f"{archive.words_of(note.title) or 'note'}.md"
    response.headers["Content-Disposition"] = content_disposition_header(True, name)
    return response


@require_safe
def note_export(request: HttpRequest) -> StreamingHttpResponse:
    """All notes, those in the trash too, as one ZIP file.

    When the API fails halfway, the download breaks off and the browser says so: an archive that
    looks whole but is not would be worse.
    """
    at = now()
    first = gateway_for(request).list_notes(limit=PAGE_NOTES)
    response = StreamingHttpResponse(
        archive.write(_whole_notes(request, first)), content_type="application/zip"
    )
    response.headers["Content-Disposition"] = f'attachment; filename="notes-{at:%Y-%m-%d}.zip"'
    response.headers["X-Accel-Buffering"] = "no"
    return response


def _whole_notes(request: HttpRequest, first: NotePage) -> Iterator[Note]:
    """Every note once.

    A note that is changed, deleted or restored meanwhile moves, perhaps to a place that was passed
    already: the lists are read again until there is nothing new in them.
    """
    seen: set[str] = set()
    passed = -1
    summaries = _summaries(request, first)
    while len(seen) > passed:
        passed = len(seen)
        for summary in summaries:
            if summary.noteid in seen:
                continue
            seen.add(summary.noteid)
            try:
                yield gateway_for(request).get_note(summary.noteid)
            except NoteNotFound:
                # Deleted for good since it was listed.
                continue
        summaries = _summaries(request, _page(request, "active", ""))


def _summaries(request: HttpRequest, first: NotePage) -> Iterator[NoteSummary]:
    yield from _listed(request, first)
    yield from _listed(request, _page(request, "trash", ""), "trash")


def _listed(
    request: HttpRequest, page: NotePage, view: Literal["active", "trash"] = "active"
) -> Iterator[NoteSummary]:
    yield from page.notes
    while page.cursor:
        page = _page(request, view, page.cursor)
        yield from page.notes


def _page(request: HttpRequest, view: Literal["active", "trash"], cursor: str) -> NotePage:
    return gateway_for(request).list_notes(limit=PAGE_NOTES, view=view, cursor=cursor)


@require_http_methods(["GET", "HEAD", "POST"])
def note_import(request: HttpRequest) -> HttpResponseBase:
    """Take in an archive of ours, a ZIP of text files, or one text file.

    Safe to repeat: every note has the same id each time, so none is doubled.
    """
    if request.method != "POST":
        return render(request, "notes/note_import.html")
    file = request.FILES.get("file")
    try:
        entries = _entries(file)
    except NotReadable as problem:
        return render(request, "notes/note_import.html", {"problem": str(problem)}, status=422)
    response = StreamingHttpResponse(_progress(request, entries))
    response.headers["X-Accel-Buffering"] = "no"
    return response


def _entries(file: "UploadedFile[bytes] | None") -> Iterator[Incoming | Unreadable]:
    if file is None or not file.name:
        raise NotReadable("Choose a file first.")
    if (file.size or 0) > UPLOAD_BYTES:
        raise NotReadable(
            f"The file is larger than {UPLOAD_BYTES // 1_000_000} MB: divide it into smaller ones, "
            "each with the notes.json that is in it, if there is one."
        )
    return incoming.read(file.name, file)


# Where the page is cut in two, to send the progress in between. Nobody can type it.
_PROGRESS = "<!-- progress -->"


def _progress(request: HttpRequest, entries: Iterable[Incoming | Unreadable]) -> Iterator[str]:
    """The page, with a line for each note that needs one and a count at the end."""
    page = render_to_string("notes/note_import_progress.html", request=request)
    before, _, after = page.partition(_PROGRESS)
    yield before
    taken, stopped_by = 0, ""
    for entry in entries:
        try:
            is_taken, line = _outcome(request, entry)
        except NOT_SAVED as error:
            stopped_by = failure_of(error).message
            break
        taken += is_taken
        if not line and taken % 50 == 0:
            line = f"{taken} notes so far."
        # Something is sent for each note, or a proxy would take a slow import for a dead one.
        yield render_to_string("notes/_import_line.html", {"line": line}) if line else "\n"
    yield _end(taken, stopped_by)
    yield after
    logger.info("notes_imported", extra={"count": taken})


def _outcome(request: HttpRequest, entry: Incoming | Unreadable) -> tuple[bool, str]:
    """Whether a note was taken in, and what there is to tell about it."""
    if isinstance(entry, Unreadable):
        return False, f"{entry.name} {entry.reason}."
    try:
        return True, _take_in(request, entry)
    except NoteInvalid as error:
        return False, f"{entry.name}: {error.reason or 'the notes service does not accept it.'}"
    except (NoteConflict, NoteNotFound):
        return False, f"{entry.name} was changed elsewhere at the same moment: import it again."


def _end(taken: int, stopped_by: str) -> str:
    return render_to_string("notes/_import_end.html", {"taken": taken, "stopped_by": stopped_by})


def _take_in(request: HttpRequest, entry: Incoming) -> str:
    """Create the note; where its id is used by other content, beside that one. What to tell."""
    told = ""
    while (stored := _stored(request, entry)) is None:
        entry = replace(entry, noteid=entry.copy_id)
        told = f"{entry.name}: you have this note with another text; this one is a copy beside it."
    # One that was restored or changed since is in use, whatever the archive says of it.
    if entry.is_deleted and stored.version == 1:
        with suppress(NoteConflict):
            gateway_for(request).delete_note(entry.noteid, version=1)
    elif stored.deleted_at and not entry.is_deleted:
        told = f"{entry.name}: you have this note in the trash."
    return told


def _stored(request: HttpRequest, entry: Incoming) -> Note | None:
    """The note with this content under this id, created if need be; None where it is another's.

    The API answers a repeated create with the note as it was created, so what has become of it
    since is read.
    """
    try:
        gateway_for(request).create_note(entry.noteid, entry.content)
    except NoteConflict as conflict:
        stored = conflict.current
    else:
        stored = gateway_for(request).get_note(entry.noteid)
        if stored.version == 1:
            return stored
    return stored if stored.content == _as_kept(entry.content) else None


def _as_kept(content: NoteContent) -> NoteContent:
    """With the tags as the API keeps them."""
    return replace(content, tags=tuple(dict.fromkeys(map(normal_tag, content.tags))))
