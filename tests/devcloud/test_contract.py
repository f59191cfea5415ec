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
    "openapi": "3.0.1",
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
POST = ("paths", "/", "post")
INTEGRATED = "x-amazon-apigateway-integration"
VALIDATED = "x-amazon-apigateway-request-validator"
SCHEME = "components.securitySchemes.Pool"
POOL = ("components", "securitySchemes", "Pool")
AUTHORIZED = "x-amazon-apigateway-authorizer"
SCHEMAS = ("components", "schemas")
RESPONSES = "x-amazon-apigateway-gateway-responses"


def changed(path, value, document=VALID):
    """The contract with something else at that place; None takes it out."""
    document = copy.deepcopy(document)
    *parents, last = path
    place = document
    for key in parents:
        place = place[key]
    if value is None:
        del place[last]
    else:
        place[last] = value
    return document


def refused_place(path, value, document=VALID):
    """Where a contract that is changed so is refused."""
    with pytest.raises(TemplateError) as raised:
        read_contract(changed(path, value, document), "Body")
    return raised.value.place.removeprefix("Body.")


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
            ((*POST, INTEGRATED), None, f"{OPERATION}.{INTEGRATED}"),
            ((*POST, INTEGRATED, "type"), "http", f"{OPERATION}.{INTEGRATED}.type"),
            ((*POST, INTEGRATED, "httpMethod"), "GET", f"{OPERATION}.{INTEGRATED}.httpMethod"),
            ((*POST, INTEGRATED, "uri"), FUNCTION, f"{OPERATION}.{INTEGRATED}.uri"),
            ((*POST, "security"), [{"Other": []}], f"{OPERATION}.security"),
            ((*POST, VALIDATED), "none", f"{OPERATION}.{VALIDATED}"),
            (("components", "schemas"), {}, f"{OPERATION}.requestBody"),
            ((*SCHEMAS, "With-Dash"), {}, "components.schemas.With-Dash"),
            (
                (*SCHEMAS, "A"),
                {"properties": {"b": {"$ref": "#/components/schemas/B"}}},
                "components.schemas.A.properties.b.$ref",
            ),
            ((*POOL, "type"), "http", f"{SCHEME}.type"),
            ((*POOL, AUTHORIZED), None, f"{SCHEME}.{AUTHORIZED}"),
            ((*POOL, AUTHORIZED, "type"), "request", f"{SCHEME}.{AUTHORIZED}.type"),
            ((*POOL, AUTHORIZED, "providerARNs"), None, f"{SCHEME}.{AUTHORIZED}.providerARNs"),
            ((*POOL, AUTHORIZED, "providerARNs"), [], f"{SCHEME}.{AUTHORIZED}.providerARNs"),
            ((RESPONSES,), {"TEAPOT": {}}, f"{RESPONSES}.TEAPOT"),
        ],
    )
    def test_a_mistake_names_its_place(self, path, value, place):
        assert refused_place(path, value) == place

    @pytest.mark.parametrize(
        ("path", "value"),
        [
            (("swagger",), "2.0"),
            (("openapi",), "3.1.0"),
            (("x-amazon-apigateway-policy",), {"Statement": []}),
            (("x-amazon-apigateway-minimum-compression-size",), 0),
            (("paths", "/", "x-amazon-apigateway-any-method"), {}),
            ((*POST, "x-amazon-apigateway-auth"), {"type": "AWS_IAM"}),
            ((*POST, "operationid"), "create"),
            ((*POST, "parameters"), [{"in": "cookie", "name": "a"}]),
            ((*POST, "parameters"), [{"in": "query", "name": "a", "require": True}]),
            ((*POST, INTEGRATED, "cacheKeyParameters"), ["method.request.path.a"]),
            ((*POST, INTEGRATED, "connectionType"), "VPC_LINK"),
            ((*POST, INTEGRATED, "credentials"), "arn:aws:iam::000000000000:role/r"),
            ((*POST, INTEGRATED, "timeoutInMillis"), 49),
            ((*POST, INTEGRATED, "timeoutInMillis"), 29_001),
            ((*POOL, AUTHORIZED, "authorizerResultTtlInSeconds"), 3601),
            ((*POOL, AUTHORIZED, "identityValidationExpression"), "("),
            ((*POOL, AUTHORIZED, "identitySource"), "method.request.querystring.token"),
            ((*POOL, AUTHORIZED, "authorizerCredentials"), "arn:aws:iam::000000000000:role/r"),
            (("components", "requestBodies"), {}),
            ((*SCHEMAS, "A", "type"), "nothing"),
            ((*SCHEMAS, "A", "pattern"), "("),
            ((*SCHEMAS, "A", "maxlength"), 1),
            ((*SCHEMAS, "A", "properties"), {"b": {"items": {"requires": []}}}),
            ((RESPONSES,), {"THROTTLED": {"status": 429}}),
            ((RESPONSES,), {"THROTTLED": {"responseTemplates": {"text/plain": "a"}}}),
            (
                (RESPONSES,),
                {"THROTTLED": {"responseTemplates": {"application/json": "$context.stage"}}},
            ),
            (
                (RESPONSES,),
                {"THROTTLED": {"responseParameters": {"gatewayresponse.header.A": "no quotes"}}},
            ),
        ],
    )
    def test_what_would_have_no_effect_is_refused(self, path, value):
        last = [str(part) for part in path if isinstance(part, str)][-1]
        assert last in refused_place(path, value)


class MockTests:
    MOCK = {
        "type": "MOCK",
        "requestTemplates": {"application/json": '{"statusCode": 204}'},
        "responses": {
            "default": {
                "statusCode": "204",
                "responseParameters": {"method.response.header.A": "'b'"},
                "responseTemplates": {"application/json": "{}"},
            }
        },
    }

    def test_a_constant_one_is_read(self):
        [method] = read_contract(changed((*POST, INTEGRATED), self.MOCK), "Body").methods
        mock = method.integration
        assert (mock.status, mock.headers, mock.body) == (204, {"A": "b"}, "{}")

    @pytest.mark.parametrize(
        ("path", "value"),
        [
            (("requestTemplates",), None),
            (("requestTemplates", "application/json"), "{}"),
            (
                ("requestTemplates", "application/json"),
                '{"statusCode": #if($input.params("a"))200#else 400#end}',
            ),
            (("requestTemplates", "text/plain"), '{"statusCode": 204}'),
            (("responses", "4.."), {"statusCode": 400}),
            (("responses", "default", "responseTemplates", "application/json"), "$input.body"),
            (
                ("responses", "default", "responseParameters", "method.response.header.A"),
                "integration.response.header.A",
            ),
            (("responses", "default", "contentHandling"), "CONVERT_TO_TEXT"),
        ],
    )
    def test_what_depends_on_the_request_is_refused(self, path, value):
        document = changed((*POST, INTEGRATED), self.MOCK)
        place = refused_place((*POST, INTEGRATED, *path), value, document)
        assert path[-1] in place
