"""When the user pool does not do what is asked: a sentence, a page, and never a 500."""

import socket
from collections.abc import Callable, Iterator

import pytest
from botocore.stub import Stubber
from django.test import Client

from administration.sentences import SENTENCES, sentence
from cognito import pool
from cognito.pool_errors import PoolError
from tests.administration.conftest import PEOPLE, UserPool, local, said

pytestmark = pytest.mark.django_db

SUB = "5f3c1d1e-0000-4000-8000-0000000000ff"
CODES = {
    "AccessDeniedException": "policy “user-pool” of InstanceRole",
    "UnrecognizedClientException": "policy “user-pool” of InstanceRole",
    "TooManyRequestsException": "try again in a moment",
    "LimitExceededException": "try again later",
    "ResourceNotFoundException": "correct COGNITO_USER_POOL_ID",
    "InternalErrorException": "does not answer",
    "InvalidParameterException": "does not take this value",
    "NotAuthorizedException": "present state",
    "SomethingNewException": "refuses (SomethingNewException)",
}


@pytest.fixture
def no_pool(pool_at: Callable[[str], object]) -> Iterator[None]:
    """Nobody listens at the pool's address."""
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        pool_at(f"http://127.0.0.1:{taken.getsockname()[1]}")
        yield


class SentenceTests:
    def test_each_error_has_one_that_ends(self) -> None:
        assert set(SENTENCES) == set(PoolError.__subclasses__())
        for kind in SENTENCES:
            assert sentence(kind("Code")).endswith(".") and "{" not in sentence(kind("Code"))


class RefusedTests:
    @pytest.mark.parametrize(("code", "words"), CODES.items())
    def test_the_list_says_it(self, code: str, words: str, admin: Client, stub: Stubber) -> None:
        stub.add_client_error("list_groups", code)
        answer = admin.get(PEOPLE)
        assert answer.status_code == 200 and words in answer.content.decode()

    @pytest.mark.parametrize(("code", "words"), CODES.items())
    def test_a_persons_page_says_it(
        self, code: str, words: str, admin: Client, stub: Stubber
    ) -> None:
        stub.add_client_error("admin_get_user", code)
        answer = admin.get(f"{PEOPLE}{SUB}/change/")
        assert answer.status_code == 200
        assert words in answer.content.decode().replace("&#x27;", "'")

    @pytest.mark.parametrize(("code", "words"), CODES.items())
    @pytest.mark.parametrize("act", ["enable", "groups/join", "reset-password"])
    def test_the_page_after_an_act_says_it(
        self, act: str, code: str, words: str, admin: Client, stub: Stubber
    ) -> None:
        operation = {
            "enable": "admin_enable_user",
            "groups/join": "admin_add_user_to_group",
            "reset-password": "admin_reset_user_password",
        }[act]
        stub.add_client_error(operation, code)
        stub.add_client_error("admin_get_user", "InternalErrorException")
        answer = admin.post(f"{PEOPLE}{SUB}/{act}/", {"group": "admins"}, follow=True)
        if (act, code) == ("groups/join", "ResourceNotFoundException"):
            words = "no such group"
        if (act, code) == ("reset-password", "InvalidParameterException"):
            words = "not verified"
        page = answer.content.decode().replace("&#x27;", "'")
        assert words in page and "Not confirmed:" in page

    @pytest.mark.parametrize("operation", ["list_groups", "list_users"])
    def test_an_answer_that_makes_no_sense(
        self, operation: str, admin: Client, stub: Stubber
    ) -> None:
        if operation == "list_users":
            stub.add_response("list_groups", {"Groups": []})
        stub.add_response(operation, {})
        assert "an answer without" in said(admin, PEOPLE)


class UnreachableTests:
    def test_the_rest_of_the_admin_does_not_notice(self, admin: Client, no_pool: None) -> None:
        for path in ("/admin/", "/admin/identity/user/", "/admin/identity/browsersession/"):
            assert admin.get(path).status_code == 200

    @pytest.mark.parametrize("path", ["", f"{SUB}/change/", f"{SUB}/delete/"])
    def test_each_page_says_it(self, path: str, admin: Client, no_pool: None) -> None:
        answer = admin.get(f"{PEOPLE}{path}")
        assert answer.status_code == 200
        assert "The user pool does not answer (EndpointConnectionError)" in answer.content.decode()

    def test_somebody_known_here_can_be_locked_out_all_the_same(
        self, admin: Client, signed_in_client: Client, no_pool: None
    ) -> None:
        sub = "5f3c1d1e-0000-4000-8000-00000000000a"
        page = said(admin, f"{PEOPLE}{sub}/change/")
        assert "<h1>ada@example.com</h1>" in page and "Firefox on Linux" in page
        answer = admin.post(f"{PEOPLE}{sub}/disable/", follow=True)
        page = answer.content.decode()
        assert "Locked out here (1 browser session ended)" in page
        assert "Not confirmed: Disabled in the user pool" in page
        assert signed_in_client.get("/notes/new/").status_code == 302
        assert not local(sub).is_active

    def test_no_credentials_are_an_operators_matter(
        self, admin: Client, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"):
            monkeypatch.delenv(name, raising=False)
        monkeypatch.setenv("AWS_EC2_METADATA_DISABLED", "true")
        monkeypatch.setenv("AWS_SHARED_CREDENTIALS_FILE", "/dev/null")
        monkeypatch.setenv("AWS_CONFIG_FILE", "/dev/null")
        pool._client.cache_clear()
        try:
            page = said(admin, PEOPLE)
        finally:
            pool._client.cache_clear()
        assert "(NoCredentialsError); look at the policy" in page

    @pytest.mark.parametrize("kind", ["garbage", "drop", "throttle", "fail"])
    @pytest.mark.parametrize(
        "operation", ["ListUsers", "ListGroups", "AdminGetUser", "AdminListGroupsForUser"]
    )
    def test_whatever_goes_wrong_no_page_fails(
        self, operation: str, kind: str, admin: Client, user_pool: UserPool
    ) -> None:
        _, sub = user_pool.add()
        user_pool.devcloud.set_fault(f"cognito-idp:{operation}", kind)
        for path in ("", f"{sub}/change/"):
            answer = admin.get(f"{PEOPLE}{path}")
            assert answer.status_code == 200
        assert "errornote" in answer.content.decode() or operation == "ListUsers"
