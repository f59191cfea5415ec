"""The pages under /notes/."""

from django.urls import path, register_converter

from notes import editing, transfer, views
from notes.gateway.note import NOTE_ID_PATTERN


class NoteIdConverter:
    """A note's id; anything else is a page that does not exist, and no call is made."""

    regex = NOTE_ID_PATTERN

    def to_python(self, value: str) -> str:
        return value

    def to_url(self, value: str) -> str:
        return value


register_converter(NoteIdConverter, "noteid")

app_name = "notes"
urlpatterns = [
    path("", views.note_list, name="list"),
    path("new/", editing.note_create, name="create"),
    path("trash/", views.note_trash, name="trash"),
    path("export/", transfer.note_export, name="export"),
    path("import/", transfer.note_import, name="import"),
    path("drafts/<uuid:draft_id>/discard/", views.draft_discard, name="discard"),
    path("<noteid:noteid>/", views.note_detail, name="detail"),
    path("<noteid:noteid>/edit/", editing.note_edit, name="edit"),
    path("<noteid:noteid>/delete/", views.note_delete, name="delete"),
    path("<noteid:noteid>/restore/", views.note_restore, name="restore"),
]
