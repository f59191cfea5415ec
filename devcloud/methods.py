"""What a contract says of an API: its methods, their authorizers and integrations."""

from collections.abc import Mapping
from dataclasses import dataclass

from devcloud.gateway_responses import GatewayResponses
from devcloud.models import BodyModel


@dataclass(frozen=True)
class UserPoolAuthorizer:
    """Lets in who brings a token of the user pool (COGNITO_USER_POOLS)."""

    name: str
    header: str
    pool_arns: tuple[str, ...]
    identity_validation_expression: str | None


@dataclass(frozen=True)
class TokenAuthorizer:
    """Asks a function about the token (TOKEN)."""

    name: str
    header: str
    function_arn: str
    result_ttl: int
    identity_validation_expression: str | None


@dataclass(frozen=True)
class FunctionIntegration:
    """Hands the request to a function as a proxy event (AWS_PROXY)."""

    function_arn: str
    timeout: float


@dataclass(frozen=True)
class MockIntegration:
    """Answers by itself (MOCK)."""

    status: int
    headers: Mapping[str, str]
    body: str


@dataclass(frozen=True)
class Parameter:
    """Where a request parameter is, and whether it must be there."""

    location: str
    name: str
    required: bool


@dataclass(frozen=True, eq=False)
class Method:
    """One method of one resource: an operation of the contract."""

    operation_id: str
    http_method: str
    resource_path: str
    resource_id: str
    authorizer: UserPoolAuthorizer | TokenAuthorizer | None
    scopes: frozenset[str]
    parameters: tuple[Parameter, ...]
    validates_parameters: bool
    validates_body: bool
    body_models: Mapping[str, BodyModel]
    integration: FunctionIntegration | MockIntegration


@dataclass(frozen=True)
class Contract:
    """An API: its methods and its gateway responses."""

    methods: tuple[Method, ...]
    gateway_responses: GatewayResponses
    binary_media_types: tuple[str, ...]
