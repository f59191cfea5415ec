"""cognito.pool: what is asked of cognito-idp, and what its answers mean."""

import ast
import inspect
import re
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from typing import Any

import pytest
from botocore.exceptions import ConnectTimeoutError, NoCredentialsError
from botocore.stub import Stubber

from cognito import pool
from cognito.pool_errors import GroupNotFound, NotAllowed, PoolBusy, PoolError, PoolUnavailable
from cognito.pool_values import Group, PeoplePage
from tests.test_repository import ROOT, WEB, files, imported, text


@pytest.fixture
def cognito(monkeypatch: pytest.MonkeyPatch) -> Iterator[Stubber]:
    """The user pool's API at the wire; a call that no test set up fails."""
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "testing")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "testing")
    pool._client.cache_clear()
    with Stubber(pool._client()) as stub:
        yield stub
    pool._client.cache_clear()


class DeleteTests:
    def test_it_names_pool_and_sub(self, cognito: Stubber, settings) -> None:
        expected = {"UserPoolId": settings.COGNITO_USER_POOL_ID, "Username": "the-sub"}
        cognito.add_response("admin_delete_user", {}, expected)

        pool.delete("the-sub")

        cognito.assert_no_pending_responses()

    def test_somebody_who_is_gone_already_is_fine(self, cognito: Stubber) -> None:
        cognito.add_client_error("admin_delete_user", "UserNotFoundException")

        pool.delete("the-sub")

    @pytest.mark.parametrize(
        ("code", "meaning"),
        [
            ("TooManyRequestsException", PoolBusy),
            ("InternalErrorException", PoolUnavailable),
            ("AccessDeniedException", NotAllowed),
        ],
    )
    def test_a_refusal_is_told_by_its_meaning_and_logged(
        self,
        code: str,
        meaning: type[PoolError],
        cognito: Stubber,
        caplog: pytest.LogCaptureFixture,
    ) -> None:
        cognito.add_client_error("admin_delete_user", code, "the-sub is a secret")

        with pytest.raises(meaning, match=code):
            pool.delete("the-sub")

        assert caplog.records[0].cause == code
        assert "secret" not in caplog.text

    @pytest.mark.parametrize(
        ("error", "meaning"),
        [
            (ConnectTimeoutError(endpoint_url="http://pool"), PoolUnavailable),
            (NoCredentialsError(), NotAllowed),
        ],
    )
    def test_no_answer_is_not_the_same_as_no_credentials(
        self,
        error: Exception,
        meaning: type[PoolError],
        cognito: Stubber,
        monkeypatch: pytest.MonkeyPatch,
    ) -> None:
        def fails(**_: object) -> None:
            raise error

        monkeypatch.setattr(pool._client(), "admin_delete_user", fails)

        with pytest.raises(meaning, match=type(error).__name__):
            pool.delete("the-sub")

    def test_it_waits_for_ever_for_nothing(self, cognito: Stubber, settings) -> None:
        limits = pool._client().meta.config
        assert limits.connect_timeout == limits.read_timeout == settings.OIDC_TIMEOUT
        assert limits.retries["total_max_attempts"] == 2


ADA = "5f3c1d1e-0000-4000-8000-00000000000a"
CREATED = datetime(2026, 11, 1, 8, tzinfo=UTC)


def user(attributes: str = "Attributes", **changes: Any) -> dict[str, Any]:
    """Ada as the API tells of her."""
    return {
        "Username": ADA,
        attributes: [
            {"Name": "email", "Value": "ada@example.com"},
            {"Name": "email_verified", "Value": "true"},
            {"Name": "custom:team", "Value": "blue"},
            {"Name": "sub", "Value": ADA},
        ],
        "UserCreateDate": CREATED,
        "UserLastModifiedDate": CREATED,
        "Enabled": True,
        "UserStatus": "CONFIRMED",
        **changes,
    }


class ListTests:
    def test_a_page_and_the_token_of_the_next(self, cognito: Stubber, settings) -> None:
        expected = {"UserPoolId": settings.COGNITO_USER_POOL_ID, "Limit": 60}
        answer = {"Users": [user()], "PaginationToken": "to-be+continued=="}
        cognito.add_response("list_users", answer, expected)

        page = pool.list_people(pool.EVERYBODY)

        (ada,) = page.people
        assert (ada.username, ada.sub, ada.email) == (ADA, ADA, "ada@example.com")
        assert ada.is_email_verified and ada.is_enabled and ada.created_at == CREATED
        assert ada.other_attributes == (("custom:team", "blue"),)
        assert page.next_token == "to-be+continued=="

    def test_the_next_page_is_asked_for_with_the_same_filter(
        self, cognito: Stubber, settings
    ) -> None:
        condition = pool.with_email("ad")
        expected = {
            "UserPoolId": settings.COGNITO_USER_POOL_ID,
            "Limit": 60,
            "Filter": 'email ^= "ad"',
            "PaginationToken": "t",
        }
        cognito.add_response("list_users", {"Users": []}, expected)

        assert pool.list_people(condition, "t") == PeoplePage((), "")

    @pytest.mark.parametrize(
        ("typed", "condition"),
        [
            ('a"', r'email ^= "a\""'),
            ('" or email ^= "b', r'email ^= "\" or email ^= \"b"'),
            ("a\\", r'email ^= "a\\"'),
            ('\\"', r'email ^= "\\\""'),
        ],
    )
    def test_nothing_typed_ends_the_filters_value(self, typed: str, condition: str) -> None:
        assert pool.with_email(typed) == condition
        assert pool.with_sub(typed) == condition.replace("email ^=", "sub =", 1)

    def test_members_of_a_group(self, cognito: Stubber, settings) -> None:
        expected = {
            "UserPoolId": settings.COGNITO_USER_POOL_ID,
            "GroupName": "admins",
            "Limit": 60,
            "NextToken": "t",
        }
        cognito.add_response("list_users_in_group", {"Users": [user()]}, expected)

        assert [person.sub for person in pool.list_members("admins", "t").people] == [ADA]

    def test_all_groups_whatever_the_pages(self, cognito: Stubber, settings) -> None:
        expected = {"UserPoolId": settings.COGNITO_USER_POOL_ID, "Limit": 60}
        first = {"Groups": [{"GroupName": "a", "Description": "first"}], "NextToken": "t"}
        cognito.add_response("list_groups", first, expected)
        last = {"Groups": [{"GroupName": "b"}]}
        cognito.add_response("list_groups", last, {**expected, "NextToken": "t"})

        assert pool.list_groups() == (Group("a", "first"), Group("b", ""))

    def test_a_list_of_groups_that_does_not_end_is_left(self, cognito: Stubber) -> None:
        for _ in range(10):
            answer = {"Groups": [{"GroupName": "g"}], "NextToken": "again"}
            cognito.add_response("admin_list_groups_for_user", answer)

        assert len(pool.groups_of(ADA)) == 10

    def test_an_answer_that_lacks_what_all_have_makes_no_sense(self, cognito: Stubber) -> None:
        cognito.add_response("list_users", {})

        with pytest.raises(PoolUnavailable, match="an answer without 'Users'"):
            pool.list_people(pool.EVERYBODY)


class OnePersonTests:
    def test_who_it_is(self, cognito: Stubber, settings) -> None:
        expected = {"UserPoolId": settings.COGNITO_USER_POOL_ID, "Username": ADA}
        cognito.add_response("admin_get_user", user("UserAttributes", Enabled=False), expected)

        assert not pool.get_person(ADA).is_enabled

    def test_an_invitation_goes_by_mail_to_an_address_that_counts_as_verified(
        self, cognito: Stubber, settings
    ) -> None:
        expected = {
            "UserPoolId": settings.COGNITO_USER_POOL_ID,
            "Username": "ada@example.com",
            "UserAttributes": [
                {"Name": "email", "Value": "ada@example.com"},
                {"Name": "email_verified", "Value": "true"},
            ],
            "DesiredDeliveryMediums": ["EMAIL"],
        }
        answer = {"User": user(UserStatus="FORCE_CHANGE_PASSWORD")}
        cognito.add_response("admin_create_user", answer, expected)

        assert pool.invite("ada@example.com").status == "FORCE_CHANGE_PASSWORD"

    def test_an_invitation_is_sent_again_to_the_address_that_the_pool_has(
        self, cognito: Stubber, settings
    ) -> None:
        cognito.add_response("admin_get_user", user("UserAttributes"))
        expected = {
            "UserPoolId": settings.COGNITO_USER_POOL_ID,
            "Username": "ada@example.com",
            "MessageAction": "RESEND",
            "DesiredDeliveryMediums": ["EMAIL"],
        }
        cognito.add_response("admin_create_user", {"User": user()}, expected)

        pool.resend_invitation(ADA)

        cognito.assert_no_pending_responses()

    @pytest.mark.parametrize(
        ("operation", "function"),
        [
            ("admin_disable_user", pool.disable),
            ("admin_enable_user", pool.enable),
            ("admin_user_global_sign_out", pool.sign_out_everywhere),
            ("admin_reset_user_password", pool.reset_password),
        ],
    )
    def test_what_is_done_names_pool_and_sub(
        self, operation: str, function: Callable[[str], None], cognito: Stubber, settings
    ) -> None:
        expected = {"UserPoolId": settings.COGNITO_USER_POOL_ID, "Username": ADA}
        cognito.add_response(operation, {}, expected)

        function(ADA)

        cognito.assert_no_pending_responses()

    @pytest.mark.parametrize(
        ("operation", "function"),
        [
            ("admin_add_user_to_group", pool.join_group),
            ("admin_remove_user_from_group", pool.leave_group),
        ],
    )
    def test_memberships_name_the_group_too(
        self, operation: str, function: Callable[[str, str], None], cognito: Stubber, settings
    ) -> None:
        expected = {
            "UserPoolId": settings.COGNITO_USER_POOL_ID,
            "Username": ADA,
            "GroupName": "readers",
        }
        cognito.add_response(operation, {}, expected)
        cognito.add_client_error(operation, "ResourceNotFoundException")

        function(ADA, "readers")
        with pytest.raises(GroupNotFound):
            function(ADA, "readers")


class PermissionTests:
    def test_the_instance_may_do_exactly_what_is_called_here(self) -> None:
        calls = {
            node.attr
            for node in ast.walk(ast.parse(inspect.getsource(pool)))
            if isinstance(node, ast.Attribute)
            and isinstance(node.value, ast.Call)
            and isinstance(node.value.func, ast.Name)
            and node.value.func.id == "_client"
        }
        assert len(calls) == 14
        wanted = {"cognito-idp:" + "".join(map(str.capitalize, c.split("_"))) for c in calls}

        allowed = set(re.findall(r"cognito-idp:[A-Z]\w+", text("infra/web.yaml")))

        assert allowed == wanted

    def test_nothing_else_of_the_site_calls_cognito_idp(self) -> None:
        users = {path for part in WEB for path in boto3_users(part)}
        assert users == {"cognito/pool.py", "cognito/pool_errors.py"}


def boto3_users(part: str) -> set[str]:
    return {
        str(path.relative_to(ROOT))
        for path in files(part, ".py")
        if any(name.split(".")[0] in {"boto3", "botocore"} for name in imported(path))
    }
