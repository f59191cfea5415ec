"""The admin's view of people and their browser sessions; no stored token is shown."""

from django.contrib import admin, messages
from django.contrib.auth.admin import GroupAdmin
from django.contrib.auth.models import Group
from django.db.models import QuerySet
from django.http import HttpRequest

from identity.ending import end_all, end_session
from identity.models import BrowserSession, User

PERSON_FIELDS = (
    "email",
    "first_name",
    "is_active",
    "is_staff",
    "is_superuser",
    "groups",
    "issuer",
    "sub",
    "date_joined",
    "last_login",
)


@admin.register(User)
class UserAdmin(admin.ModelAdmin):
    """People as the ID token described them; only whether they may sign in is ours to change."""

    list_display = ["email", "first_name", "is_active", "is_staff", "last_login", "sub"]
    list_filter = ["is_active", "is_staff", "groups"]
    search_fields = ["email", "first_name", "sub"]
    ordering = ["email"]
    fields = PERSON_FIELDS

    def get_readonly_fields(self, request: HttpRequest, obj: User | None = None) -> list[str]:
        return [name for name in PERSON_FIELDS if name != "is_active"]

    def has_add_permission(self, request: HttpRequest) -> bool:
        """People come into being by signing in."""
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
        ended = end_all(queryset)
        self.message_user(request, f"{ended} session(s) ended.", messages.SUCCESS)

    def delete_model(self, request: HttpRequest, obj: BrowserSession) -> None:
        end_session(obj)

    def delete_queryset(self, request: HttpRequest, queryset: QuerySet[BrowserSession]) -> None:
        end_all(queryset)

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_change_permission(
        self, request: HttpRequest, obj: BrowserSession | None = None
    ) -> bool:
        return False
