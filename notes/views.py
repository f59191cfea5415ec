"""The pages that show notes, and the actions on them but writing."""

from dataclasses import dataclass, replace
from typing import Self
from urllib.parse import urlencode

from django.contrib import messages
from django.core.exceptions import BadRequest
from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.timezone import now
from django.views.decorators.http import require_POST, require_safe

from notes import display, drafts, markdown
from notes.gateway import NoteConflict, NoteInvalid, NotesGateway
from notes.gateway.note import CURSOR_CHARACTERS, QUERY_CHARACTERS, TAG_CHARACTERS, normal_tag
from notes.http import AuthenticatedRequest, gateway_for


@dataclass(frozen=True, slots=True)
class ListPage:
    """Which notes a list shows: what is searched for, and from where on."""

    q: str
    tag: str
    cursor: str

    @classmethod
    def of(cls, data: QueryDict) -> Self:
        """What an address or a form says, cut to what the API takes."""
        return cls(
            q=data.get("q", "").strip()[:QUERY_CHARACTERS],
            tag=normal_tag(data.get("tag", ""))[:TAG_CHARACTERS],
            cursor=data.get("cursor", "")[:CURSOR_CHARACTERS],
        )

    @property
    def url(self) -> str:
        given = {"q": self.q, "tag": self.tag, "cursor": self.cursor}
        query = urlencode({name: value for name, value in given.items() if value})
        return f"{reverse('notes:list')}?{query}" if query else reverse("notes:list")

    def from_on(self, cursor: str) -> Self:
        """The page of the same list that begins there."""
        return replace(self, cursor=cursor)


@require_safe
def note_list(request: AuthenticatedRequest) -> HttpResponse:
    """The newest notes, or those that a search or a tag finds."""
    here = ListPage.of(request.GET)
    try:
        page = gateway_for(request).list_notes(q=here.q, tag=here.tag, cursor=here.cursor)
    except NoteInvalid:
        if not here.cursor:
            raise
        return redirect(here.from_on("").url)
    context = {
        "rows": display.rows(page.notes),
        "q": here.q,
        "tag": here.tag,
        "cursor": here.cursor,
        "is_first_page": not here.cursor,
        "drafts": drafts.waiting(request.user) if not here.cursor else [],
        "newest_url": here.from_on("").url,
        "older_url": here.from_on(page.cursor).url if page.cursor else "",
    }
    return render(request, "notes/note_list.html", context)


@require_safe
def note_detail(request: HttpRequest, noteid: str) -> HttpResponse:
    """One note, rendered."""
    note = gateway_for(request).get_note(noteid)
    at = now()
    context = {
        "note": note,
        "heading": display.heading(note),
        "html": markdown.to_html(note.note),
        "is_plain": markdown.takes_too_long(note.note),
        "tags": display.tags(note.tags),
        "created": display.moment(note.created_at, at),
        "updated": display.moment(note.updated_at, at),
    }
    return render(request, "notes/note_detail.html", context)


@require_safe
def note_trash(request: HttpRequest) -> HttpResponse:
    """What was deleted, with the day on which each note goes for good."""
    cursor = request.GET.get("cursor", "")[:CURSOR_CHARACTERS]
    try:
        page = gateway_for(request).list_notes(view="trash", cursor=cursor)
    except NoteInvalid:
        if not cursor:
            raise
        return redirect("notes:trash")
    older = f"{reverse('notes:trash')}?{urlencode({'cursor': page.cursor})}" if page.cursor else ""
    context = {"rows": display.rows(page.notes), "older_url": older, "is_first_page": not cursor}
    return render(request, "notes/note_trash.html", context)


@require_POST
def note_delete(request: HttpRequest, noteid: str) -> HttpResponse:
    """Move a note to the trash; with ``?permanent=true``, out of it for good."""
    if request.GET.get("permanent") == "true":
        gateway_for(request).delete_note_for_good(noteid)
        messages.success(request, "The note is gone for good.")
        return redirect("notes:trash")
    gateway_for(request).delete_note(noteid)
    # _messages.html offers what extra_tags names as the message's one action.
    undo = reverse("notes:restore", args=[noteid])
    messages.success(request, "The note is in the trash.", extra_tags=undo)
    return redirect("notes:list")


@require_POST
def note_restore(request: HttpRequest, noteid: str) -> HttpResponse:
    """Bring a note back from the trash."""
    gateway_for(request).restore_note(noteid)
    messages.success(request, "The note is back.")
    return redirect("notes:detail", noteid)


@require_POST
def note_pin(request: HttpRequest, noteid: str) -> HttpResponse:
    """Put a note on top of the list or back among the others, and go on in that list, there."""
    pinned = {"true": True, "false": False}.get(request.POST.get("pinned", ""))
    if pinned is None:
        raise BadRequest("pinned is neither true nor false")
    here = ListPage.of(request.POST)
    _pin(request, gateway_for(request), noteid, pinned)
    # A browser moves the focus to what the fragment names (HTML standard, "scroll to the
    # fragment"). A page further down the list does not have the note any more.
    return redirect(f"{here.url}#{'main' if here.cursor else f'pin-{noteid}'}")


def _pin(request: HttpRequest, gateway: NotesGateway, noteid: str, pinned: bool) -> None:
    note = gateway.get_note(noteid)
    name = f"“{display.heading(note)}”"
    try:
        if note.pinned != pinned and not note.deleted_at:
            note = gateway.update_note(noteid, note.version, replace(note.content, pinned=pinned))
    except NoteConflict as conflict:
        note = conflict.current
    if note.deleted_at:
        messages.warning(request, f"{name} is in the trash: restore it first.")
    elif note.pinned == pinned:
        messages.success(request, f"{name} is {'pinned' if pinned else 'no longer pinned'}.")
    else:
        not_done = "not pinned yet" if pinned else "still pinned"
        messages.warning(
            request,
            f"{name} was changed elsewhere at the same moment, so it is {not_done}. "
            "Press its pin again.",
        )
