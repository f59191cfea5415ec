"""Reads the OpenAPI contract of an API as API Gateway imports it."""

import hashlib
from collections.abc import Mapping
from typing import Any

from devcloud.contract_shapes import DOCUMENT
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


def read_contract(document: Mapping[str, Any], place: str) -> Contract:
    """The contract in a resolved OpenAPI document; raises TemplateError with the place."""
    DOCUMENT(document, place)
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
            integration=self._integration(operation["x-amazon-apigateway-integration"]),
        )

    def _authorizer(
        self, name: str, scheme: Mapping[str, Any]
    ) -> UserPoolAuthorizer | TokenAuthorizer:
        settings = scheme["x-amazon-apigateway-authorizer"]
        source = settings.get("identitySource", f"method.request.header.{scheme['name']}")
        header = source.rpartition(".")[2]
        expression = settings.get("identityValidationExpression")
        if settings["type"].lower() == "cognito_user_pools":
            arns = tuple(settings["providerARNs"])
            return UserPoolAuthorizer(name, header, arns, expression)
        result_ttl = int(settings.get("authorizerResultTtlInSeconds", 300))
        function_arn = _function_arn(settings["authorizerUri"])
        return TokenAuthorizer(name, header, function_arn, result_ttl, expression)

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

    def _integration(self, settings: Mapping[str, Any]) -> FunctionIntegration | MockIntegration:
        if settings["type"].lower() == "mock":
            return _mock(settings["responses"]["default"])
        timeout = int(settings.get("timeoutInMillis", 29_000)) / 1000
        return FunctionIntegration(_function_arn(settings["uri"]), timeout)


def _function_arn(uri: str) -> str:
    return uri.partition("/functions/")[2].removesuffix("/invocations")


def _mock(response: Mapping[str, Any]) -> MockIntegration:
    """A mock as CORS preflights use it: one response with constant headers and body."""
    return MockIntegration(
        status=int(response["statusCode"]),
        headers={
            name.removeprefix("method.response.header."): value[1:-1]
            for name, value in response.get("responseParameters", {}).items()
        },
        body=response.get("responseTemplates", {}).get("application/json", ""),
    )
