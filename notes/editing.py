"""Writing notes: nothing that was typed is ever lost, whatever becomes of saving it."""

from collections.abc import Callable
from uuid import uuid4

from django.contrib import messages
from django.http import HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.timezone import now
from django.views.decorators.http import require_http_methods

from identity.navigation import is_navigation, sign_in_url
from notes import display, drafts, merging
from notes.base_version import BaseVersion
from notes.failures import NOT_SAVED, failure_of
from notes.forms import EditNoteForm, NewNoteForm, NoteForm
from notes.gateway import Note, NoteConflict, NoteInvalid, NoteNotFound, NotesGateway
from notes.http import AuthenticatedRequest, gateway_for


@require_http_methods(["GET", "HEAD", "POST"])
def note_create(request: AuthenticatedRequest) -> HttpResponse:
    """An empty editor; sent, one new note, however often it is sent."""
    if request.method != "POST":
        if draft := drafts.find(request, request.user):
            return _editor(request, NewNoteForm(draft.fields), continues=draft.digest)
        return _editor(request, NewNoteForm.empty(), kept=drafts.newest(request.user, ""))
    form = NewNoteForm(request.POST)
    if not form.is_valid():
        _keep(request)
        return _editor(request, form, status=422)
    return _save(
        request,
        form,
        lambda: gateway_for(request).create_note(form.cleaned_data["noteid"], form.content),
    )


@require_http_methods(["GET", "HEAD", "POST"])
def note_edit(request: AuthenticatedRequest, noteid: str) -> HttpResponse:
    """The editor with the stored note; sent, its next version, unless it was changed meanwhile."""
    if request.method != "POST":
        if draft := drafts.find(request, request.user):
            return _editor(request, EditNoteForm(draft.fields), noteid, continues=draft.digest)
        note = gateway_for(request).get_note(noteid)
        if note.deleted_at:
            return redirect("notes:detail", noteid)
        kept = drafts.newest(request.user, noteid)
        return _editor(request, EditNoteForm.showing(note), noteid, kept=kept)
    form = EditNoteForm(request.POST)
    if not form.is_valid():
        _keep(request, noteid)
        return _editor(request, form, noteid, status=422)
    return _save(request, form, lambda: _update(gateway_for(request), noteid, form), noteid)


def _update(gateway: NotesGateway, noteid: str, form: EditNoteForm) -> Note:
    """The next version; of the stored one, if no word of it was changed since the person began."""
    try:
        return gateway.update_note(noteid, form.cleaned_data["version"], form.content)
    except NoteConflict as conflict:
        stored, base = conflict.current, form.base_version
        if stored.deleted_at or not base or not base.has_words_of(stored.content):
            raise
        merged = merging.merge(base, stored.content, form.content).content
        return gateway.update_note(noteid, stored.version, merged)


def _save(
    request: AuthenticatedRequest, form: NoteForm, save: Callable[[], Note], noteid: str = ""
) -> HttpResponse:
    try:
        note = save()
    except (NoteInvalid, NoteConflict, NoteNotFound, *NOT_SAVED) as error:
        return _not_saved(request, form, noteid, error)
    drafts.end(request, request.user, noteid)
    if not is_navigation(request):
        return JsonResponse(
            {
                "version": note.version,
                "base": str(BaseVersion.of(note.content)),
                "pinned": note.pinned,
                **_addresses(note.noteid),
            }
        )
    messages.success(request, "Saved.")
    return redirect("notes:detail", note.noteid)


def _addresses(noteid: str) -> dict[str, str]:
    """Where an editor of that note, or of a new one without an id, sends its text."""
    keep = reverse("notes:keep_draft")
    if not noteid:
        return {"action": reverse("notes:create"), "keep_url": keep}
    return {"action": reverse("notes:edit", args=[noteid]), "keep_url": f"{keep}?note={noteid}"}


def _editor(
    request: AuthenticatedRequest,
    form: NoteForm,
    noteid: str = "",
    *,
    status: int = 200,
    **context: object,
) -> HttpResponse:
    page = {
        **_form_page(request, form, noteid),
        "is_new": not noteid,
        "noteid": noteid,
        "back_url": reverse("notes:detail", args=[noteid]) if noteid else reverse("notes:list"),
        **context,
    }
    return render(request, "notes/note_editor.html", page, status=status)


def _form_page(request: AuthenticatedRequest, form: NoteForm, noteid: str) -> dict[str, object]:
    """What the form needs wherever it is shown."""
    return {
        "form": form,
        "owner": drafts.owner_mark(request.user),
        "editor": request.POST.get("editor") or str(uuid4()),
        "continues": request.POST.get("continues", ""),
        # To be opened beside the editor, so it leads back to nothing in particular.
        "sign_in_url": sign_in_url(""),
        **_addresses(noteid),
    }


def _keep(request: AuthenticatedRequest, noteid: str = "") -> None:
    """Keep what was sent, because no page is sure to arrive or to stay open."""
    drafts.keep(request, drafts.owner_of(request.POST) or request.user.pk, noteid)


def _not_saved(
    request: AuthenticatedRequest, form: NoteForm, noteid: str, error: Exception
) -> HttpResponse:
    """What was typed, and what to do about it; sending it again is mostly all it takes."""
    _keep(request, noteid)
    if isinstance(error, NoteInvalid):
        form.refuse(error)
        return _editor(request, form, noteid, status=422)
    if isinstance(error, NoteConflict) and not error.current.deleted_at:
        return _conflict(request, error.current, form)
    if isinstance(error, NoteConflict | NoteNotFound):
        # Deleted meanwhile: what was typed can be saved as a new note.
        form = NewNoteForm.empty(form.content)
        return _editor(request, form, status=404, is_gone=True)
    failure = failure_of(error)
    if not is_navigation(request):
        return failure.to_json()
    return failure.mark(_editor(request, form, noteid, status=failure.status, failure=failure))


def _conflict(request: AuthenticatedRequest, stored: Note, form: NoteForm) -> HttpResponse:
    """Both versions and one made of both, to be saved as the version after the stored one."""
    typed = form.content
    merge = merging.merge(form.base_version, stored.content, typed)
    context = {
        **_form_page(request, EditNoteForm.showing(stored, merge.content), stored.noteid),
        "stored": stored,
        "typed": typed,
        "stored_at": display.moment(stored.updated_at, now()),
        "comparison": merging.compare(stored.note, typed.note),
        "overlaps": merge.overlaps,
    }
    return render(request, "notes/note_conflict.html", context, status=409)
