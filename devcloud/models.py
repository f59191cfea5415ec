"""The models of a contract: JSON Schema draft 4 with API Gateway's gaps.

https://docs.aws.amazon.com/apigateway/latest/developerguide/api-gateway-known-issues.html
"""

from collections.abc import Mapping
from typing import Any

from jsonschema import Draft4Validator
from jsonschema.exceptions import SchemaError
from referencing import Registry
from referencing.jsonschema import DRAFT4

from devcloud.errors import TemplateError
from devcloud.json_text import read_json

# AWS documents that these are imported and then not enforced.
_NOT_ENFORCED = {"maxItems", "minItems", "exclusiveMinimum"}
# Their entries are schemas by name.
_NAMED_SCHEMAS = {"properties", "patternProperties", "definitions"}
# Of OpenAPI, and documentation only.
_DOCUMENTATION = {
    *("deprecated", "discriminator", "example", "externalDocs", "nullable", "readOnly"),
    *("writeOnly", "xml"),
}
_KEYWORDS = {"$ref", *_DOCUMENTATION, *Draft4Validator.META_SCHEMA["properties"]}


class BodyModel:
    """A schema that request bodies can be held against."""

    def __init__(self, name: str, registry: Registry[Any]) -> None:
        self._validator = Draft4Validator(
            {"$ref": f"contract#/components/schemas/{name}"}, registry=registry
        )

    def accepts(self, body: bytes) -> bool:
        """Whether the body is JSON that fits; an empty body counts as ``{}``."""
        try:
            return bool(self._validator.is_valid(read_json(body or b"{}")))
        except (ValueError, RecursionError):
            # A model that contains itself goes as deep as the body does.
            return False


def read_models(document: Mapping[str, Any], place: str) -> dict[str, BodyModel]:
    """The contract's models by name; raises TemplateError for one that AWS would not import."""
    schemas = document.get("components", {}).get("schemas", {})
    for name, schema in schemas.items():
        _check(schema, schemas, f"{place}.{name}")
    contents = {"components": {"schemas": _enforced(schemas)}}
    registry: Registry[Any] = Registry().with_resource("contract", DRAFT4.create_resource(contents))
    return {name: BodyModel(name, registry) for name in schemas}


def _check(schema: Any, schemas: Mapping[str, Any], place: str) -> None:
    """Refuse a schema that is none of draft 4, or that refers to what is not there."""
    try:
        Draft4Validator.check_schema(schema, format_checker=Draft4Validator.FORMAT_CHECKER)
    except SchemaError as error:
        where = "".join(f".{key}" for key in error.path)
        raise TemplateError(place + where, f"no JSON Schema of draft 4: {error.message}.") from None
    _check_names(schema, schemas, place)


def _check_names(schema: Mapping[str, Any], schemas: Mapping[str, Any], place: str) -> None:
    """Refuse names that neither JSON Schema has nor OpenAPI, and references to no model."""
    for key, value in schema.items():
        here = f"{place}.{key}"
        if key not in _KEYWORDS:
            raise TemplateError(here, "devcloud does not know this name here.")
        if key == "$ref" and str(value).removeprefix("#/components/schemas/") not in schemas:
            raise TemplateError(here, f"{value} is no model.")
        if key in _NAMED_SCHEMAS:
            for name, inner in value.items():
                _check_names(inner, schemas, f"{here}.{name}")
        elif key in ("allOf", "anyOf", "oneOf", "items", "not", "additionalProperties"):
            for inner in value if isinstance(value, list) else [value]:
                if isinstance(inner, Mapping):
                    _check_names(inner, schemas, here)


def _enforced(schema: Any) -> Any:
    """The schema without what API Gateway does not enforce; property names stay untouched."""
    if isinstance(schema, list):
        return [_enforced(item) for item in schema]
    if not isinstance(schema, Mapping):
        return schema
    return {
        key: {name: _enforced(inner) for name, inner in value.items()}
        if key in _NAMED_SCHEMAS
        else _enforced(value)
        for key, value in schema.items()
        if key not in _NOT_ENFORCED
    }
