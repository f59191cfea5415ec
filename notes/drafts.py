"""Text that was sent but could not be carried out: kept for its writer, offered until saved.

The editor's form says whose page it is (``owner``, signed), so that the text can be kept for that
person also when the session is gone or the CSRF token is stale; nobody else is ever shown it.
"""

import json
from dataclasses import dataclass
from datetime import timedelta
from urllib.parse import urlencode
from uuid import UUID

from django.core import signing
from django.db.models import QuerySet
from django.http import HttpRequest, QueryDict
from django.urls import reverse
from django.utils import timezone
from django.utils.crypto import salted_hmac

from identity import events
from identity.encryption import seal, unseal
from identity.models import User
from notes.display import Moment, moment
from notes.models import Draft

KEPT = timedelta(days=7)
# A person's oldest go first, so that nobody can fill the database.
MOST = 20
FIELDS = ("noteid", "version", "title", "note", "tags", "pinned")
SALT = "notes.drafts.owner"


@dataclass(frozen=True)
class Waiting:
    """A draft as a page offers it."""

    url: str
    discard_url: str
    kept_at: Moment


@dataclass(frozen=True)
class Found:
    """A draft as the editor shows it: what was sent, as the form that sent it."""

    id: str
    fields: QueryDict


def owner_mark(user: User) -> str:
    """The hidden field that says whose editor this is."""
    return signing.dumps(user.pk, salt=SALT)


def keep(request: HttpRequest, noteid: str) -> str:
    """Keep what was sent from the editor; the address that offers it, or "" if it has no owner."""
    owner = _owner(request.POST)
    if owner is None:
        return ""
    fields = {name: request.POST[name] for name in FIELDS if name in request.POST}
    draft, is_new = Draft.objects.get_or_create(
        user_id=owner,
        # The same text sent twice is one draft.
        digest=salted_hmac(SALT, f"{noteid}\n{json.dumps(fields)}", algorithm="sha256").hexdigest(),
        defaults={"noteid": noteid, "content": seal(fields, bound_to=_binding(owner))},
    )
    events.record(request, "draft_kept", draft=str(draft.pk), is_new=is_new)
    _purge(owner)
    return _url(draft)


def find(request: HttpRequest, user: User) -> Found | None:
    """The person's own draft that ``?draft=`` names."""
    try:
        wanted = UUID(request.GET.get("draft", ""))
    except ValueError:
        return None
    draft = _of(user).filter(pk=wanted).first()
    fields = unseal(draft.content, bound_to=_binding(user.pk)) if draft else None
    if draft is None or fields is None:
        return None
    events.record(request, "draft_restored", draft=str(draft.pk))
    data = QueryDict(mutable=True)
    data.update(fields)
    return Found(str(draft.pk), data)


def waiting(user: User) -> list[Waiting]:
    """The person's drafts that are neither saved nor discarded, newest first."""
    now = timezone.now()
    return [
        Waiting(
            _url(draft), reverse("notes:discard", args=[draft.pk]), moment(draft.created_at, now)
        )
        for draft in _of(user).order_by("-created_at")
    ]


def discard(user: User, draft_id: str) -> None:
    """Forget a draft: it was saved, or its writer does not want it."""
    try:
        _of(user).filter(pk=UUID(draft_id)).delete()
    except ValueError:
        return


def _owner(data: QueryDict) -> int | None:
    try:
        owner: int = signing.loads(data.get("owner", ""), salt=SALT, max_age=KEPT)
    except signing.BadSignature:
        return None
    return owner if User.objects.filter(pk=owner, is_active=True).exists() else None


def _of(user: User) -> QuerySet[Draft]:
    return Draft.objects.filter(user=user, created_at__gt=timezone.now() - KEPT)


def _purge(owner: int) -> None:
    Draft.objects.filter(created_at__lte=timezone.now() - KEPT).delete()
    newest = Draft.objects.filter(user_id=owner).order_by("-created_at")[:MOST]
    kept = list(newest.values_list("pk", flat=True))
    Draft.objects.filter(user_id=owner).exclude(pk__in=kept).delete()


def _url(draft: Draft) -> str:
    page = reverse("notes:edit", args=[draft.noteid]) if draft.noteid else reverse("notes:create")
    return f"{page}?{urlencode({'draft': draft.pk})}"


def _binding(owner: int) -> str:
    return f"user {owner}"
