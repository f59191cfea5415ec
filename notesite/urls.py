"""The site's addresses, except `/healthz` (health.py); what each needs is beside its view."""

from django.contrib import admin
from django.urls import include, path

from notes.account import account, account_end_session
from notes.account_deletion import account_delete
from notesite import views

handler500 = "notesite.outage.server_error"

urlpatterns = [
    path("", views.home, name="home"),
    path("readyz", views.readyz, name="readyz"),
    path("notes/", include("notes.urls")),
    path("account/", account, name="account"),
    path("account/sessions/<uuid:session_id>/end/", account_end_session, name="end_session"),
    path("account/delete/", account_delete, name="account_delete"),
    path("", include("identity.urls")),
    path("admin/", admin.site.urls),
]
