"""Which names an API's OpenAPI document may have at each of its levels, and with which values.

What API Gateway takes as documentation is listed too; what it would act on and devcloud would
not, such as caching or a VPC link, is not.
"""

import json
from typing import Any

from devcloud.errors import TemplateError
from devcloud.shapes import (
    anything,
    chosen_by,
    expression,
    items,
    mapping,
    named,
    one_of,
    scalar,
    text,
    whole,
)

_FUNCTION_URI = text(r"arn:aws:apigateway:[^:]+:lambda:path/2015-03-31/functions/(.+)/invocations")
_IDENTITY_SOURCE = text(r"method\.request\.header\.[A-Za-z0-9-]+")
_BOOLEAN = one_of(True, False)
_PASSTHROUGH = one_of("when_no_match", "when_no_templates", "never")
# The same for every integration of the account; only its quota can make it longer than 29 s.
_TIMEOUT = whole(50, 29_000)
_STATUS = whole(100, 599)


def _constant(value: Any, place: str) -> None:
    """A text without the variables and directives of a mapping template (VTL)."""
    text()(value, place)
    if "$" in value or "#" in value:
        raise TemplateError(place, "devcloud has no mapping templates, this must be constant.")


def _mock_request(value: Any, place: str) -> None:
    """The template that gives a mock its status, from which it would choose a response."""
    _constant(value, place)
    try:
        status = json.loads(value)["statusCode"]
    except (ValueError, TypeError, KeyError, RecursionError):
        raise TemplateError(place, 'a mock needs {"statusCode": 200} or the like here.') from None
    _STATUS(status, f"{place}.statusCode")


_PROXY = mapping(
    {
        "httpMethod": one_of("POST"),
        # Without effect where the function gets the request as it is.
        "passthroughBehavior": _PASSTHROUGH,
        "timeoutInMillis": _TIMEOUT,
        "type": text(),
        "uri": _FUNCTION_URI,
    },
    required=("httpMethod", "uri"),
)
_MOCK_RESPONSE = mapping(
    {
        "responseParameters": named(
            text("'[^']*'"), r"method\.response\.header\.[!#$%&'*+.^_`|~0-9A-Za-z-]+"
        ),
        "responseTemplates": mapping({"application/json": _constant}),
        "statusCode": _STATUS,
    },
    required=("statusCode",),
)
_MOCK = mapping(
    {
        "passthroughBehavior": _PASSTHROUGH,
        "requestTemplates": mapping(
            {"application/json": _mock_request}, required=("application/json",)
        ),
        # Others than the default would be chosen by the status of the request template.
        "responses": mapping({"default": _MOCK_RESPONSE}, required=("default",)),
        "type": text(),
    },
    required=("requestTemplates", "responses"),
)

_PARAMETER = mapping(
    {
        "deprecated": anything,
        "description": anything,
        "example": anything,
        # API Gateway has no parameters in cookies.
        "in": one_of("path", "query", "header"),
        "name": text(),
        "required": _BOOLEAN,
        "schema": anything,
    },
    required=("in", "name"),
)
_REFERENCE = mapping({"$ref": text("#/components/parameters/.+")})
_MEDIA_TYPE = mapping({"example": anything, "examples": anything, "schema": anything})


def _parameter_or_reference(value: Any, place: str) -> None:
    is_reference = isinstance(value, dict) and "$ref" in value
    (_REFERENCE if is_reference else _PARAMETER)(value, place)


_PARAMETERS = items(_parameter_or_reference)
_OPERATION = mapping(
    {
        "deprecated": anything,
        "description": anything,
        "externalDocs": anything,
        "operationId": text(),
        "parameters": _PARAMETERS,
        "requestBody": mapping(
            {"content": named(_MEDIA_TYPE), "description": anything, "required": _BOOLEAN}
        ),
        "responses": named(
            mapping(
                {
                    "content": named(_MEDIA_TYPE),
                    "description": anything,
                    "headers": anything,
                }
            ),
            "default|[1-5][0-9X][0-9X]",
        ),
        "security": items(named(items(text()))),
        "summary": anything,
        "tags": anything,
        "x-amazon-apigateway-integration": chosen_by("type", {"aws_proxy": _PROXY, "mock": _MOCK}),
        "x-amazon-apigateway-request-validator": text(),
    },
    required=("x-amazon-apigateway-integration",),
)
_PATH = mapping(
    {
        **dict.fromkeys(("get", "put", "post", "delete", "options", "head", "patch"), _OPERATION),
        "description": anything,
        "parameters": _PARAMETERS,
        "summary": anything,
    }
)

_AUTHORIZER = chosen_by(
    "type",
    {
        "cognito_user_pools": mapping(
            {
                "authorizerResultTtlInSeconds": whole(0, 3600),
                "identitySource": _IDENTITY_SOURCE,
                "identityValidationExpression": expression,
                "providerARNs": items(text(), least=1),
                "type": text(),
            },
            required=("providerARNs",),
        ),
        "token": mapping(
            {
                "authorizerResultTtlInSeconds": whole(0, 3600),
                "authorizerUri": _FUNCTION_URI,
                "identitySource": _IDENTITY_SOURCE,
                "identityValidationExpression": expression,
                "type": text(),
            },
            required=("authorizerUri",),
        ),
    },
)
_SECURITY_SCHEME = mapping(
    {
        "description": anything,
        "in": one_of("header"),
        "name": text(),
        "type": one_of("apiKey"),
        "x-amazon-apigateway-authorizer": _AUTHORIZER,
        "x-amazon-apigateway-authtype": one_of("cognito_user_pools", "custom"),
    },
    required=("in", "name", "type", "x-amazon-apigateway-authorizer"),
)
_GATEWAY_RESPONSE = mapping(
    {
        "responseParameters": named(text(), r"gatewayresponse\.header\.[A-Za-z0-9-]+"),
        "responseTemplates": mapping({"application/json": text()}),
        "statusCode": _STATUS,
    }
)

DOCUMENT = mapping(
    {
        "components": mapping(
            {
                "parameters": named(_PARAMETER),
                # Models: read by devcloud.models. AWS takes letters and digits only.
                "schemas": named(anything, "[A-Za-z0-9]+"),
                "securitySchemes": named(_SECURITY_SCHEME),
            }
        ),
        "externalDocs": anything,
        "info": anything,
        "openapi": text(r"3\.0\.[0-9]+"),
        "paths": named(_PATH, "/.*"),
        # Security at the root of the document is ignored on import, as AWS documents.
        "security": anything,
        "tags": anything,
        "x-amazon-apigateway-binary-media-types": items(scalar),
        "x-amazon-apigateway-gateway-responses": named(_GATEWAY_RESPONSE),
        "x-amazon-apigateway-request-validator": text(),
        "x-amazon-apigateway-request-validators": named(
            mapping({"validateRequestBody": _BOOLEAN, "validateRequestParameters": _BOOLEAN})
        ),
    },
    required=("openapi", "paths"),
)
