"""infra/openapi.json as it is deployed, its choices made."""

import json
from functools import cache
from pathlib import Path
from typing import Any

PATH = Path(__file__).resolve().parent.parent / "infra" / "openapi.json"
_NO_VALUE = {"Ref": "AWS::NoValue"}


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
