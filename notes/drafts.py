"""Text that is not saved: sent in vain, or still being typed; kept for its writer until saved.

The editor's form says whose page it is (``owner``, signed), so that the text can be kept for that
person also when the session is gone or the CSRF token is stale; nobody else is ever shown it.
"""

import json
from dataclasses import dataclass
from datetime import timedelta
from urllib.parse import urlencode
from uuid import UUID, uuid5

from django.core import signing
from django.db.models import Q, QuerySet
from django.http import HttpRequest, QueryDict
from django.urls import reverse
from django.utils import timezone
from django.utils.crypto import salted_hmac

from identity import events
from identity.encryption import seal, unseal
from identity.models import User
from notes.display import Moment, heading_of, moment
from notes.models import Draft

KEPT = timedelta(days=7)
# For how long an open form says whose it is: as long as the longest session that can be set.
MARKED = timedelta(days=30)
# A person's oldest go first, so that nobody can fill the database.
MOST = 20
FIELDS = ("noteid", "version", "base", "title", "note", "tags", "pinned")
SALT = "notes.drafts.owner"
NAMESPACE = UUID("4dbd1c1c-4be6-4a30-9a52-1b4b7e0a1f0e")


@dataclass(frozen=True)
class Waiting:
    """A draft as a page offers it."""

    id: str
    heading: str
    url: str
    discard_url: str
    kept_at: Moment


@dataclass(frozen=True)
class Found:
    """A draft as the editor shows it: what was sent, as the form that sent it."""

    digest: str
    fields: QueryDict


def owner_mark(user: User) -> str:
    """The hidden field that says whose editor this is."""
    return signing.dumps(user.pk, salt=SALT)


def keep(request: HttpRequest, owner: int, noteid: str) -> Draft | None:
    """Keep what came from the editor for that person; None if there are no words in it.

    An open editor (the form's ``editor``) has one draft however often its text is kept, and no
    other editor's is touched. Only the draft that it began with (the form's ``continues``) goes,
    if it still is what it was then.
    """
    key = _key(request, owner, noteid)
    drafts = Draft.objects.filter(user_id=owner)
    if not any(request.POST.get(name, "").strip() for name in ("title", "note")):
        # An emptied editor could not be saved either.
        drafts.filter(pk=key).delete()
        return None
    fields = _sent(request)
    content = {
        "noteid": noteid,
        "digest": _digest(noteid, fields),
        "content": seal(fields, bound_to=_binding(owner)),
        "kept_at": timezone.now(),
    }
    draft, is_new = Draft.objects.defer("content").update_or_create(
        pk=key, user_id=owner, defaults=content
    )
    drafts.filter(digest=_continued(request)).exclude(pk=key).delete()
    if is_new:
        events.record(request, "draft_kept", draft=str(draft.pk))
        _purge(owner)
    return draft


def end(request: HttpRequest, user: User, noteid: str) -> None:
    """What came from the editor is saved: forget what was kept of it, and what it began with.

    The same text goes too, whichever editor it is kept of.
    """
    saved = (_digest(noteid, _sent(request)), _continued(request))
    _of(user).filter(Q(pk=_key(request, user.pk, noteid)) | Q(digest__in=saved)).delete()


def find(request: HttpRequest, user: User) -> Found | None:
    """The person's own draft that ``?draft=`` names."""
    draft = _named(request.GET.get("draft", ""), _of(user)).first()
    fields = _fields(draft) if draft else None
    if draft is None or fields is None:
        return None
    events.record(request, "draft_restored", draft=str(draft.pk))
    data = QueryDict(mutable=True)
    data.update(fields)
    return Found(draft.digest, data)


def waiting(user: User) -> list[Waiting]:
    """The person's drafts that are neither saved nor discarded, newest first."""
    return [_offer(draft, fields) for draft in _of(user) if (fields := _fields(draft))]


def newest(user: User, noteid: str) -> Waiting | None:
    """The person's last text for that note that is not saved; for a new note without an id."""
    draft = _of(user).filter(noteid=noteid).first()
    fields = _fields(draft) if draft else None
    return _offer(draft, fields) if draft and fields else None


def discard(user: User, draft_id: str) -> None:
    """Forget a draft: it was saved, or its writer does not want it."""
    _named(draft_id, _of(user)).delete()


def address(draft: Draft) -> str:
    """The editor with the draft in it."""
    page = reverse("notes:edit", args=[draft.noteid]) if draft.noteid else reverse("notes:create")
    return f"{page}?{urlencode({'draft': draft.pk})}"


def owner_of(data: QueryDict) -> int | None:
    """Whose editor the form was shown in, whoever is signed in by now."""
    try:
        owner: int = signing.loads(data.get("owner", ""), salt=SALT, max_age=MARKED)
    except signing.BadSignature:
        return None
    return owner if User.objects.filter(pk=owner, is_active=True).exists() else None


def _of(user: User) -> QuerySet[Draft]:
    kept = Draft.objects.filter(user=user, kept_at__gt=timezone.now() - KEPT)
    return kept.order_by("-kept_at")


def _offer(draft: Draft, fields: dict[str, str]) -> Waiting:
    return Waiting(
        str(draft.pk),
        heading_of(fields.get("title", ""), fields.get("note", "")),
        address(draft),
        reverse("notes:discard", args=[draft.pk]),
        moment(draft.kept_at, timezone.now()),
    )


def _fields(draft: Draft) -> dict[str, str] | None:
    return unseal(draft.content, bound_to=_binding(draft.user_id))


def _sent(request: HttpRequest) -> dict[str, str]:
    return {name: request.POST[name] for name in FIELDS if name in request.POST}


def _digest(noteid: str, fields: dict[str, str]) -> str:
    return salted_hmac(SALT, f"{noteid}\n{json.dumps(fields)}", algorithm="sha256").hexdigest()


def _named(draft_id: str, drafts: QuerySet[Draft]) -> QuerySet[Draft]:
    try:
        return drafts.filter(pk=UUID(draft_id))
    except ValueError:
        return drafts.none()


def _key(request: HttpRequest, owner: int, noteid: str) -> UUID:
    """Of the one draft that this editor can have, of this person's and nobody else's.

    An editor that does not say who it is, is known by the version that it began with.
    """
    began = [noteid, *(request.POST.get(name, "") for name in ("noteid", "version"))]
    try:
        editor = UUID(request.POST.get("editor", ""))
    except ValueError:
        editor = uuid5(NAMESPACE, " ".join(began))
    return uuid5(editor, f"{SALT} {owner}")


def _continued(request: HttpRequest) -> str:
    """The digest of the draft that the editor began with; no draft has the empty one."""
    return request.POST.get("continues", "")


def _purge(owner: int) -> None:
    Draft.objects.filter(kept_at__lte=timezone.now() - KEPT).delete()
    newest = Draft.objects.filter(user_id=owner).order_by("-kept_at")[:MOST]
    kept = list(newest.values_list("pk", flat=True))
    Draft.objects.filter(user_id=owner).exclude(pk__in=kept).delete()


def _binding(owner: int) -> str:
    return f"user {owner}"
