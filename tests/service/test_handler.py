"""What the function does around the operations: routes, errors, settings."""

import json
import os
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path

import pytest

from service import handler
from service.settings import MissingSetting
from tests.builders import proxy_event
from tests.contract import assert_keeps_contract, contract, schema_validator
from tests.service.api import NotesApi


class RouteTests:
    def test_they_are_the_operations_of_the_contract(self) -> None:
        in_contract = {
            (method.upper(), path): operation["operationId"]
            for path, methods in contract()["paths"].items()
            for method, operation in methods.items()
        }
        routes = {
            route: "".join(
                word.capitalize() if number else word
                for number, word in enumerate(operation.__name__.split("_"))
            )
            for route, operation in handler.ROUTES.items()
        }
        assert routes == in_contract

    @pytest.mark.parametrize(
        ("method", "resource"),
        [("PATCH", "/notes"), ("get", "/notes/{noteid}/restore"), ("GET", "/admin"), ("", "")],
    )
    def test_others_are_not_known(self, api: NotesApi, method: str, resource: str) -> None:
        answer = api.call(method, resource)
        assert (answer.status, answer.json["code"]) == (404, "UnknownRoute")

    def test_the_case_of_a_method_counts(self, api: NotesApi) -> None:
        response = handler.lambda_handler(proxy_event("get", "/notes"), None)
        assert response["statusCode"] == 404
        schema_validator("Error").validate(json.loads(response["body"]))

    def test_an_event_without_anything_is_not_known(self, api: NotesApi) -> None:
        response = handler.lambda_handler({}, None)
        assert_keeps_contract("", "", response["statusCode"], response["headers"], response["body"])

    def test_absent_maps_are_null(self, api: NotesApi) -> None:
        event = proxy_event("GET", "/notes")
        event["headers"] = None
        response = handler.lambda_handler(event, None)
        assert_keeps_contract("GET", "/notes", 200, response["headers"], response["body"])
        assert response["statusCode"] == 200


class ErrorAnswerTests:
    def test_it_has_the_request_id_of_the_gateway(self, api: NotesApi) -> None:
        assert api.get().json == {
            "message": "Note not found",
            "code": "NoteNotFound",
            "requestId": "c6af9ac6-7b61-11e6-9a41-93e8deadbeef",
        }

    def test_a_mistake_shows_nothing_of_itself(
        self,
        api: NotesApi,
        monkeypatch: pytest.MonkeyPatch,
        capsys: pytest.CaptureFixture[str],
    ) -> None:
        def mistaken(*_: object) -> None:
            raise RuntimeError("a secret text")

        monkeypatch.setattr(handler, "ROUTES", {("GET", "/notes"): mistaken})
        answer = api.list()
        assert (answer.status, answer.json["code"]) == (500, "ServiceError")
        assert "secret" not in json.dumps(answer.json)
        line = json.loads(capsys.readouterr().out)
        assert line["error"] == "RuntimeError"
        assert line["trace"][-1].endswith(" mistaken")
        assert "secret" not in json.dumps(line)


class SettingsTests:
    VALID: Mapping[str, str] = {"NOTES_TABLE": "Notes", "USER_POOL_CLIENT_ID": "1example23456789"}

    def test_it_reads_the_environment(self) -> None:
        settings = handler.Settings.from_environment({**self.VALID, "TRASH_DAYS": "7"})
        assert settings == handler.Settings("Notes", frozenset({"1example23456789"}), 7, "UserPool")

    def test_the_trash_keeps_notes_for_30_days_unless_told_otherwise(self) -> None:
        assert handler.Settings.from_environment(self.VALID).trash_days == 30

    @pytest.mark.parametrize("name", ["NOTES_TABLE", "USER_POOL_CLIENT_ID"])
    @pytest.mark.parametrize("value", [None, "", " "])
    def test_it_says_what_is_missing(self, name: str, value: str | None) -> None:
        environment = {**self.VALID, name: value or ""}
        with pytest.raises(MissingSetting, match=f"^{name} is not set: set it to the .*\\.$"):
            handler.Settings.from_environment(environment)

    @pytest.mark.parametrize("value", ["0", "366", "-1", "1.5", "month", "", "\u0663"])
    def test_it_says_what_is_wrong(self, value: str) -> None:
        with pytest.raises(MissingSetting, match=r"^TRASH_DAYS is .* from 1 to 365\.$"):
            handler.Settings.from_environment({**self.VALID, "TRASH_DAYS": value})

    def test_there_can_be_several_app_clients(self) -> None:
        environment = {**self.VALID, "USER_POOL_CLIENT_ID": "a, b,"}
        settings = handler.Settings.from_environment(environment)
        assert settings.user_pool_client_ids == {"a", "b"}

    def test_there_can_be_several_origins_and_are_none_unless_told(self) -> None:
        assert handler.Settings.from_environment(self.VALID).allowed_origins == frozenset()
        environment = {**self.VALID, "ALLOWED_ORIGINS": "https://a.example,https://b.example"}
        settings = handler.Settings.from_environment(environment)
        assert settings.allowed_origins == {"https://a.example", "https://b.example"}

    def test_it_takes_id_tokens_unless_told_otherwise(self) -> None:
        assert handler.Settings.from_environment(self.VALID).api_authorizer == "UserPool"
        other = {**self.VALID, "API_AUTHORIZER": "AccessToken"}
        assert handler.Settings.from_environment(other).api_authorizer == "AccessToken"
        with pytest.raises(MissingSetting, match="set it to UserPool or AccessToken"):
            handler.Settings.from_environment({**self.VALID, "API_AUTHORIZER": "none"})

    def test_the_function_does_not_start_without_them(self) -> None:
        done = _loaded({})
        assert done.returncode == 1
        last_line = done.stderr.splitlines()[-1]
        assert last_line.endswith(
            ": NOTES_TABLE is not set: set it to the name of the notes table."
        )

    def test_the_function_connects_before_the_first_request(self) -> None:
        done = _loaded(self.VALID)
        assert (done.stdout.strip(), done.stderr) == ("1", "")

    def test_the_function_serves_with_what_the_environment_says(
        self, table: object, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setenv("NOTES_TABLE", "Notes")
        monkeypatch.setenv("USER_POOL_CLIENT_ID", "1example23456789")
        handler.settings.cache_clear()
        handler.notes_store.cache_clear()
        try:
            assert NotesApi().create().status == 201
            assert NotesApi().get().status == 200
        finally:
            handler.settings.cache_clear()
            handler.notes_store.cache_clear()


def _loaded(environment: Mapping[str, str]) -> subprocess.CompletedProcess[str]:
    """Loads the module as Lambda does and prints how many connections there are."""
    program = "from service.handler import notes_store; print(notes_store.cache_info().currsize)"
    return subprocess.run(
        [sys.executable, "-c", program],
        cwd=Path(handler.__file__).parents[1],
        env={
            "AWS_LAMBDA_FUNCTION_NAME": "notes",
            "AWS_DEFAULT_REGION": "eu-central-1",
            "PATH": os.environ["PATH"],
            **environment,
        },
        capture_output=True,
        text=True,
    )
