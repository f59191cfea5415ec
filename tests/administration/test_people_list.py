"""The list of the people of the user pool: found by address, sub, state and group, page by page."""

from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any
from urllib.parse import urlencode

import pytest
from botocore.stub import Stubber
from django.conf import settings
from django.test import Client

from tests.administration.conftest import PEOPLE, UserPool, said

pytestmark = pytest.mark.django_db

SUB = "5f3c1d1e-0000-4000-8000-0000000000ff"
MOMENT = datetime(2026, 11, 1, 8, tzinfo=UTC)
GROUPS = {"Groups": [{"GroupName": "admins"}]}


def listed(email: str, **changes: Any) -> dict[str, Any]:
    attributes = {"email": email, "sub": SUB, **changes.pop("attributes", {})}
    return {
        "Username": SUB,
        "Attributes": [{"Name": name, "Value": value} for name, value in attributes.items()],
        "UserCreateDate": MOMENT,
        "UserLastModifiedDate": MOMENT,
        "Enabled": True,
        "UserStatus": "CONFIRMED",
        **changes,
    }


def asked(**parameters: str) -> dict[str, object]:
    return {"UserPoolId": settings.COGNITO_USER_POOL_ID, "Limit": 60, **parameters}


class FindTests:
    def test_the_index_leads_to_it(self, admin: Client) -> None:
        page = said(admin, "/admin/")
        assert f'<a href="{PEOPLE}">People of the user pool</a>' in page

    def test_an_address_is_found_by_its_beginning(self, admin: Client, user_pool: UserPool) -> None:
        email, sub = user_pool.add("ada")
        other, _ = user_pool.add("bob")
        page = said(admin, f"{PEOPLE}?{urlencode({'q': email[:10]})}")
        assert f'<a href="{PEOPLE}{sub}/change/">{email}</a>' in page
        assert other not in page

    def test_a_sub_is_found_whole_in_any_case(self, admin: Client, user_pool: UserPool) -> None:
        email, sub = user_pool.add()
        assert email in said(admin, f"{PEOPLE}?q={sub.upper()}")
        assert email not in said(admin, f"{PEOPLE}?q={sub[:-1]}")

    def test_members_of_a_group(self, admin: Client, user_pool: UserPool) -> None:
        email, sub = user_pool.add()
        user_pool.does("admin_add_user_to_group", Username=sub, GroupName="admins")
        other, _ = user_pool.add()
        page = said(admin, f"{PEOPLE}?group=admins")
        assert email in page and other not in page
        assert '<li class="selected"><a href="?group=admins">admins</a></li>' in page

    def test_who_is_disabled(self, admin: Client, user_pool: UserPool) -> None:
        email, sub = user_pool.add()
        other, _ = user_pool.add()
        user_pool.does("admin_disable_user", Username=sub)
        page = said(admin, f"{PEOPLE}?state=disabled")
        assert email in page and other not in page
        assert "<strong>disabled</strong>" in page

    def test_it_says_who_has_been_here(
        self, admin: Client, user_pool: UserPool, grace: tuple[Client, str]
    ) -> None:
        email, _ = user_pool.add("stranger")
        page = said(admin, f"{PEOPLE}?q={grace[1]}")
        assert "1 session, last sign-in" in page
        assert "never signed in" in said(admin, f"{PEOPLE}?q={email[:20]}")

    def test_nobody_found_is_said(self, admin: Client, user_pool: UserPool) -> None:
        assert "Nobody was found." in said(admin, f"{PEOPLE}?q=nobody")

    @pytest.mark.parametrize("typed", ['"', '" or email ^= "', 'x" = "', "''", "%", "*"])
    def test_no_value_breaks_out_of_the_filter(
        self, typed: str, admin: Client, user_pool: UserPool
    ) -> None:
        user_pool.add()
        page = said(admin, f"{PEOPLE}?{urlencode({'q': typed})}")
        assert "Nobody was found." in page

    @pytest.mark.parametrize(
        ("query", "sentence"),
        [
            ({"q": "a\\"}, "No address is looked for by a backslash; leave it out."),
            ({"q": "a" * 121}, "at most 120 characters"),
            ({"state": "odd"}, "Select a valid choice."),
            ({"group": "a b"}, "There is no group of such a name."),
            ({"group": "nobodys"}, "The user pool has no such group"),
            ({"page": "a b"}, "begin at the first one"),
            ({"page": "made-up"}, "begin at the first page"),
        ],
    )
    def test_what_cannot_be_looked_for_is_said(
        self, query: dict[str, str], sentence: str, admin: Client, user_pool: UserPool
    ) -> None:
        answer = admin.get(PEOPLE, query)
        assert answer.status_code == 200 and sentence in answer.content.decode()


class PagingTests:
    def test_the_next_page_has_the_same_filter(self, admin: Client, stub: Stubber) -> None:
        token = "a+b/c=="
        stub.add_response("list_groups", GROUPS)
        answer = {"Users": [listed("ada@example.org")], "PaginationToken": token}
        stub.add_response("list_users", answer, asked(Filter='email ^= "ad"'))
        stub.add_response("list_groups", GROUPS)
        expected = asked(Filter='email ^= "ad"', PaginationToken=token)
        stub.add_response("list_users", {"Users": [listed("adb@example.org")]}, expected)

        first = said(admin, f"{PEOPLE}?q=ad")
        assert '<a href="?q=ad&amp;page=a%2Bb%2Fc%3D%3D">Next page</a>' in first
        assert "First page" not in first

        last = said(admin, f"{PEOPLE}?q=ad&page=a%2Bb%2Fc%3D%3D")
        assert "adb@example.org" in last and "Next page" not in last
        assert '<a href="?q=ad">First page</a>' in last

    def test_an_empty_page_in_the_middle_is_not_the_end(self, admin: Client, stub: Stubber) -> None:
        """AWS: with a filter, several pages in a row can be empty."""
        stub.add_response("list_groups", GROUPS)
        stub.add_response("list_users", {"Users": [], "PaginationToken": "t"})
        page = said(admin, PEOPLE)
        assert "there are more pages" in page and "Next page" in page


class DisplayTests:
    @pytest.mark.parametrize(
        ("status", "words"),
        [
            ("FORCE_CHANGE_PASSWORD", "invited, no own password yet"),
            ("UNCONFIRMED", "signed up, address not confirmed"),
            ("RESET_REQUIRED", "must set a new password"),
        ],
    )
    def test_the_status_is_in_plain_words(
        self, status: str, words: str, admin: Client, stub: Stubber
    ) -> None:
        stub.add_response("list_groups", GROUPS)
        stub.add_response("list_users", {"Users": [listed("a@example.org", UserStatus=status)]})
        assert f"<td>{words}</td>" in said(admin, PEOPLE)

    def test_what_people_call_themselves_is_no_html(self, admin: Client, stub: Stubber) -> None:
        stub.add_response("list_groups", GROUPS)
        hostile = {"name": "<script>alert(1)</script>"}
        stub.add_response("list_users", {"Users": [listed("a@x.org", attributes=hostile)]})
        assert "&lt;script&gt;alert(1)" in said(admin, PEOPLE)

    def test_somebody_of_another_provider_is_listed_without_a_page(
        self, admin: Client, stub: Stubber
    ) -> None:
        stub.add_response("list_groups", GROUPS)
        other = listed("a@x.org", Username="Google_1", UserStatus="EXTERNAL_PROVIDER")
        stub.add_response("list_users", {"Users": [other]})
        page = said(admin, PEOPLE)
        assert "a@x.org" in page and f"{PEOPLE}{SUB}" not in page


class PermissionTests:
    def test_staff_who_are_no_superusers_neither_see_nor_do_anything(
        self, sign_in: Callable[..., Client], settings: Any
    ) -> None:
        settings.COGNITO_STAFF_GROUPS = {"admins", "editors"}
        editor = sign_in(**{"cognito:groups": ["editors"]})
        index = editor.get("/admin/")
        assert index.status_code == 200 and PEOPLE not in index.content.decode()
        for path in (PEOPLE, f"{PEOPLE}add/", f"{PEOPLE}{SUB}/change/", f"{PEOPLE}{SUB}/delete/"):
            assert editor.get(path).status_code == 403
        for path in ("add", f"{SUB}/disable", f"{SUB}/delete", f"{SUB}/groups/join"):
            assert editor.post(f"{PEOPLE}{path}/", {"group": "admins"}).status_code == 403
