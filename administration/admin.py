"""What Django admin has: the user pool, people and their browser sessions here, the history.

No stored token is shown.
"""

from collections.abc import Iterable
from typing import Any
from uuid import UUID

from django.contrib import admin, messages
from django.contrib.admin.models import LogEntry
from django.contrib.auth.admin import GroupAdmin
from django.contrib.auth.models import Group
from django.db.models import QuerySet
from django.forms import ModelForm
from django.http import HttpRequest
from django.urls import reverse
from django.utils.html import format_html

from administration import audit, here
from administration.history_admin import HistoryAdmin
from administration.models import PoolPerson
from administration.pool_admin import PoolPersonAdmin
from identity import ending
from identity.models import BrowserSession, User

admin.site.register(PoolPerson, PoolPersonAdmin)
admin.site.register(LogEntry, HistoryAdmin)


@admin.register(User)
class UserAdmin(admin.ModelAdmin):
    """People as the ID token described them, to look at: what they may is the user pool's."""

    list_display = ["email", "first_name", "is_active", "is_staff", "last_login", "sub"]
    list_filter = ["is_active", "is_staff", "groups"]
    search_fields = ["email", "first_name", "sub"]
    ordering = ["email"]
    fields = (
        "email",
        "first_name",
        "is_active",
        "is_staff",
        "is_superuser",
        "groups",
        "issuer",
        "sub",
        "in_the_pool",
        "date_joined",
        "last_login",
        "stale_before",
    )
    readonly_fields = fields

    def get_form(
        self,
        request: HttpRequest,
        obj: User | None = None,
        change: bool = False,
        **options: Any,
    ) -> type[ModelForm]:
        """Without Django's advice on fields that are not changed here."""
        advised = ("is_active", "is_staff", "is_superuser", "groups")
        return super().get_form(request, obj, change, help_texts=dict.fromkeys(advised, ""))

    @admin.display(description="in the user pool")
    def in_the_pool(self, user: User) -> str:
        """Where the person is managed, if this user is of the pool."""
        try:
            address = reverse("admin:administration_poolperson_change", args=[UUID(user.sub)])
        except ValueError:
            return "–"
        return format_html('<a href="{}">manage this person</a>', address)

    def has_add_permission(self, request: HttpRequest) -> bool:
        """People come into being by signing in."""
        return False

    def has_change_permission(self, request: HttpRequest, obj: User | None = None) -> bool:
        """Locking somebody out is one act, here and in the pool, on their page there."""
        return False

    def has_delete_permission(self, request: HttpRequest, obj: User | None = None) -> bool:
        """So is deleting them."""
        return False


admin.site.unregister(Group)


@admin.register(Group)
class UserPoolGroupAdmin(GroupAdmin):
    """The groups, to look at: they are the user pool's, and sign-in would undo any change."""

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Group | None = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Group | None = None) -> bool:
        return False


@admin.register(BrowserSession)
class BrowserSessionAdmin(admin.ModelAdmin):
    """Who is signed in where; deleting a row signs that browser out at its next request."""

    list_display = ["user", "device", "ip", "created_at", "last_seen_at", "expire_date"]
    list_filter = ["last_seen_at"]
    search_fields = ["user__email", "ip"]
    fields = ["user", "device", "ip", "created_at", "last_seen_at", "expire_date"]
    actions = ["end_sessions"]

    def get_queryset(self, request: HttpRequest) -> QuerySet[BrowserSession]:
        return super().get_queryset(request).exclude(user=None).select_related("user")

    @admin.action(description="End the selected sessions", permissions=["delete"])
    def end_sessions(self, request: HttpRequest, queryset: QuerySet[BrowserSession]) -> None:
        self.log_deletions(request, queryset)
        ended = ending.end_sessions(queryset)
        self.message_user(request, f"{ended.count} session(s) ended.", messages.SUCCESS)

    def delete_model(self, request: HttpRequest, obj: BrowserSession) -> None:
        ending.end_sessions([obj])

    def delete_queryset(self, request: HttpRequest, queryset: QuerySet[BrowserSession]) -> None:
        ending.end_sessions(queryset)

    def log_deletions(
        self, request: HttpRequest, queryset: Iterable[BrowserSession]
    ) -> list[LogEntry]:
        """As an act on the person, by ``sub``: Django would write the e-mail address down."""
        entries = []
        for row in queryset:
            if row.user:
                history = f"Ended in {row.device}."
                entries.append(audit.record(request, row.user.sub, "end-session", history=history))
                here.mark_stale(row.user.sub)
        return entries

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_change_permission(
        self, request: HttpRequest, obj: BrowserSession | None = None
    ) -> bool:
        return False
