"""The pages under /notes/."""

from django.urls import path, register_converter

from notes import draft_views, editing, transfer, views
from notes.addresses import NoteIdConverter, PageLessIdConverter

register_converter(NoteIdConverter, "noteid")
register_converter(PageLessIdConverter, "pagelessid")

app_name = "notes"
urlpatterns = [
    path("", views.note_list, name="list"),
    path("new/", editing.note_create, name="create"),
    path("trash/", views.note_trash, name="trash"),
    path("export/", transfer.note_export, name="export"),
    path("import/", transfer.note_import, name="import"),
    path("drafts/", draft_views.draft_keep, name="keep_draft"),
    path("drafts/writer/", draft_views.draft_writer, name="writer"),
    path("drafts/<uuid:draft_id>/discard/", draft_views.draft_discard, name="discard"),
    # For the ids that are names of pages; ``reverse`` takes the later of two that fit.
    path("<noteid:noteid>/view/", views.note_detail, name="detail"),
    path("<pagelessid:noteid>/", views.note_detail, name="detail"),
    path("<noteid:noteid>/edit/", editing.note_edit, name="edit"),
    path("<noteid:noteid>/delete/", views.note_delete, name="delete"),
    path("<noteid:noteid>/download/", transfer.note_download, name="download"),
    path("<noteid:noteid>/pin/", views.note_pin, name="pin"),
    path("<noteid:noteid>/restore/", views.note_restore, name="restore"),
]
