"""TOKEN: a function decides, and its answer is kept for a while."""

import json

import pytest
import requests


def get(echo, path, token=None):
    headers = {} if token is None else {"Authorization": token}
    return requests.get(echo.api + path, headers=headers, timeout=10)


def asked_at(answer):
    """When the function was asked, as it said itself."""
    return answer.json()["event"]["requestContext"]["authorizer"]["at"]


class TokenAuthorizerTests:
    def test_the_function_gets_the_documented_event(self, echo):
        authorizer = get(echo, "/asked", "the event").json()["event"]["requestContext"][
            "authorizer"
        ]
        event = json.loads(authorizer["event"])
        assert event["type"] == "TOKEN"
        assert event["authorizationToken"] == "the event"
        assert event["methodArn"].startswith("arn:aws:execute-api:eu-central-1:000000000000:")
        assert event["methodArn"].endswith("/test/GET/asked")

    def test_principal_and_context_reach_the_method(self, echo):
        authorizer = get(echo, "/asked", "a token").json()["event"]["requestContext"]["authorizer"]
        assert authorizer["principalId"] == "principal of a token"
        assert authorizer["number"] == "1"
        assert authorizer["yes"] == "true"

    @pytest.mark.parametrize("token", [None, "", "NOT MATCHING 123"])
    def test_it_does_not_ask_without_a_token_that_fits(self, echo, token):
        answer = get(echo, "/asked", token)
        assert (answer.status_code, answer.text) == (401, '{"message":"Unauthorized"}')

    def test_raising_unauthorized_is_401(self, echo):
        answer = get(echo, "/asked", "unauthorized")
        assert (answer.status_code, answer.text) == (401, '{"message":"Unauthorized"}')
        assert answer.headers["x-amzn-ErrorType"] == "UnauthorizedException"

    @pytest.mark.parametrize("token", ["broken", "malformed"])
    def test_any_other_failure_is_500_without_a_message(self, echo, token):
        answer = get(echo, "/asked", token)
        assert (answer.status_code, answer.text) == (500, '{"message":null}')
        assert answer.headers["x-amzn-ErrorType"] == "AuthorizerConfigurationException"

    def test_deny_is_403_with_a_capital_message(self, echo):
        answer = get(echo, "/asked", "deny")
        assert answer.status_code == 403
        assert answer.text == (
            '{"Message":"User is not authorized to access this resource with an explicit deny"}'
        )

    def test_a_policy_is_kept_for_its_token(self, echo):
        first = asked_at(get(echo, "/asked", "kept"))
        assert asked_at(get(echo, "/asked/again", "kept")) == first
        assert asked_at(get(echo, "/asked", "another")) != first

    def test_it_is_kept_for_300_seconds(self, echo):
        first = asked_at(get(echo, "/asked", "until then"))
        echo.move_clock(299)
        assert asked_at(get(echo, "/asked", "until then")) == first
        echo.move_clock(2)
        assert asked_at(get(echo, "/asked", "until then")) != first
        echo.move_clock(-301)

    def test_it_is_not_kept_with_a_time_to_live_of_nought(self, echo):
        first = asked_at(get(echo, "/asked-each-time", "again"))
        assert asked_at(get(echo, "/asked-each-time", "again")) != first

    def test_a_policy_for_one_method_refuses_the_next(self, echo):
        assert get(echo, "/asked", "only this").status_code == 200
        answer = get(echo, "/asked/again", "only this")
        assert answer.status_code == 403
        assert answer.text == '{"Message":"User is not authorized to access this resource"}'
