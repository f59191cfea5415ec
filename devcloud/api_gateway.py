"""The API's stage: routes, authorizers, validation, integrations and the answers around them."""

import base64
import secrets
import uuid
from collections.abc import Mapping
from dataclasses import dataclass, replace

from devcloud.authorizers import Caller, TokenIssuer, authorize_by_user_pool
from devcloud.clock import Clock
from devcloud.function_process import FunctionFailed, FunctionTimedOut, NoResultYet
from devcloud.functions import Functions
from devcloud.gateway_responses import GatewayError
from devcloud.methods import (
    Contract,
    FunctionIntegration,
    Method,
    MockIntegration,
    UserPoolAuthorizer,
)
from devcloud.proxy_event import StageIdentity, proxy_answer, proxy_event
from devcloud.request_validation import validate
from devcloud.resources import arn
from devcloud.stage_request import StageAnswer, StageRequest, path_segments
from devcloud.throttling import Throttle
from devcloud.token_authorizer import TokenAuthorization

LARGEST_BODY = 10_485_760
_LARGEST_EVENT = 6_291_456
# With names, line endings and white space, as AWS documents:
# https://docs.aws.amazon.com/apigateway/latest/developerguide/api-gateway-execution-service-limits-table.html
_LARGEST_HEADERS = 10_240


@dataclass(frozen=True)
class Match:
    """The method that a request is for, with the values in its path."""

    method: Method
    path_parameters: Mapping[str, str]


@dataclass(frozen=True)
class _Ids:
    """What API Gateway calls a request."""

    request: str
    extended: str

    @classmethod
    def make(cls) -> "_Ids":
        return cls(str(uuid.uuid4()), base64.b64encode(secrets.token_bytes(11)).decode())

    def added_to(self, answer: StageAnswer) -> StageAnswer:
        ids = (("x-amzn-RequestId", self.request), ("x-amz-apigw-id", self.extended))
        return replace(answer, headers=(*answer.headers, *ids))


class ApiStage:
    """A deployed stage of an API.

    A request is routed, throttled, authorised, validated and handed on, in this order; where AWS
    puts throttling is not documented.
    """

    def __init__(
        self,
        contract: Contract,
        identity: StageIdentity,
        throttle: Throttle,
        functions: Functions,
        pools: Mapping[str, TokenIssuer],
        clock: Clock,
    ) -> None:
        self.identity = identity
        self._contract = contract
        self._throttle = throttle
        self._functions = functions
        self._pools = pools
        self._clock = clock
        self._token_authorization = TokenAuthorization(functions, clock)
        self._routes = [(path_segments(m.resource_path), m) for m in contract.methods]

    def operations(self) -> list[str]:
        """The names of the API's methods."""
        return [method.operation_id for method in self._contract.methods]

    def match(self, http_method: str, stage: str, path: str) -> Match | None:
        """The method for such a request; a literal segment goes before a parameter."""
        if stage != self.identity.stage:
            return None
        segments = path_segments(path)
        found = []
        for pattern, method in self._routes:
            values = _path_parameters(pattern, segments)
            if method.http_method == http_method and values is not None:
                found.append(Match(method, values))
        return min(found, key=lambda match: len(match.path_parameters), default=None)

    def answer(self, request: StageRequest) -> StageAnswer:
        """What the stage answers; it never raises for what a client or a function did."""
        ids = _Ids.make()
        try:
            answer = self._handle(request, ids)
        except GatewayError as error:
            return self._refusal(error, ids)
        return ids.added_to(answer)

    def refusal(self, error: GatewayError) -> StageAnswer:
        """What the stage answers to a request that ends so."""
        return self._refusal(error, _Ids.make())

    def _refusal(self, error: GatewayError, ids: "_Ids") -> StageAnswer:
        context = {"requestId": ids.request, "extendedRequestId": ids.extended}
        given = self._contract.gateway_responses.answer(error, context)
        body = given.body.encode()
        return ids.added_to(StageAnswer(given.status, tuple(given.headers.items()), body))

    def _handle(self, request: StageRequest, ids: "_Ids") -> StageAnswer:
        if request.headers_size > _LARGEST_HEADERS:
            return StageAnswer(431, (("Content-Type", "application/json"),), b'{"message":null}')
        match = self.match(request.method, request.stage, request.path)
        if match is None:
            raise GatewayError("MISSING_AUTHENTICATION_TOKEN")
        method = match.method
        self._throttle.let_through(method)
        caller = self._authorize(method, request)
        validate(method, request, match.path_parameters)
        if isinstance(method.integration, MockIntegration):
            mock = method.integration
            return StageAnswer(mock.status, tuple(mock.headers.items()), mock.body.encode())
        event = proxy_event(
            request,
            method,
            match.path_parameters,
            caller,
            self.identity,
            ids.request,
            ids.extended,
        )
        if len(request.body) > _LARGEST_EVENT:
            raise GatewayError("REQUEST_TOO_LARGE")
        result = self._invoke(method.integration, event, ids.request)
        return proxy_answer(result, request.header("Accept"), self._contract.binary_media_types)

    def _authorize(self, method: Method, request: StageRequest) -> Caller | None:
        authorizer = method.authorizer
        if authorizer is None:
            return None
        if isinstance(authorizer, UserPoolAuthorizer):
            pool = self._pools[authorizer.pool_arns[0]]
            return authorize_by_user_pool(authorizer, method.scopes, request, pool, self._clock)
        stage = f"{self.identity.api_id}/{self.identity.stage}"
        method_arn = arn("execute-api", f"{stage}/{request.method}/{request.path.lstrip('/')}")
        return self._token_authorization.authorize(authorizer, request, method_arn)

    def _invoke(
        self, integration: FunctionIntegration, event: Mapping[str, object], request_id: str
    ) -> object:
        function = self._functions[integration.function_arn]
        try:
            return function.invoke(event, request_id, integration.timeout)
        except NoResultYet:
            raise GatewayError("INTEGRATION_TIMEOUT") from None
        except (FunctionFailed, FunctionTimedOut):
            raise GatewayError("DEFAULT_5XX") from None


def _path_parameters(pattern: list[str], segments: list[str]) -> dict[str, str] | None:
    """The values in the path, or None when it does not fit; ``{proxy+}`` takes all the rest."""
    values = {}
    for index, part in enumerate(pattern):
        if part.startswith("{") and part.endswith("+}") and index < len(segments):
            values[part[1:-2]] = "/".join(segments[index:])
            return values
        if index >= len(segments):
            return None
        if part.startswith("{") and part.endswith("}") and segments[index]:
            values[part[1:-1]] = segments[index]
        elif part != segments[index]:
            return None
    return values if len(pattern) == len(segments) else None
