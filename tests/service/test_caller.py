"""Whose notes a request is about."""

from collections.abc import Mapping

import pytest

from service.caller import Caller
from service.errors import AccessDenied, Unauthorized
from service.settings import Settings
from tests.service.api import NotesApi

APP_CLIENTS = frozenset({"1example23456789", "2example23456789"})
ID_TOKENS = Settings("Notes", APP_CLIENTS, 30, "UserPool")
ACCESS_TOKENS = Settings("Notes", APP_CLIENTS, 30, "AccessToken")


class CallerTests:
    def test_it_is_the_sub_of_the_claims(self, api: NotesApi) -> None:
        api.create()
        assert api.as_person("somebody-else").get().status == 404

    def test_it_is_never_the_user_name(self, api: NotesApi) -> None:
        api.create()
        api.claims = {"cognito:username": "changed", "email": "changed@example.com"}
        assert api.get().status == 200

    def test_it_is_never_what_the_body_says(self, api: NotesApi) -> None:
        answer = api.create(userid="somebody-else")
        assert answer.status == 400
        assert set(answer.json["fields"]) == {"userid"}

    def test_it_is_never_what_the_query_says(self, api: NotesApi) -> None:
        api.as_person("somebody-else").create()
        assert api.list(userId="somebody-else").json["notes"] == []

    def test_it_may_come_from_any_app_client_of_ours(self) -> None:
        for aud in APP_CLIENTS:
            claims = {"sub": "ada", "token_use": "id", "aud": aud}
            assert Caller.from_authorizer({"claims": claims}, ID_TOKENS).owner == "ada"

    @pytest.mark.parametrize("sub", [None, ""])
    def test_it_refuses_claims_without_a_sub(self, api: NotesApi, sub: str | None) -> None:
        api.claims = {"sub": sub}
        answer = api.get()
        assert (answer.status, answer.json["message"]) == (401, "Unauthorized")

    @pytest.mark.parametrize(
        "authorizer", [{}, {"claims": None}, {"claims": "sub"}, {"principalId": "ada"}]
    )
    def test_it_refuses_an_event_without_claims(self, authorizer: dict[str, object]) -> None:
        with pytest.raises(Unauthorized):
            Caller.from_authorizer(authorizer, ID_TOKENS)

    @pytest.mark.parametrize("token_use", ["access", "", None])
    def test_it_refuses_a_token_that_is_no_id_token(
        self, api: NotesApi, token_use: str | None
    ) -> None:
        api.claims = {"token_use": token_use}
        answer = api.list()
        assert (answer.status, answer.json["code"]) == (403, "AccessDenied")

    @pytest.mark.parametrize("aud", ["another-app-client", "", None])
    def test_it_refuses_a_token_of_another_app_client(self, api: NotesApi, aud: str | None) -> None:
        api.claims = {"aud": aud}
        answer = api.create()
        assert (answer.status, answer.json["code"]) == (403, "AccessDenied")
        api.claims = {}
        assert api.get().status == 404


class AccessTokenCallerTests:
    """Where the Lambda authorizer has looked at an access token."""

    AUTHORIZER: Mapping[str, object] = {
        "principalId": "ada",
        "client_id": "1example23456789",
        "username": "ada-by-name",
        "integrationLatency": 5,
    }

    def test_it_is_the_principal(self) -> None:
        caller = Caller.from_authorizer(self.AUTHORIZER, ACCESS_TOKENS)
        assert caller == Caller(owner="ada", username="ada-by-name", email="")

    @pytest.mark.parametrize("principal", [None, "", 1, ["ada"]])
    def test_it_refuses_who_has_no_principal(self, principal: object) -> None:
        with pytest.raises(Unauthorized):
            Caller.from_authorizer({**self.AUTHORIZER, "principalId": principal}, ACCESS_TOKENS)

    @pytest.mark.parametrize("client_id", ["another", "", None])
    def test_it_refuses_a_token_of_another_app_client(self, client_id: object) -> None:
        with pytest.raises(AccessDenied):
            Caller.from_authorizer({**self.AUTHORIZER, "client_id": client_id}, ACCESS_TOKENS)

    def test_it_does_not_take_the_claims_of_an_id_token(self) -> None:
        claims = {"sub": "ada", "token_use": "id", "aud": "1example23456789"}
        with pytest.raises(Unauthorized):
            Caller.from_authorizer({"claims": claims}, ACCESS_TOKENS)

    def test_it_is_not_taken_where_id_tokens_are(self) -> None:
        with pytest.raises(Unauthorized):
            Caller.from_authorizer(self.AUTHORIZER, ID_TOKENS)

    def test_it_is_the_same_owner_as_with_an_id_token(self, api: NotesApi) -> None:
        """A deployment may change from one to the other."""
        claims = {"sub": "ada", "token_use": "id", "aud": "1example23456789"}
        by_id_token = Caller.from_authorizer({"claims": claims}, ID_TOKENS)
        by_access_token = Caller.from_authorizer(self.AUTHORIZER, ACCESS_TOKENS)
        assert by_id_token.owner == by_access_token.owner
