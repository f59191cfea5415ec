"""The models of a contract: JSON Schema draft 4 with API Gateway's gaps.

https://docs.aws.amazon.com/apigateway/latest/developerguide/api-gateway-known-issues.html
"""

import json
from collections.abc import Mapping
from typing import Any

from jsonschema import Draft4Validator
from referencing import Registry
from referencing.jsonschema import DRAFT4

from devcloud.errors import TemplateError

# AWS documents that these are imported and then not enforced.
_NOT_ENFORCED = {"maxItems", "minItems", "exclusiveMinimum", "discriminator", "readOnly", "default"}


class BodyModel:
    """A schema that request bodies can be held against."""

    def __init__(self, name: str, registry: Registry[Any]) -> None:
        self._validator = Draft4Validator(
            {"$ref": f"contract#/components/schemas/{name}"}, registry=registry
        )

    def accepts(self, body: bytes) -> bool:
        """Whether the body is JSON that fits; an empty body counts as ``{}``."""
        try:
            value = json.loads(body or b"{}")
        except ValueError:
            return False
        return bool(self._validator.is_valid(value))


def read_models(document: Mapping[str, Any], place: str) -> dict[str, BodyModel]:
    """The contract's models by name; raises TemplateError for one that AWS would not import."""
    schemas = document.get("components", {}).get("schemas", {})
    for name, schema in schemas.items():
        if not name.isalnum() or not name.isascii():
            raise TemplateError(f"{place}.{name}", "a model's name has letters and digits only.")
        _check_references(schema, schemas, f"{place}.{name}")
    contents = {"components": {"schemas": _enforced(schemas)}}
    registry: Registry[Any] = Registry().with_resource("contract", DRAFT4.create_resource(contents))
    return {name: BodyModel(name, registry) for name in schemas}


def _check_references(schema: Any, schemas: Mapping[str, Any], place: str) -> None:
    if isinstance(schema, Mapping):
        reference = schema.get("$ref")
        if isinstance(reference, str):
            name = reference.removeprefix("#/components/schemas/")
            if name not in schemas:
                raise TemplateError(place, f"{reference} is no model.")
        for key, value in schema.items():
            _check_references(value, schemas, f"{place}.{key}")
    elif isinstance(schema, list):
        for item in schema:
            _check_references(item, schemas, place)


def _enforced(schema: Any) -> Any:
    """The schema without what API Gateway does not enforce; property names stay untouched."""
    if isinstance(schema, list):
        return [_enforced(item) for item in schema]
    if not isinstance(schema, Mapping):
        return schema
    return {
        key: {name: _enforced(inner) for name, inner in value.items()}
        if key == "properties"
        else _enforced(value)
        for key, value in schema.items()
        if key not in _NOT_ENFORCED
    }
