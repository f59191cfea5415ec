"""What admins did, to look at: Django admin's own record, which nobody changes by hand."""

from django.contrib import admin
from django.contrib.admin.models import LogEntry
from django.http import HttpRequest
from django.utils.html import format_html


class HistoryAdmin(admin.ModelAdmin):
    """Who did what to whom; the list of one person has ``?object_id=`` and their ``sub``."""

    list_display = ["action_time", "user", "whom", "what"]
    list_display_links = None
    search_fields = ["object_id", "change_message", "user__email"]
    list_select_related = ["user", "content_type"]

    class Media:
        css = {"all": ["administration/user_pool.css"]}

    @admin.display(description="whom or what")
    def whom(self, entry: LogEntry) -> str:
        address = entry.get_admin_url()
        if address is None:
            return entry.object_repr
        return format_html('<a href="{}">{}</a>', address, entry.object_repr)

    @admin.display(description="did what")
    def what(self, entry: LogEntry) -> str:
        return entry.get_change_message() or str(entry)

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: LogEntry | None = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: LogEntry | None = None) -> bool:
        return False
