"""The contract as OpenAPI, and what API Gateway makes of it."""

import json
import re
from typing import Any

import pytest
from openapi_spec_validator import validate

from service import validation
from tests.backend_template import template
from tests.contract import PATH, contract, operations

CONTRACT = contract()
OPERATIONS = operations()
SCHEMAS = CONTRACT["components"]["schemas"]
REQUEST_MODELS = ["NoteCreateModel", "NoteUpdateModel"]

# Known issues: https://docs.aws.amazon.com/apigateway/latest/developerguide/api-gateway-known-issues.html
UNSUPPORTED_KEYWORDS = {
    "allOf",
    "anyOf",
    "discriminator",
    "example",
    "exclusiveMaximum",
    "exclusiveMinimum",
    "not",
    "oneOf",
    "readOnly",
}


def keywords(value: Any) -> set[str]:
    """Every key used anywhere in a schema, properties' names apart."""
    if isinstance(value, list):
        return set().union(*(keywords(entry) for entry in value)) if value else set()
    if not isinstance(value, dict):
        return set()
    found = set(value)
    for name, entry in value.items():
        found |= (
            set().union(*(keywords(schema) for schema in entry.values()))
            if name == "properties"
            else keywords(entry)
        )
    return found


class ContractTests:
    @pytest.mark.parametrize(
        "conditions", [(), ("TakesAccessTokens",), ("OffersUserSignIn",), ("AllowsOrigins",)]
    )
    def test_it_is_valid_openapi(self, conditions: tuple[str, ...]) -> None:
        validate(contract(*conditions))

    def test_it_describes_the_notes_service(self) -> None:
        assert CONTRACT["openapi"] == "3.0.1"
        assert CONTRACT["info"]["title"] == "NotesService"
        assert set(OPERATIONS) == {
            "greet",
            "listNotes",
            "createNote",
            "deleteNotes",
            "getNote",
            "updateNote",
            "deleteNote",
            "restoreNote",
        }

    def test_it_has_the_models_by_the_names_of_the_source_document(self) -> None:
        assert SCHEMAS["NoteCreateModel"]["title"] == "Note Create Model"
        assert SCHEMAS["NoteCreateModel"]["required"] == ["noteid", "note"]
        assert SCHEMAS["Success"]["title"] == "Success Schema"
        assert SCHEMAS["Success"]["properties"]["message"]["type"] == "string"

    def test_it_has_no_limit_that_differs_from_the_services(self) -> None:
        fields = SCHEMAS["NoteCreateModel"]["properties"]
        assert fields["noteid"]["pattern"] == f"^{validation.NOTEID.pattern}$"
        assert fields["title"]["maxLength"] == validation.TITLE_LENGTH
        assert fields["note"]["maxLength"] == validation.TEXT_BYTES
        assert fields["tags"]["maxItems"] == validation.TAG_COUNT
        assert fields["tags"]["items"]["maxLength"] == validation.TAG_LENGTH


class ModelTests:
    @pytest.mark.parametrize("name", SCHEMAS)
    def test_its_name_is_alphanumeric(self, name: str) -> None:
        assert re.fullmatch(r"[A-Za-z0-9]+", name)

    @pytest.mark.parametrize("name", SCHEMAS)
    def test_it_is_an_object_within_what_api_gateway_reads(self, name: str) -> None:
        assert SCHEMAS[name]["type"] == "object"
        assert not keywords(SCHEMAS[name]) & UNSUPPORTED_KEYWORDS

    @pytest.mark.parametrize("name", SCHEMAS)
    def test_it_has_a_title(self, name: str) -> None:
        assert SCHEMAS[name]["title"]

    @pytest.mark.parametrize("name", REQUEST_MODELS)
    def test_a_request_has_no_other_fields(self, name: str) -> None:
        assert SCHEMAS[name]["additionalProperties"] is False

    def test_every_model_is_used(self) -> None:
        text = json.dumps(contract("OffersUserSignIn"))
        assert [name for name in SCHEMAS if f'schemas/{name}"' not in text] == []


@pytest.mark.parametrize("name", OPERATIONS)
class OperationTests:
    def test_it_asks_for_the_authorizer_itself(self, name: str) -> None:
        """API Gateway ignores security at the root."""
        assert OPERATIONS[name]["security"] == [{"NotesAuthorizer": []}]

    def test_it_invokes_the_notes_function(self, name: str) -> None:
        integration = OPERATIONS[name]["x-amazon-apigateway-integration"]
        assert integration["type"] == "aws_proxy"
        assert integration["httpMethod"] == "POST"
        assert "${NotesFunction.Arn}/invocations" in integration["uri"]["Fn::Sub"]
        assert 10_000 < integration["timeoutInMillis"] <= 29_000

    def test_it_gives_every_answer_inline_with_a_model(self, name: str) -> None:
        for status, answer in OPERATIONS[name]["responses"].items():
            assert "$ref" not in answer
            # API Gateway's own text, which no model describes.
            if status != "413":
                assert "$ref" in answer["content"]["application/json"]["schema"]

    def test_it_lists_what_can_always_happen(self, name: str) -> None:
        always = {"401", "403", "429", "500", "502", "503", "504"}
        assert always <= set(OPERATIONS[name]["responses"])

    def test_it_lists_413_where_it_takes_a_body(self, name: str) -> None:
        operation = OPERATIONS[name]
        assert ("413" in operation["responses"]) is ("requestBody" in operation)

    def test_it_leaves_if_match_to_the_service(self, name: str) -> None:
        """The gateway would answer 400 for a required header that is missing."""
        for parameter in OPERATIONS[name].get("parameters", []):
            assert not (parameter["in"] == "header" and parameter["required"])


class UserSignInTests:
    """It always answers 200, so nothing may be refused before it."""

    operation = operations("OffersUserSignIn")["userSignIn"]

    def test_it_is_there_only_where_it_is_offered(self) -> None:
        assert "/user-sign-in" not in CONTRACT["paths"]
        assert "/user-sign-in" in contract("OffersUserSignIn")["paths"]

    def test_it_is_the_only_operation_without_an_authorizer(self) -> None:
        unguarded = {
            name
            for name, operation in operations("OffersUserSignIn").items()
            if not operation.get("security")
        }
        assert unguarded == {"userSignIn"}

    def test_its_body_is_left_to_the_function(self) -> None:
        name = self.operation["x-amazon-apigateway-request-validator"]
        validator = CONTRACT["x-amazon-apigateway-request-validators"][name]
        assert validator["validateRequestBody"] is False

    def test_it_has_a_function_of_its_own(self) -> None:
        uri = self.operation["x-amazon-apigateway-integration"]["uri"]["Fn::Sub"]
        assert "${UserSignInFunction.Arn}/invocations" in uri


class GatewayTests:
    def test_it_validates_bodies_and_parameters(self) -> None:
        chosen = CONTRACT["x-amazon-apigateway-request-validator"]
        assert CONTRACT["x-amazon-apigateway-request-validators"][chosen] == {
            "validateRequestBody": True,
            "validateRequestParameters": True,
        }

    def test_its_authorizer_looks_at_the_header_authorization(self) -> None:
        for conditions in ((), ("TakesAccessTokens",)):
            scheme = _authorizer(*conditions)
            assert (scheme["type"], scheme["in"]) == ("apiKey", "header")
            assert scheme["name"] == "Authorization"

    def test_its_authorizer_is_the_user_pool(self) -> None:
        scheme = _authorizer()
        assert scheme["x-amazon-apigateway-authtype"] == "cognito_user_pools"
        assert scheme["x-amazon-apigateway-authorizer"] == {
            "type": "cognito_user_pools",
            "providerARNs": [{"Fn::Sub": "${UserPool.Arn}"}],
        }

    def test_its_authorizer_can_be_the_function_instead(self) -> None:
        scheme = _authorizer("TakesAccessTokens")
        assert scheme["x-amazon-apigateway-authtype"] == "custom"
        settings = scheme["x-amazon-apigateway-authorizer"]
        assert settings["type"] == "token"
        assert "${AuthorizerFunction.Arn}/invocations" in settings["authorizerUri"]["Fn::Sub"]
        assert settings["authorizerResultTtlInSeconds"] <= 60

    @pytest.mark.parametrize(
        ("header", "is_asked"),
        [
            ("a.b.c", True),
            ("Bearer a-1.b_2.c", True),
            ("bearer a.b.c", True),
            ("a.b", False),
            ("a.b.c.d", False),
            ("Basic a.b.c", False),
            ("", False),
            ("a.b.c\n", False),
        ],
    )
    def test_the_function_is_asked_about_what_can_be_a_token(
        self, header: str, is_asked: bool
    ) -> None:
        settings = _authorizer("TakesAccessTokens")["x-amazon-apigateway-authorizer"]
        expression = settings["identityValidationExpression"]
        assert bool(re.fullmatch(expression, header)) is is_asked

    def test_it_leaves_the_bodies_of_gateway_responses_as_they_are(self) -> None:
        default = {"application/json": '{"message":$context.error.messageString}'}
        for response in CONTRACT["x-amazon-apigateway-gateway-responses"].values():
            assert response["responseTemplates"] == default

    def test_it_says_when_to_come_back_after_throttling(self) -> None:
        throttled = CONTRACT["x-amazon-apigateway-gateway-responses"]["THROTTLED"]
        assert throttled["responseParameters"] == {"gatewayresponse.header.Retry-After": "'1'"}
        assert throttled["statusCode"] == 429


class CorsTests:
    """Pages of other origins, where the template's parameter allows some."""

    def test_there_is_nothing_of_it_unless_it_is_allowed(self) -> None:
        assert "options" not in json.dumps(CONTRACT["paths"])
        assert "Access-Control" not in json.dumps(CONTRACT)

    def test_the_function_answers_each_paths_preflight_without_a_token(self) -> None:
        for methods in contract("AllowsOrigins")["paths"].values():
            preflight = methods["options"]
            assert not preflight.get("security")
            integration = preflight["x-amazon-apigateway-integration"]
            assert "${NotesFunction.Arn}/invocations" in integration["uri"]["Fn::Sub"]

    def test_a_refusal_of_the_gateway_can_be_read_by_everybody(self) -> None:
        """It cannot look at who asks, and says nothing of anybody."""
        given = contract("AllowsOrigins")["x-amazon-apigateway-gateway-responses"]
        assert set(given) == {"THROTTLED", "DEFAULT_4XX", "DEFAULT_5XX"}
        for response in given.values():
            headers = response["responseParameters"]
            assert headers["gatewayresponse.header.Access-Control-Allow-Origin"] == "'*'"
            exposed = headers["gatewayresponse.header.Access-Control-Expose-Headers"]
            assert exposed == "'Retry-After,x-amzn-RequestId'"
            assert not [name for name in headers if "Credentials" in name]


class IncludeTests:
    """CloudFormation includes the contract in the template."""

    def test_it_holds_no_null(self) -> None:
        """CloudFormation refuses templates with null values."""
        assert "null" not in re.findall(r"[:\[,]\s*(null)\b", PATH.read_text())

    def test_it_uses_the_long_form_of_functions_on_resources_of_the_template(self) -> None:
        named = set(re.findall(r"\$\{([A-Za-z]+)", PATH.read_text()))
        resources = {name for name in named if name != "AWS"} - set(template()["Parameters"])
        assert resources and resources <= set(template()["Resources"])

    def test_its_choices_are_conditions_of_the_template(self) -> None:
        chosen = set(re.findall(r'"Fn::If": \[\s*"([A-Za-z]+)"', PATH.read_text()))
        assert chosen
        assert chosen <= set(template()["Conditions"])


def _authorizer(*conditions: str) -> dict[str, Any]:
    schemes = contract(*conditions)["components"]["securitySchemes"]
    scheme: dict[str, Any] = schemes["NotesAuthorizer"]
    return scheme
