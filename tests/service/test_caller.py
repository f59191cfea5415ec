"""Whose notes a request is about."""

import pytest

from service.caller import Caller
from service.errors import Unauthorized
from tests.service.api import NotesApi


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
            Caller.from_authorizer(authorizer, "1example23456789")

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
