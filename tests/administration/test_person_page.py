"""The page of one person: what it tells, and what it offers to do."""

from collections.abc import Callable

import pytest
from django.test import Client

from identity.models import User
from tests.administration.conftest import ADMIN_SUB, PEOPLE, UserPool, said

pytestmark = pytest.mark.django_db

UNKNOWN = "5f3c1d1e-0000-4000-8000-0000000000ff"


def page_of(admin: Client, sub: str) -> str:
    return said(admin, f"{PEOPLE}{sub}/change/")


def offered(page: str) -> set[str]:
    names = ("disable", "enable", "sign-out", "reset-password", "resend-invitation", "delete")
    return {name for name in names if f'/{name}/"' in page}


class TellingTests:
    def test_it_tells_what_the_pool_knows(self, admin: Client, user_pool: UserPool) -> None:
        email, sub = user_pool.add()
        user_pool.does("admin_add_user_to_group", Username=sub, GroupName="admins")
        page = page_of(admin, sub)
        assert f"<h1>{email}</h1>" in page and sub in page
        assert f"{email} (verified)" in page
        assert '<th scope="row">admins</th><td>May use the web application' in page
        assert "Has never signed in here." in page

    def test_it_shows_their_sessions_and_no_credential(
        self, admin: Client, grace: tuple[Client, str]
    ) -> None:
        user = User.objects.get(sub=grace[1])
        (row,) = user.browser_sessions.all()
        page = page_of(admin, grace[1])
        assert f'<a href="/admin/identity/browsersession/{row.pk}/change/">Firefox on Linux' in page
        assert row.session_key not in page and row.tokens not in page

    def test_the_user_here_leads_to_the_person_there(
        self, admin: Client, grace: tuple[Client, str]
    ) -> None:
        user = User.objects.get(sub=grace[1])
        page = said(admin, f"/admin/identity/user/{user.pk}/change/")
        assert f'<a href="{PEOPLE}{grace[1]}/change/">manage this person</a>' in page

    def test_somebody_deleted_meanwhile_is_said_on_the_list(
        self, admin: Client, user_pool: UserPool
    ) -> None:
        answer = admin.get(f"{PEOPLE}{UNKNOWN}/change/", follow=True)
        assert answer.redirect_chain == [(PEOPLE, 302)]
        assert "they were deleted meanwhile" in answer.content.decode()

    def test_somebody_deleted_meanwhile_but_known_here_can_be_deleted_here(
        self, admin: Client, user_pool: UserPool, grace: tuple[Client, str]
    ) -> None:
        user_pool.does("admin_delete_user", Username=grace[1])
        page = page_of(admin, grace[1])
        assert "they were deleted meanwhile" in page and offered(page) == {"delete"}

    @pytest.mark.parametrize("name", ["admin@example.com", "x", "..", "a%2Fb", f"{UNKNOWN}0"])
    def test_nobody_is_named_but_by_the_sub(
        self, name: str, admin: Client, user_pool: UserPool
    ) -> None:
        """The pool would take an e-mail address too, and so let an admin disable themselves."""
        assert admin.get(f"{PEOPLE}{name}/change/").status_code == 404
        assert admin.post(f"{PEOPLE}{name}/disable/").status_code == 404


class OfferTests:
    def test_to_somebody_as_people_usually_are(self, admin: Client, user_pool: UserPool) -> None:
        _, sub = user_pool.add()
        expected = {"disable", "sign-out", "reset-password", "delete"}
        assert offered(page_of(admin, sub)) == expected

    def test_to_somebody_disabled(self, admin: Client, user_pool: UserPool) -> None:
        _, sub = user_pool.add()
        user_pool.does("admin_disable_user", Username=sub)
        assert offered(page_of(admin, sub)) & {"disable", "enable"} == {"enable"}

    def test_to_somebody_invited(self, admin: Client, user_pool: UserPool) -> None:
        made = user_pool.does("admin_create_user", Username="invited@example.org")
        page = page_of(admin, made["User"]["Username"])
        assert offered(page) == {"disable", "sign-out", "resend-invitation", "delete"}

    @pytest.mark.parametrize(
        ("is_enabled", "is_active", "words"),
        [
            (True, False, "Locked out here, but enabled in the user pool"),
            (False, True, "Disabled in the user pool, but not locked out here"),
        ],
    )
    def test_both_where_there_and_here_differ(
        self,
        is_enabled: bool,
        is_active: bool,
        words: str,
        admin: Client,
        user_pool: UserPool,
        grace: tuple[Client, str],
    ) -> None:
        User.objects.filter(sub=grace[1]).update(is_active=is_active)
        if not is_enabled:
            user_pool.does("admin_disable_user", Username=grace[1])
        page = page_of(admin, grace[1])
        assert words in page and {"disable", "enable"} <= offered(page)

    def test_not_to_lock_oneself_out(
        self, user_pool: UserPool, sign_in: Callable[..., Client]
    ) -> None:
        email, sub = user_pool.add("boss")
        user_pool.does("admin_add_user_to_group", Username=sub, GroupName="admins")
        boss = sign_in(sub=sub, email=email, **{"cognito:groups": ["admins"]})
        page = page_of(boss, sub)
        assert "This is you." in page and "You cannot disable yourself" in page
        assert "Another admin can take you out." in page
        assert "delete" not in offered(page) and "/groups/leave/" not in page


class BrowserTests:
    def test_there_is_no_inline_script_or_style(self, admin: Client, user_pool: UserPool) -> None:
        _, sub = user_pool.add()
        for path in ("", "add/", f"{sub}/change/", f"{sub}/delete/"):
            answer = admin.get(f"{PEOPLE}{path}")
            page = answer.content.decode()
            assert "<style" not in page and " style=" not in page and " onclick=" not in page
            assert page.count("<script") == page.count("<script src=")
            assert "script-src 'self'" in answer.headers["Content-Security-Policy"]

    def test_no_act_works_without_its_csrf_token(
        self, user_pool: UserPool, sign_in: Callable[..., Client]
    ) -> None:
        _, sub = user_pool.add()
        browser = sign_in(enforce_csrf_checks=True, sub=ADMIN_SUB, **{"cognito:groups": ["admins"]})
        acts = ("disable", "enable", "sign-out", "reset-password", "delete", "groups/join")
        for path in ("add", *(f"{sub}/{act}" for act in acts)):
            answer = browser.post(f"{PEOPLE}{path}/", {"group": "admins", "email": "x@example.org"})
            assert answer.status_code == 403
        assert user_pool.get(sub)["Enabled"] and user_pool.groups_of(sub) == []

    def test_no_act_is_done_by_a_link(self, admin: Client, user_pool: UserPool) -> None:
        _, sub = user_pool.add()
        acts = ("disable", "enable", "sign-out", "reset-password", "groups/join", "groups/leave")
        for act in acts:
            assert admin.get(f"{PEOPLE}{sub}/{act}/").status_code == 405
        admin.get(f"{PEOPLE}{sub}/delete/")
        assert user_pool.get(sub)["Enabled"]
