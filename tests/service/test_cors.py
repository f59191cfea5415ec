"""Which pages of other origins may call the API from a browser, and what they may read."""

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest

from service import handler
from tests.builders import proxy_event
from tests.contract import assert_keeps_contract, contract
from tests.service.api import NotesApi

ORIGINS = ["https://app.example.com", "http://localhost:5173"]
PATHS = contract("AllowsOrigins")["paths"]

Allow = Callable[..., None]


@pytest.fixture
def allow(api: NotesApi, monkeypatch: pytest.MonkeyPatch) -> Allow:
    """Lets pages of those origins in."""

    def allow(*origins: str) -> None:
        settings = replace(handler.settings(), allowed_origins=frozenset(origins))
        monkeypatch.setattr(handler, "settings", lambda: settings)

    return allow


def headers_for(origin: str | None, method: str = "GET", resource: str = "/") -> dict[str, Any]:
    """What the answer to a page of that origin says beside its body."""
    given = {} if origin is None else {"Origin": origin}
    answer = handler.lambda_handler(proxy_event(method, resource, headers=given), None)
    conditions = ["AllowsOrigins"] if handler.settings().allowed_origins else []
    assert_keeps_contract(
        method, resource, answer["statusCode"], answer["headers"], answer["body"], *conditions
    )
    return {"status": answer["statusCode"], **answer["headers"]}


class AnswerTests:
    def test_nobody_can_read_one_unless_told_otherwise(self, api: NotesApi) -> None:
        headers = headers_for(ORIGINS[0])
        assert not [name for name in headers if name.startswith(("Access-Control", "Vary"))]

    @pytest.mark.parametrize("origin", ORIGINS)
    def test_each_allowed_origin_is_told_that_it_is(self, allow: Allow, origin: str) -> None:
        allow(*ORIGINS)
        headers = headers_for(origin)
        assert headers["Access-Control-Allow-Origin"] == origin
        assert "ETag" in headers["Access-Control-Expose-Headers"]
        assert headers["Vary"] == "Origin"

    @pytest.mark.parametrize(
        "origin",
        [
            "https://app.example.com.evil.example",
            "https://APP.example.com",
            "http://app.example.com",
            "https://app.example.com,http://localhost:5173",
            "null",
            "*",
            "",
            None,
        ],
    )
    def test_no_other_is(self, allow: Allow, origin: str | None) -> None:
        allow(*ORIGINS)
        headers = headers_for(origin)
        assert not [name for name in headers if name.startswith("Access-Control")]
        assert headers["Vary"] == "Origin"

    def test_all_can_be_allowed(self, allow: Allow) -> None:
        allow("*")
        headers = headers_for("https://whoever.example.com")
        assert headers["Access-Control-Allow-Origin"] == "*"
        assert "Vary" not in headers

    @pytest.mark.parametrize(("method", "status"), [("GET", 200), ("DELETE", 400), ("PATCH", 404)])
    def test_errors_can_be_read_too(self, allow: Allow, method: str, status: int) -> None:
        allow(*ORIGINS)
        headers = headers_for(ORIGINS[0], method, "/notes")
        assert headers["status"] == status
        assert headers["Access-Control-Allow-Origin"] == ORIGINS[0]

    def test_no_browsers_own_credentials_are_asked_for(self, allow: Allow) -> None:
        """Cookies would make a reflected origin dangerous; a token is the page's own."""
        allow(*ORIGINS)
        assert "Access-Control-Allow-Credentials" not in headers_for(ORIGINS[0])


class PreflightTests:
    @pytest.mark.parametrize("resource", PATHS)
    def test_it_allows_the_methods_of_the_contract(self, allow: Allow, resource: str) -> None:
        allow(*ORIGINS)
        headers = headers_for(ORIGINS[1], "OPTIONS", resource)
        assert headers["status"] == 204
        assert headers["Access-Control-Allow-Origin"] == ORIGINS[1]
        methods = {name.lower() for name in headers["Access-Control-Allow-Methods"].split(",")}
        assert methods == set(PATHS[resource]) - {"options"}
        assert set(headers) - {"status", "Content-Type", "Cache-Control"} <= {
            *PATHS[resource]["options"]["responses"]["204"]["headers"],
            "Access-Control-Expose-Headers",
        }

    def test_it_allows_every_header_that_the_contract_reads(self, allow: Allow) -> None:
        allow(*ORIGINS)
        listed = headers_for(ORIGINS[0], "OPTIONS", "/notes")["Access-Control-Allow-Headers"]
        read = {
            parameter["name"]
            for operations in contract()["paths"].values()
            for operation in operations.values()
            for parameter in operation.get("parameters", [])
            if parameter["in"] == "header"
        }
        assert set(listed.split(",")) == {"Authorization", "Content-Type", *read}

    def test_another_origin_is_allowed_nothing(self, allow: Allow) -> None:
        allow(*ORIGINS)
        headers = headers_for("https://evil.example", "OPTIONS", "/notes")
        assert "Access-Control-Allow-Origin" not in headers

    def test_it_needs_no_token_and_no_table(
        self, allow: Allow, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        allow(*ORIGINS)
        monkeypatch.setattr(handler, "notes_store", None)
        event = proxy_event("OPTIONS", "/notes", headers={"origin": ORIGINS[0]})
        event["requestContext"]["authorizer"] = None
        answer = handler.lambda_handler(event, None)
        assert_keeps_contract(
            "OPTIONS", "/notes", 204, answer["headers"], answer["body"], "AllowsOrigins"
        )
        assert answer["statusCode"] == 204
        assert answer["headers"]["Access-Control-Allow-Origin"] == ORIGINS[0]

    def test_there_is_none_where_no_origin_is_allowed(self, api: NotesApi) -> None:
        assert headers_for(ORIGINS[0], "OPTIONS", "/notes")["status"] == 404
