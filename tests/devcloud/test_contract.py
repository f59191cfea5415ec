"""Contracts that API Gateway would not import are refused with the place named."""

import copy

import pytest

from devcloud.contract import read_contract
from devcloud.errors import TemplateError

FUNCTION = "arn:aws:lambda:eu-central-1:000000000000:function:f"
INTEGRATION = {
    "type": "aws_proxy",
    "httpMethod": "POST",
    "uri": "arn:aws:apigateway:eu-central-1:lambda:path/2015-03-31/functions/"
    f"{FUNCTION}/invocations",
}
VALID = {
    "paths": {
        "/": {
            "post": {
                "operationId": "create",
                "security": [{"Pool": []}],
                "requestBody": {
                    "content": {"application/json": {"schema": {"$ref": "#/components/schemas/A"}}}
                },
                "x-amazon-apigateway-request-validator": "all",
                "x-amazon-apigateway-integration": INTEGRATION,
            }
        }
    },
    "components": {
        "schemas": {"A": {"type": "object"}},
        "securitySchemes": {
            "Pool": {
                "type": "apiKey",
                "in": "header",
                "name": "Authorization",
                "x-amazon-apigateway-authorizer": {
                    "type": "cognito_user_pools",
                    "providerARNs": ["arn"],
                },
            }
        },
    },
    "x-amazon-apigateway-request-validators": {"all": {"validateRequestBody": True}},
}
OPERATION = "paths./.post"
SCHEME = "components.securitySchemes.Pool"


def changed(path, value):
    """The valid contract with something else at that place; None takes it out."""
    document = copy.deepcopy(VALID)
    *parents, last = path
    place = document
    for key in parents:
        place = place[key]
    if value is None:
        del place[last]
    else:
        place[last] = value
    return document


class ContractTests:
    def test_a_valid_contract_is_read(self):
        [method] = read_contract(VALID, "Body").methods
        assert method.operation_id == "create"
        assert method.validates_body
        assert not method.validates_parameters
        assert method.integration.function_arn == FUNCTION
        assert method.integration.timeout == 29

    @pytest.mark.parametrize(
        ("path", "value", "place"),
        [
            (
                ("paths", "/", "post", "x-amazon-apigateway-integration"),
                None,
                f"{OPERATION}.x-amazon-apigateway-integration",
            ),
            (
                ("paths", "/", "post", "x-amazon-apigateway-integration"),
                {"type": "http"},
                f"{OPERATION}.x-amazon-apigateway-integration",
            ),
            (
                ("paths", "/", "post", "x-amazon-apigateway-integration"),
                {**INTEGRATION, "httpMethod": "GET"},
                f"{OPERATION}.x-amazon-apigateway-integration",
            ),
            (
                ("paths", "/", "post", "x-amazon-apigateway-integration"),
                {**INTEGRATION, "uri": FUNCTION},
                f"{OPERATION}.x-amazon-apigateway-integration.uri",
            ),
            (("paths", "/", "post", "security"), [{"Other": []}], f"{OPERATION}.security"),
            (
                ("paths", "/", "post", "x-amazon-apigateway-request-validator"),
                "none",
                f"{OPERATION}.x-amazon-apigateway-request-validator",
            ),
            (("components", "schemas"), {}, f"{OPERATION}.requestBody"),
            (("components", "schemas", "With-Dash"), {}, "components.schemas.With-Dash"),
            (
                ("components", "schemas", "A"),
                {"properties": {"b": {"$ref": "#/components/schemas/B"}}},
                "components.schemas.A.properties.b",
            ),
            (("components", "securitySchemes", "Pool", "type"), "http", SCHEME),
            (
                ("components", "securitySchemes", "Pool", "x-amazon-apigateway-authorizer"),
                {"type": "request"},
                SCHEME,
            ),
            (
                ("components", "securitySchemes", "Pool", "x-amazon-apigateway-authorizer"),
                {"type": "cognito_user_pools"},
                SCHEME,
            ),
            (
                ("x-amazon-apigateway-gateway-responses",),
                {"TEAPOT": {}},
                "x-amazon-apigateway-gateway-responses.TEAPOT",
            ),
        ],
    )
    def test_a_mistake_names_its_place(self, path, value, place):
        with pytest.raises(TemplateError) as raised:
            read_contract(changed(path, value), "Body")
        assert raised.value.place == f"Body.{place}"
