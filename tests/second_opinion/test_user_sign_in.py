"""The stack that gives tokens for a password, through a route that few requests may take."""

import requests

from tests.second_opinion.conftest import ALICE
from tests.second_opinion.running_stack import PASSWORD


class UserSignInTests:
    def test_a_password_gives_tokens(self, open_stack):
        answer = self._sign_in(open_stack, PASSWORD)
        assert answer.status_code == 200
        assert (answer.json()["status"], answer.json()["code"]) == ("success", "10024")

    def test_a_wrong_password_gives_none(self, open_stack):
        answer = self._sign_in(open_stack, "Wrong-passw0rd!")
        assert answer.status_code == 200
        assert (answer.json()["status"], answer.json()["code"]) == ("failure", "10023")

    def test_the_stage_lets_only_so_many_through(self, open_stack):
        # 5 a second on top of 10 at once.
        answers = [self._sign_in(open_stack, None) for _ in range(60)]
        throttled = [answer for answer in answers if answer.status_code == 429]
        assert throttled
        assert throttled[0].json() == {"message": "Too Many Requests"}
        assert throttled[0].headers["x-amzn-ErrorType"] == "TooManyRequestsException"

    def _sign_in(self, stack, password):
        body = {"username": ALICE, "password": password}
        given = {name: value for name, value in body.items() if value}
        return requests.post(f"{stack.api}/user-sign-in", json=given, timeout=30)
