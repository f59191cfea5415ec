"""The part of Django admin that manages the user pool: its addresses, and who may use them."""

from collections.abc import Callable
from typing import Any
from uuid import UUID

from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.forms import Media
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.urls import URLPattern, path
from django.utils.decorators import method_decorator
from django.views.decorators.http import require_POST

from administration import acts
from administration.acts import Act, Outcome
from administration.forms import GroupForm, InviteForm
from administration.people_list import PeopleList
from administration.person_page import person_page
from administration.sentences import sentence
from cognito.pool_errors import PoolError
from identity.models import User

# Django admin's own styles of lists and forms, and what these pages need beside them.
MEDIA = Media(
    css={
        "all": [
            "admin/css/changelists.css",
            "admin/css/forms.css",
            "administration/user_pool.css",
        ]
    }
)
LIST = "admin:administration_poolperson_changelist"
PERSON = "admin:administration_poolperson_change"


class PoolPersonAdmin(admin.ModelAdmin):
    """Views in place of those for a table; each needs the permission that Django's would.

    Whoever may change people can make anybody an admin, so the permissions are superusers' alone
    unless somebody gives them away.
    """

    def get_urls(self) -> list[URLPattern]:
        wrap = self.admin_site.admin_view
        name = "administration_poolperson"
        return [
            path("", wrap(self.list_view), name=f"{name}_changelist"),
            path("add/", wrap(self.invite_view), name=f"{name}_add"),
            path("<uuid:sub>/change/", wrap(self.person_view), name=f"{name}_change"),
            path("<uuid:sub>/delete/", wrap(self.person_delete_view), name=f"{name}_delete"),
            path("<uuid:sub>/groups/join/", wrap(self.join_view), name=f"{name}_join"),
            path("<uuid:sub>/groups/leave/", wrap(self.leave_view), name=f"{name}_leave"),
            path("<uuid:sub>/<slug:name>/", wrap(self.act_view), name=f"{name}_act"),
        ]

    def list_view(self, request: HttpRequest) -> HttpResponse:
        """Who is in the user pool."""
        _require(self.has_view_permission(request))
        people = PeopleList(request.GET)
        return self._page(
            request, "administration/people.html", people=people, title="People of the user pool"
        )

    def invite_view(self, request: HttpRequest) -> HttpResponse:
        """Invite somebody by e-mail."""
        _require(self.has_add_permission(request))
        form = InviteForm(request.POST if request.method == "POST" else None)
        if form.is_valid():
            try:
                sub = acts.invite(request, form.cleaned_data["email"])
            except PoolError as error:
                form.add_error("email", sentence(error))
            else:
                self.message_user(request, "Invited: a temporary password is on its way.")
                return redirect(PERSON, sub)
        status = 422 if form.is_bound else 200
        return self._page(
            request, "administration/invite.html", status=status, form=form, title="Invite a person"
        )

    def person_view(self, request: HttpRequest, sub: UUID) -> HttpResponse:
        """Everything about one person."""
        _require(self.has_view_permission(request))
        found = person_page(str(sub))
        if found.is_gone and found.user is None:
            self.message_user(request, found.problem, messages.WARNING)
            return redirect(LIST)
        return self._page(
            request,
            "administration/person.html",
            page=found,
            title=found.title,
            is_oneself=_is_oneself(request, found.sub),
            has_change_permission=self.has_change_permission(request),
            has_delete_permission=self.has_delete_permission(request),
        )

    def person_delete_view(self, request: HttpRequest, sub: UUID) -> HttpResponse:
        """Says what a deletion does, and does it when that is confirmed."""
        _require(self.has_delete_permission(request))
        if request.method == "POST":
            outcome = self._carry_out(request, acts.DELETE, str(sub))
            return redirect(PERSON, sub) if outcome.problem else redirect(LIST)
        found = person_page(str(sub))
        return self._page(
            request, "administration/delete_person.html", page=found, title=f"Delete {found.title}"
        )

    @method_decorator(require_POST)
    def act_view(self, request: HttpRequest, sub: UUID, name: str) -> HttpResponse:
        """Carry out what one of the page's buttons says."""
        act = acts.BUTTONS.get(name)
        if act is None:
            raise Http404
        return self._act(request, act, sub)

    @method_decorator(require_POST)
    def join_view(self, request: HttpRequest, sub: UUID) -> HttpResponse:
        """Add the person to a group."""
        return self._act_on_group(request, acts.join, sub)

    @method_decorator(require_POST)
    def leave_view(self, request: HttpRequest, sub: UUID) -> HttpResponse:
        """Take the person out of a group."""
        return self._act_on_group(request, acts.leave, sub)

    def _act_on_group(
        self, request: HttpRequest, act: Callable[[str], Act], sub: UUID
    ) -> HttpResponse:
        form = GroupForm(request.POST)
        if form.is_valid():
            return self._act(request, act(form.cleaned_data["group"]), sub)
        self.message_user(request, "Say which group.", messages.ERROR)
        return redirect(PERSON, sub)

    def _act(self, request: HttpRequest, act: Act, sub: UUID) -> HttpResponse:
        _require(self.has_change_permission(request))
        self._carry_out(request, act, str(sub))
        return redirect(PERSON, sub)

    def _carry_out(self, request: HttpRequest, act: Act, sub: str) -> Outcome:
        """The outcome, which the next page tells."""
        if act.refused_on_oneself and _is_oneself(request, sub):
            outcome = Outcome(problem=act.refused_on_oneself)
        else:
            outcome = acts.carry_out(request, act, sub)
        if outcome.done:
            self.message_user(request, f"{'. '.join(outcome.done)}.", messages.SUCCESS)
        if outcome.not_confirmed:
            missing = "; ".join(outcome.not_confirmed)
            self.message_user(request, f"Not confirmed: {missing}.", messages.WARNING)
        if outcome.problem:
            self.message_user(request, outcome.problem, messages.ERROR)
        return outcome

    def _page(
        self, request: HttpRequest, template: str, *, status: int = 200, **context: Any
    ) -> HttpResponse:
        context = {
            **self.admin_site.each_context(request),
            "opts": self.opts,
            "media": MEDIA,
            "has_add_permission": self.has_add_permission(request),
            **context,
        }
        return TemplateResponse(request, template, context, status=status)


def _require(permission: bool) -> None:
    if not permission:
        raise PermissionDenied


def _is_oneself(request: HttpRequest, sub: str) -> bool:
    return isinstance(request.user, User) and request.user.sub == sub
