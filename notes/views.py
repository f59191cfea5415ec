"""The pages that show notes, and the actions on them but writing."""

from urllib.parse import urlencode

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.timezone import now
from django.views.decorators.http import require_POST, require_safe

from notes import display, drafts, markdown
from notes.gateway import NoteInvalid
from notes.http import AuthenticatedRequest, gateway_for

# The contract's limits of listNotes.
QUERY_CHARACTERS = 200
TAG_CHARACTERS = 50
CURSOR_CHARACTERS = 512


@require_safe
def note_list(request: AuthenticatedRequest) -> HttpResponse:
    """The newest notes, or those that a search or a tag finds."""
    q = request.GET.get("q", "").strip()[:QUERY_CHARACTERS]
    tag = request.GET.get("tag", "").strip().lower()[:TAG_CHARACTERS]
    cursor = request.GET.get("cursor", "")[:CURSOR_CHARACTERS]
    try:
        page = gateway_for(request).list_notes(q=q, tag=tag, cursor=cursor)
    except NoteInvalid:
        if not cursor:
            raise
        return redirect(_list_url(q=q, tag=tag))
    context = {
        "rows": display.rows(page.notes),
        "q": q,
        "tag": tag,
        "is_first_page": not cursor,
        "drafts": drafts.waiting(request.user) if not cursor else [],
        "newest_url": _list_url(q=q, tag=tag),
        "older_url": _list_url(q=q, tag=tag, cursor=page.cursor or "") if page.cursor else "",
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
        "is_plain": markdown.is_too_long(note.note),
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


def _list_url(**query: str) -> str:
    given = {name: value for name, value in query.items() if value}
    return f"{reverse('notes:list')}?{urlencode(given)}" if given else reverse("notes:list")
