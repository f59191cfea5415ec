"""The functions behind API Gateway, with the tokens, roles and table of a whole stack."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import requests

from tests.contract import assert_keeps_contract, contract
from tests.devcloud.running import Devcloud
from tests.service.embedded_metric_format import metrics_in

DEMO = {"username": "demo@example.com", "password": "Demo-passw0rd!"}
ADMIN = {"username": "admin@example.com", "password": "Admin-passw0rd!"}
TOKENS = {"UserPool": "id_token", "AccessToken": "access_token"}

RESOURCES = {
    operation["operationId"]: resource
    for resource, methods in contract("OffersUserSignIn")["paths"].items()
    for operation in methods.values()
}


class Stack:
    """A running stack that gives tokens for passwords."""

    def __init__(self, devcloud: Devcloud, authorizer: str) -> None:
        self.api: str = devcloud.api
        self.takes = TOKENS[authorizer]
        self.other = next(token for token in TOKENS.values() if token != self.takes)
        self.announced_token: str = devcloud.environment["NOTES_API_TOKEN"]
        self.log = devcloud.data_dir / "logs" / "NotesFunction.log"

    def sign_in(self, person: dict[str, str]) -> dict[str, Any]:
        answer = self.ask("userSignIn", "POST", "/user-sign-in", json=person)
        envelope: dict[str, Any] = answer.json()
        return envelope

    def ask(
        self, operation: str, method: str, path: str, token: str | None = None, **arguments: Any
    ) -> requests.Response:
        """An answer that is what the contract says of that operation."""
        headers = {**arguments.pop("headers", {}), **({"Authorization": token} if token else {})}
        answer = requests.request(method, self.api + path, headers=headers, timeout=15, **arguments)
        resource = RESOURCES[operation]
        assert_keeps_contract(method, resource, answer.status_code, answer.headers, answer.text)
        return answer


@pytest.fixture(scope="module", params=TOKENS)
def stack(request: pytest.FixtureRequest, tmp_path_factory: Any) -> Iterator[Stack]:
    """One that takes ID tokens, and one that takes access tokens."""
    devcloud = Devcloud(
        tmp_path_factory.mktemp("stack"), ApiAuthorizer=request.param, UserSignIn="open"
    )
    yield Stack(devcloud, request.param)
    devcloud.stop()


@pytest.fixture(scope="module")
def demo(stack: Stack) -> dict[str, str]:
    """The demo person's tokens."""
    tokens: dict[str, str] = stack.sign_in(DEMO)["data"]
    return tokens


class SignInTests:
    def test_it_gives_tokens_for_an_hour(self, stack: Stack) -> None:
        envelope = stack.sign_in(DEMO)
        assert (envelope["status"], envelope["code"]) == ("success", "10024")
        assert envelope["data"]["expires_in"] == 3600
        assert envelope["data"]["token_type"] == "Bearer"

    def test_it_says_what_went_wrong(self, stack: Stack) -> None:
        wrong = stack.sign_in({**DEMO, "password": "Wrong-passw0rd!"})
        assert wrong["message"] == "The username or password is incorrect"
        assert stack.sign_in({**DEMO, "username": "nobody@example.com"}) == wrong
        assert stack.sign_in({})["message"] == "username is required"


class TokenTests:
    def test_the_stack_says_which_one_it_takes(self, stack: Stack) -> None:
        assert stack.takes == f"{stack.announced_token}_token"

    def test_without_one_nobody_comes_in(self, stack: Stack) -> None:
        answer = stack.ask("listNotes", "GET", "/notes")
        assert (answer.status_code, answer.json()) == (401, {"message": "Unauthorized"})

    def test_with_it_one_does_with_or_without_bearer(
        self, stack: Stack, demo: dict[str, str]
    ) -> None:
        token = demo[stack.takes]
        assert stack.ask("greet", "GET", "/", token).status_code == 200
        assert stack.ask("greet", "GET", "/", f"Bearer {token}").status_code == 200

    def test_with_another_one_does_not(self, stack: Stack, demo: dict[str, str]) -> None:
        token = demo[stack.takes]
        for wrong in (demo[stack.other], demo["refresh_token"], token[:-4] + "AAAA", "a.b.c"):
            answer = stack.ask("greet", "GET", "/", wrong)
            assert (answer.status_code, answer.json()) == (401, {"message": "Unauthorized"})


class NoteTests:
    def test_a_note_lives_as_the_contract_says(self, stack: Stack, demo: dict[str, str]) -> None:
        token = demo[stack.takes]

        def ask(operation: str, method: str, path: str, **arguments: Any) -> tuple[int, Any]:
            answer = stack.ask(operation, method, path, token, **arguments)
            return answer.status_code, answer.json()

        note = {"noteid": "note1", "note": "my first note"}
        assert ask("createNote", "POST", "/notes", json=note)[0] == 201
        assert ask("createNote", "POST", "/notes", json=note)[0] == 201
        assert ask("createNote", "POST", "/notes", json={**note, "note": "other"})[0] == 409
        assert ask("createNote", "POST", "/notes", json={"note": "x"})[0] == 400
        assert ask("getNote", "GET", "/notes/note1")[1]["note"] == "my first note"
        content = {"title": "", "note": "changed", "tags": ["A"], "pinned": True}
        update = ("updateNote", "PUT", "/notes/note1")
        assert ask(*update, json=content)[0] == 428
        version_1 = {"headers": {"If-Match": '"1"'}}
        assert ask(*update, json=content, **version_1)[1]["tags"] == ["a"]
        assert ask(*update, json=content, **version_1)[1]["version"] == 2
        assert ask(*update, json={**content, "note": "mine"}, **version_1)[0] == 412
        assert ask("listNotes", "GET", "/notes?q=CHANGED")[1]["notes"][0]["noteid"] == "note1"
        assert ask("deleteNote", "DELETE", "/notes/note1")[0] == 200
        assert len(ask("listNotes", "GET", "/notes?view=trash")[1]["notes"]) == 1
        assert ask("restoreNote", "POST", "/notes/note1/restore")[1]["version"] == 4
        assert ask("deleteNote", "DELETE", "/notes/note1?permanent=true")[0] == 404
        assert ask("deleteNote", "DELETE", "/notes/note1")[0] == 200
        assert ask("deleteNote", "DELETE", "/notes/note1?permanent=true")[0] == 200
        assert ask("getNote", "GET", "/notes/note1")[0] == 404

    def test_it_is_its_owners_alone(self, stack: Stack, demo: dict[str, str]) -> None:
        somebody_else = stack.sign_in(ADMIN)["data"][stack.takes]
        note = {"noteid": "mine", "note": "text"}
        stack.ask("createNote", "POST", "/notes", demo[stack.takes], json=note)
        assert stack.ask("getNote", "GET", "/notes/mine", somebody_else).status_code == 404
        listed = stack.ask("listNotes", "GET", "/notes", somebody_else).json()
        assert listed == {"notes": [], "cursor": None}


class LogTests:
    def test_every_line_of_it_has_metrics(self, stack: Stack, demo: dict[str, str]) -> None:
        stack.ask("greet", "GET", "/", demo[stack.takes])
        lines = [metrics_in(line) for line in stack.log.read_text().splitlines()]
        assert {line["function"] for line in lines} == {"notesite-NotesFunction"}
        assert "greet" in {line["operation"] for line in lines}


class ClosedSignInTests:
    def test_it_is_not_in_the_api_unless_it_is_asked_for(self, tmp_path: Path) -> None:
        devcloud = Devcloud(tmp_path)
        try:
            answer = requests.post(f"{devcloud.api}/user-sign-in", json=DEMO, timeout=15)
        finally:
            devcloud.stop()
        assert answer.status_code == 403
        assert answer.json() == {"message": "Missing Authentication Token"}
