"""Django admin: in through Cognito, with rights from the group."""

import time
from collections.abc import Callable

import pytest
import responses
from django.conf import settings
from django.test import Client

from identity.models import BrowserSession, User
from tests import builders
from tests.administration.conftest import ADMINS

pytestmark = pytest.mark.django_db


class AdminSignInTests:
    def test_a_visitor_is_sent_to_cognito_not_to_a_password_form(self, client: Client) -> None:
        answer = client.get("/admin/")
        assert answer.headers["Location"] == "/oidc/authenticate/?next=%2Fadmin%2F"
        answer = client.get("/admin/login/", {"next": "/admin/identity/user/"})
        assert answer.headers["Location"].startswith("/oidc/authenticate/?next=%2Fadmin%2Fidentity")

    def test_an_admin_gets_in(self, admin: Client) -> None:
        assert admin.get("/admin/").status_code == 200
        assert admin.get("/admin/login/").headers["Location"] == "/admin/"

    def test_somebody_who_has_left_the_group_is_out_once_the_token_has_ended(
        self, sign_in: Callable[..., Client], wire: responses.RequestsMock
    ) -> None:
        client = sign_in(exp=int(time.time()) + 30, **ADMINS)
        answer = {"id_token": builders.id_token(), "access_token": "x", "refresh_token": "y"}
        wire.post(settings.OIDC_OP_TOKEN_ENDPOINT, json=answer)
        assert client.get("/admin/", follow=True).status_code == 403

    def test_it_stays_open_while_cognito_cannot_be_reached(
        self, sign_in: Callable[..., Client], wire: responses.RequestsMock
    ) -> None:
        client = sign_in(exp=int(time.time()) - 5, **ADMINS)
        wire.post(settings.OIDC_OP_TOKEN_ENDPOINT, status=503)
        assert client.get("/admin/").status_code == 200

    def test_an_admin_whose_session_is_over_is_sent_to_sign_in(
        self, sign_in: Callable[..., Client], wire: responses.RequestsMock
    ) -> None:
        client = sign_in(exp=int(time.time()) + 30, **ADMINS)
        wire.post(settings.OIDC_OP_TOKEN_ENDPOINT, status=400, json={"error": "invalid_grant"})
        assert client.get("/admin/").headers["Location"].startswith(settings.COGNITO_DOMAIN)

    def test_anybody_else_is_told_who_they_are_and_not_sent_in_circles(
        self, signed_in_client: Client
    ) -> None:
        answer = signed_in_client.get("/admin/", follow=True)
        assert answer.status_code == 403 and len(answer.redirect_chain) == 1
        assert "ada@example.com" in answer.content.decode()

    def test_its_sign_out_is_the_sites_own(
        self, admin: Client, wire: responses.RequestsMock
    ) -> None:
        assert admin.get("/admin/logout/").status_code == 405
        answer = admin.post("/admin/logout/")
        assert answer.headers["Location"].startswith(f"{settings.COGNITO_DOMAIN}/logout?")
        assert wire.calls[-1].request.url == f"{settings.COGNITO_DOMAIN}/oauth2/revoke"


class AdminSessionsTests:
    def test_it_shows_people_and_sessions_and_no_credential(
        self, admin: Client, signed_in_client: Client
    ) -> None:
        row = BrowserSession.objects.get(session_key=signed_in_client.session.session_key)
        for path in ("user/", "browsersession/", f"browsersession/{row.pk}/change/"):
            page = admin.get(f"/admin/identity/{path}").content.decode()
            assert "ada@example.com" in page
            assert row.session_key not in page and row.tokens not in page

    def test_it_ends_a_session_which_is_out_at_its_next_request(
        self, admin: Client, signed_in_client: Client
    ) -> None:
        row = BrowserSession.objects.get(session_key=signed_in_client.session.session_key)
        admin.post(
            "/admin/identity/browsersession/",
            {"action": "end_sessions", "_selected_action": [str(row.pk)]},
        )
        assert signed_in_client.get("/notes/new/").status_code == 302
        assert admin.get("/admin/").status_code == 200

    def test_it_offers_no_groups_to_change(self, admin: Client) -> None:
        """They are the user pool's, and sign-in would undo any change."""
        assert admin.get("/admin/auth/group/").status_code == 200
        assert admin.get("/admin/auth/group/add/").status_code == 403

    def test_it_changes_nobody_by_hand(self, admin: Client, signed_in_client: Client) -> None:
        """Rights are the user pool's; locking out and deleting are acts there and here."""
        user = User.objects.get(email="ada@example.com")
        form = {"is_staff": "on", "is_superuser": "on", "email": "x@example.com"}
        for path in ("change", "delete"):
            answer = admin.post(f"/admin/identity/user/{user.pk}/{path}/", {**form, "post": "yes"})
            assert answer.status_code == 403
        user.refresh_from_db()
        assert user.is_active and not user.is_staff and user.email == "ada@example.com"
