"""What the editor asks about text that is not saved: keep it, forget it, who is writing here."""

from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpResponse, JsonResponse
from django.middleware.csrf import get_token
from django.shortcuts import redirect
from django.views.decorators.http import require_POST, require_safe

from notes import drafts
from notes.gateway.note import is_note_id
from notes.http import AuthenticatedRequest


@require_POST
def draft_keep(request: AuthenticatedRequest) -> HttpResponse:
    """Keep what is being typed, in the note that ``?note=`` names or in a new one."""
    noteid = request.GET.get("note", "")
    if noteid and not is_note_id(noteid):
        raise Http404
    if drafts.owner_of(request.POST) != request.user.pk:
        body = {"message": "Somebody else is signed in here now.", "code": "OtherPerson"}
        return JsonResponse(body, status=409)
    draft = drafts.keep(request, request.user.pk, noteid)
    return JsonResponse({"draft": str(draft.pk) if draft else ""})


@require_safe
def draft_writer(request: AuthenticatedRequest) -> HttpResponse:
    """Who is signed in, and what a form of theirs needs that has been open since before."""
    fields = {"csrfmiddlewaretoken": get_token(request), "owner": drafts.owner_mark(request.user)}
    return JsonResponse({"person": request.user.pk, "fields": fields})


@require_POST
def draft_discard(request: AuthenticatedRequest, draft_id: UUID) -> HttpResponse:
    """Forget text that was kept because it was not saved; from the editor, go on there."""
    drafts.discard(request.user, str(draft_id))
    messages.success(request, "The unsaved text is discarded.")
    noteid = request.POST.get("note", "")
    return redirect("notes:edit", noteid) if is_note_id(noteid) else redirect("notes:list")
