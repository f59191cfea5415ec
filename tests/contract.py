"""infra/openapi.json as it is deployed, its choices made, and answers held against it."""

import json
from collections.abc import Mapping
from functools import cache
from http import HTTPStatus
from pathlib import Path
from typing import Any

from jsonschema import Draft202012Validator

PATH = Path(__file__).resolve().parent.parent / "infra" / "openapi.json"
_NO_VALUE = {"Ref": "AWS::NoValue"}
# Headers that a client relies on: there where the contract lists them, and nowhere else.
_PROMISED = {
    "ETag",
    "Retry-After",
    "Access-Control-Allow-Methods",
    "Access-Control-Allow-Headers",
    "Access-Control-Max-Age",
}


@cache
def contract(*conditions: str) -> dict[str, Any]:
    """The contract in a stack where those conditions of the template hold, and no others."""
    document: dict[str, Any] = _decided(json.loads(PATH.read_text()), conditions)
    return document


@cache
def operations(*conditions: str) -> dict[str, dict[str, Any]]:
    """The operations by their ids."""
    return {
        operation["operationId"]: operation
        for methods in contract(*conditions)["paths"].values()
        for operation in methods.values()
    }


def assert_keeps_contract(
    method: str,
    resource: str,
    status: int,
    headers: Mapping[str, str],
    body: str,
    *conditions: str,
) -> None:
    """Fails the test for an answer that the contract does not allow there: status, headers, body.

    What it does not have at all is answered with an error, by API Gateway or by the function.
    """
    operation = contract("OffersUserSignIn", *conditions)["paths"].get(resource, {})
    if method.lower() not in operation:
        assert status in (403, 404), f"{status} for {method} {resource}, which is not there"
        schema_validator("Error").validate(json.loads(body))
        return
    answers = operation[method.lower()]["responses"]
    assert str(status) in answers, f"the contract has no {status} for {method} {resource}"
    listed = answers[str(status)]
    given = {name for name in _PROMISED if name in headers}
    assert given == _PROMISED & set(listed.get("headers", {})), f"{status} with {given}"
    if "content" not in listed:
        # The text of a 413 is API Gateway's own.
        assert body == "" or status == HTTPStatus.REQUEST_ENTITY_TOO_LARGE
        return
    value = json.loads(body)
    reference = listed["content"]["application/json"]["schema"]["$ref"]
    schema_validator(reference.rpartition("/")[2]).validate(value)
    if "ETag" in given:
        assert headers["ETag"] == f'"{value.get("current", value)["version"]}"'
    if "Retry-After" in given:
        assert headers["Retry-After"].isdigit()


@cache
def schema_validator(name: str) -> Draft202012Validator:
    """Holds a value against one of the contract's schemas."""
    components = _as_json_schema(contract("OffersUserSignIn")["components"])
    return Draft202012Validator({"$ref": f"#/components/schemas/{name}", "components": components})


def _as_json_schema(value: Any) -> Any:
    """OpenAPI 3.0 writes nullable where JSON Schema lists null as a type."""
    if isinstance(value, list):
        return [_as_json_schema(entry) for entry in value]
    if not isinstance(value, dict):
        return value
    schema = {name: _as_json_schema(entry) for name, entry in value.items()}
    if schema.pop("nullable", False):
        schema["type"] = [schema["type"], "null"]
    return schema


def _decided(value: Any, conditions: tuple[str, ...]) -> Any:
    if isinstance(value, list):
        return [_decided(entry, conditions) for entry in value]
    if not isinstance(value, dict):
        return value
    if set(value) == {"Fn::If"}:
        condition, then, otherwise = value["Fn::If"]
        return _decided(then if condition in conditions else otherwise, conditions)
    decided = {name: _decided(entry, conditions) for name, entry in value.items()}
    return {name: entry for name, entry in decided.items() if entry != _NO_VALUE}
