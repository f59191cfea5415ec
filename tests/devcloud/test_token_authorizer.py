"""TOKEN: what becomes of a call when the function does not say yes or no."""

import pytest
import requests

from tests.contract import assert_keeps_contract


def get(echo, token):
    return requests.get(f"{echo.api}/asked", headers={"Authorization": token}, timeout=10)


class TokenAuthorizerTests:
    def test_raising_unauthorized_is_401(self, echo):
        answer = get(echo, "unauthorized")
        assert (answer.status_code, answer.text) == (401, '{"message":"Unauthorized"}')
        assert answer.headers["x-amzn-ErrorType"] == "UnauthorizedException"

    @pytest.mark.parametrize("token", ["broken", "malformed"])
    def test_any_other_failure_is_500_without_a_message(self, echo, token):
        answer = get(echo, token)
        assert (answer.status_code, answer.text) == (500, '{"message":null}')
        assert_keeps_contract("GET", "/notes", 500, answer.headers, answer.text)
        assert answer.headers["x-amzn-ErrorType"] == "AuthorizerConfigurationException"

    def test_a_policy_that_devcloud_reads_in_part_lets_nobody_in(self, echo):
        assert get(echo, "conditional").status_code == 500
