"""The API whose authorizer is a function of its own (TOKEN), which takes access tokens."""

import pytest

from tests.second_opinion.conftest import ALICE
from tests.second_opinion.running_stack import Api

UNAUTHORIZED = (401, {"message": "Unauthorized"})


@pytest.fixture(scope="module")
def api(access_stack, access_tokens):
    return Api(access_stack, access_tokens["access_token"])


def refusal(stack, token):
    answer = Api(stack, token)("GET", "/notes")
    return answer.status_code, answer.json()


class AcceptedTests:
    def test_the_access_token_is_taken_as_it_is_and_as_bearer(self, access_stack, access_tokens):
        token = access_tokens["access_token"]
        for value in (token, f"Bearer {token}"):
            assert Api(access_stack, value)("GET", "/notes").status_code == 200

    def test_what_the_authorizer_says_reaches_the_function(self, api, access_tokens):
        message = api("GET", "/").json()["message"]
        assert message.startswith("Hello, ")
        # An access token has no e-mail address.
        assert ALICE not in message

    def test_one_verdict_serves_every_method(self, api):
        """The verdict is kept by token, and the function allows the whole stage."""
        made = api("POST", "/notes", json={"noteid": "kept-verdict", "note": "text"})
        assert made.status_code == 201
        assert api("GET", "/notes/kept-verdict").json()["note"] == "text"
        assert api("DELETE", "/notes/kept-verdict").status_code == 200

    def test_the_notes_are_those_of_the_sub(self, api, access_stack, access_tokens):
        api("POST", "/notes", json={"noteid": "mine", "note": "text"})
        again = access_stack.sign_in(ALICE)["access_token"]
        assert Api(access_stack, again)("GET", "/notes/mine").status_code == 200


class RefusedTests:
    def test_no_token_is_401(self, access_stack):
        answer = Api(access_stack)("GET", "/notes")
        assert (answer.status_code, answer.json()) == UNAUTHORIZED
        assert answer.headers["x-amzn-ErrorType"] == "UnauthorizedException"

    def test_garbage_is_401(self, access_stack):
        assert refusal(access_stack, "garbage") == UNAUTHORIZED

    def test_a_forged_token_is_401(self, access_stack, access_tokens):
        header, payload, signature = access_tokens["access_token"].split(".")
        assert refusal(access_stack, f"{header}.{payload}.{signature[:-8]}AAAAAAAA") == UNAUTHORIZED

    def test_an_id_token_is_401(self, access_stack, access_tokens):
        assert refusal(access_stack, access_tokens["id_token"]) == UNAUTHORIZED

    def test_an_expired_access_token_is_401(self, access_stack):
        expired = access_stack.expired_tokens(access_stack, ALICE)["access_token"]
        assert refusal(access_stack, expired) == UNAUTHORIZED

    def test_a_token_of_another_pool_is_401(self, access_stack, tokens):
        assert refusal(access_stack, tokens["access_token"]) == UNAUTHORIZED

    def test_an_unknown_path_is_403(self, api):
        answer = api("GET", "/nothing")
        assert answer.status_code == 403
        assert answer.json() == {"message": "Missing Authentication Token"}
