"""Which operations a fault may name, and what each service answers when one is refused so."""

import json
import time

from flask import Request, Response
from werkzeug.routing import Map

from devcloud.api_gateway import ApiStage
from devcloud.aws_api import DYNAMODB, USER_POOLS
from devcloud.cognito.api import OPERATIONS as USER_POOL_OPERATIONS
from devcloud.dynamodb import OPERATIONS as DYNAMODB_OPERATIONS
from devcloud.faults import Fault
from devcloud.gateway_responses import GatewayError
from devcloud.stage_request import StageAnswer, stage_and_path

_MESSAGE = "A fault that was asked for."
# As botocore's service models name them.
_JSON_APIS = {
    DYNAMODB: ("dynamodb", "1.0", "InternalServerError", "ThrottlingException"),
    USER_POOLS: ("cognito-idp", "1.1", "InternalErrorException", "TooManyRequestsException"),
}


class FaultyServices:
    """The services at their addresses, as faults see them."""

    def __init__(self, stage: ApiStage, stages: str, addresses: Map) -> None:
        self._stage = stage
        self._stages = stages
        domain = [
            rule.endpoint.removeprefix("cognito.")
            for rule in addresses.iter_rules()
            if rule.endpoint.startswith("cognito.") and not rule.rule.startswith("/_local/")
        ]
        self.operations = (
            *("execute-api", *stage.operations()),
            *("dynamodb", *(f"dynamodb:{name}" for name in sorted(DYNAMODB_OPERATIONS))),
            *("cognito-idp", *(f"cognito-idp:{name}" for name in sorted(USER_POOL_OPERATIONS))),
            *("cognito", *domain),
        )

    def names(self, request: Request) -> tuple[str, ...]:
        """What a fault may call this request: its operation, or its whole service."""
        endpoint = request.endpoint or ""
        if endpoint == "execute_api":
            match = self._stage.match(request.method, *stage_and_path(request, self._stages))
            return ("execute-api", *([match.method.operation_id] if match else []))
        if endpoint == "aws_api":
            service, _, operation = request.headers.get("X-Amz-Target", "").partition(".")
            if service not in _JSON_APIS:
                return ()
            short = _JSON_APIS[service][0]
            return (f"{short}:{operation}", short)
        if endpoint.startswith("cognito.") and not request.path.startswith("/_local/"):
            return (endpoint.removeprefix("cognito."), "cognito")
        return ()

    def answer_instead(self, fault: Fault, request: Request) -> Response | None:
        """What is answered before any work is done; None when the work goes on."""
        if fault.kind == "slow":
            time.sleep(fault.seconds)
        if fault.kind not in ("fail", "throttle"):
            return None
        is_throttled = fault.kind == "throttle"
        if request.endpoint == "execute_api":
            return _as_response(self._stage.refusal(_gateway_error(fault)))
        if request.endpoint == "aws_api":
            service = request.headers["X-Amz-Target"].partition(".")[0]
            _, version, failed, throttled = _JSON_APIS[service]
            kind = throttled if is_throttled else failed
            body = {"__type": kind, "message": "Rate exceeded" if is_throttled else _MESSAGE}
            return Response(
                json.dumps(body),
                400 if is_throttled else fault.status,
                {"x-amzn-ErrorType": kind},
                content_type=f"application/x-amz-json-{version}",
            )
        text = "Too Many Requests" if is_throttled else _MESSAGE
        status = 429 if is_throttled else fault.status
        return Response(json.dumps({"message": text}), status, content_type="application/json")


def _gateway_error(fault: Fault) -> GatewayError:
    if fault.kind == "throttle":
        return GatewayError("THROTTLED")
    kind = "DEFAULT_5XX" if fault.status >= 500 else "DEFAULT_4XX"
    return GatewayError(kind, _MESSAGE, status=fault.status)


def _as_response(answer: StageAnswer) -> Response:
    return Response(answer.body, answer.status, list(answer.headers))
