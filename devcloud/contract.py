"""Reads the OpenAPI contract of an API as API Gateway imports it."""

import hashlib
import re
from collections.abc import Mapping
from typing import Any

from devcloud.errors import TemplateError
from devcloud.gateway_responses import GatewayResponses
from devcloud.methods import (
    Contract,
    FunctionIntegration,
    Method,
    MockIntegration,
    Parameter,
    TokenAuthorizer,
    UserPoolAuthorizer,
)
from devcloud.models import BodyModel, read_models

_HTTP_METHODS = ("get", "put", "post", "delete", "options", "head", "patch")
_FUNCTION_URI = re.compile(
    r"arn:aws:apigateway:[^:]+:lambda:path/2015-03-31/functions/(.+)/invocations"
)
_IDENTITY_SOURCE = re.compile(r"method\.request\.header\.([A-Za-z0-9-]+)")


def read_contract(document: Mapping[str, Any], place: str) -> Contract:
    """The contract in a resolved OpenAPI document; raises TemplateError with the place."""
    return Contract(
        methods=tuple(_Reader(document, place).methods()),
        gateway_responses=GatewayResponses(
            document.get("x-amazon-apigateway-gateway-responses", {}),
            f"{place}.x-amazon-apigateway-gateway-responses",
        ),
        binary_media_types=tuple(document.get("x-amazon-apigateway-binary-media-types", ())),
    )


class _Reader:
    def __init__(self, document: Mapping[str, Any], place: str) -> None:
        self._document = document
        self._place = place
        components = document.get("components", {})
        self._models = read_models(document, f"{place}.components.schemas")
        self._validators = document.get("x-amazon-apigateway-request-validators", {})
        self._authorizers = {
            name: self._authorizer(name, scheme)
            for name, scheme in components.get("securitySchemes", {}).items()
        }

    def methods(self) -> list[Method]:
        found = []
        for path, item in self._document.get("paths", {}).items():
            for http_method, operation in item.items():
                if http_method in _HTTP_METHODS:
                    place = f"{self._place}.paths.{path}.{http_method}"
                    shared = item.get("parameters", [])
                    found.append(self._method(path, http_method, operation, shared, place))
        return found

    def _method(
        self,
        path: str,
        http_method: str,
        operation: Mapping[str, Any],
        shared_parameters: list[Mapping[str, Any]],
        place: str,
    ) -> Method:
        # Security at the root of the document is ignored on import, as AWS documents.
        authorizer, scopes = self._security(operation.get("security", []), place)
        validator = self._validator(operation, place)
        declared = [*shared_parameters, *operation.get("parameters", [])]
        return Method(
            operation_id=operation.get("operationId", f"{http_method} {path}"),
            http_method=http_method.upper(),
            resource_path=path,
            resource_id=hashlib.sha256(path.encode()).hexdigest()[:10],
            authorizer=authorizer,
            scopes=scopes,
            parameters=tuple(self._parameter(parameter, place) for parameter in declared),
            validates_parameters=bool(validator.get("validateRequestParameters")),
            validates_body=bool(validator.get("validateRequestBody")),
            body_models=self._body_models(operation.get("requestBody", {}), place),
            integration=self._integration(
                operation.get("x-amazon-apigateway-integration"),
                f"{place}.x-amazon-apigateway-integration",
            ),
        )

    def _authorizer(
        self, name: str, scheme: Mapping[str, Any]
    ) -> UserPoolAuthorizer | TokenAuthorizer:
        place = f"{self._place}.components.securitySchemes.{name}"
        settings = scheme.get("x-amazon-apigateway-authorizer")
        if scheme.get("type") != "apiKey" or scheme.get("in") != "header" or settings is None:
            raise TemplateError(
                place, "an authorizer is of type apiKey in a header, with its own extension."
            )
        header = scheme.get("name", "")
        source = _IDENTITY_SOURCE.fullmatch(settings.get("identitySource", ""))
        if source is not None:
            header = source.group(1)
        expression = settings.get("identityValidationExpression")
        match settings.get("type"):
            case "cognito_user_pools":
                arns = tuple(settings.get("providerARNs", ()))
                if not arns:
                    raise TemplateError(place, "the authorizer names no user pool.")
                return UserPoolAuthorizer(name, header, arns, expression)
            case "token":
                result_ttl = int(settings.get("authorizerResultTtlInSeconds", 300))
                if not 0 <= result_ttl <= 3600:
                    raise TemplateError(place, "an authorizer's result is kept 0 to 3600 s.")
                function = _function_arn(settings.get("authorizerUri"), f"{place}.authorizerUri")
                return TokenAuthorizer(name, header, function, result_ttl, expression)
            case other:
                raise TemplateError(place, f"devcloud knows no authorizer of type {other}.")

    def _security(
        self, requirements: list[Mapping[str, Any]], place: str
    ) -> tuple[UserPoolAuthorizer | TokenAuthorizer | None, frozenset[str]]:
        if not requirements:
            return None, frozenset()
        if len(requirements) > 1 or len(requirements[0]) != 1:
            raise TemplateError(f"{place}.security", "a method has one authorizer at most.")
        [(name, scopes)] = requirements[0].items()
        if name not in self._authorizers:
            raise TemplateError(f"{place}.security", f"no security scheme is called {name}.")
        return self._authorizers[name], frozenset(scopes)

    def _validator(self, operation: Mapping[str, Any], place: str) -> Mapping[str, Any]:
        key = "x-amazon-apigateway-request-validator"
        name = operation.get(key, self._document.get(key))
        if name is None:
            return {}
        if name not in self._validators:
            raise TemplateError(f"{place}.{key}", f"no request validator is called {name}.")
        validator: Mapping[str, Any] = self._validators[name]
        return validator

    def _parameter(self, parameter: Mapping[str, Any], place: str) -> Parameter:
        if "$ref" in parameter:
            name = str(parameter["$ref"]).rpartition("/")[2]
            parameters = self._document.get("components", {}).get("parameters", {})
            if name not in parameters:
                raise TemplateError(f"{place}.parameters", f"no parameter is called {name}.")
            parameter = parameters[name]
        return Parameter(parameter["in"], parameter["name"], bool(parameter.get("required")))

    def _body_models(self, body: Mapping[str, Any], place: str) -> dict[str, BodyModel]:
        found = {}
        for content_type, content in body.get("content", {}).items():
            reference = content.get("schema", {}).get("$ref", "")
            name = reference.removeprefix("#/components/schemas/")
            if name not in self._models:
                raise TemplateError(
                    f"{place}.requestBody", f"{reference or 'the schema'} is no model."
                )
            found[content_type] = self._models[name]
        return found

    def _integration(
        self, settings: Mapping[str, Any] | None, place: str
    ) -> FunctionIntegration | MockIntegration:
        if settings is None:
            raise TemplateError(place, "the operation has no integration.")
        match str(settings.get("type", "")).lower():
            case "aws_proxy":
                if settings.get("httpMethod") != "POST":
                    raise TemplateError(place, "a function is invoked with httpMethod POST.")
                return FunctionIntegration(
                    _function_arn(settings.get("uri"), f"{place}.uri"),
                    int(settings.get("timeoutInMillis", 29_000)) / 1000,
                )
            case "mock":
                return _mock(settings)
            case other:
                raise TemplateError(place, f"devcloud knows no integration of type {other!r}.")


def _function_arn(uri: Any, place: str) -> str:
    match = _FUNCTION_URI.fullmatch(str(uri))
    if match is None:
        raise TemplateError(place, f"{uri} does not invoke a function.")
    return match.group(1)


def _mock(settings: Mapping[str, Any]) -> MockIntegration:
    """A mock as CORS preflights use it: one response with constant headers and body."""
    response = settings.get("responses", {}).get("default", {})
    return MockIntegration(
        status=int(response.get("statusCode", 200)),
        headers={
            name.removeprefix("method.response.header."): str(value).strip("'")
            for name, value in response.get("responseParameters", {}).items()
        },
        body=response.get("responseTemplates", {}).get("application/json", ""),
    )
