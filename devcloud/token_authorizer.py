"""Asks a function whether the bearer of a token may call a method, and remembers the answer.

https://docs.aws.amazon.com/apigateway/latest/developerguide/apigateway-use-lambda-authorizer.html
"""

import json
import re
import threading
import uuid
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from devcloud.authorizers import Caller
from devcloud.clock import Clock
from devcloud.errors import TemplateError
from devcloud.function_process import FunctionFailed, FunctionTimedOut, NoResultYet
from devcloud.functions import Functions
from devcloud.gateway_responses import GatewayError
from devcloud.methods import TokenAuthorizer
from devcloud.permissions import Policy
from devcloud.policy_shapes import POLICY_DOCUMENT
from devcloud.stage_request import StageRequest

# API Gateway gives an authorizer as long as an integration.
_LONGEST_SECONDS = 29.0
_NOT_AUTHORIZED = "User is not authorized to access this resource"


@dataclass(frozen=True)
class _Verdict:
    """What the function said of a token: a policy, which each method's ARN is held against."""

    policy: Policy
    caller: Caller


class TokenAuthorization:
    """The TOKEN authorizers of a stage, with what they have said so far.

    A verdict is kept by token alone. So a function that allows only the method it was asked about
    makes the next one be refused, as on AWS.
    """

    def __init__(self, functions: Functions, clock: Clock) -> None:
        self._functions = functions
        self._clock = clock
        self._lock = threading.Lock()
        self._kept: dict[tuple[str, str], tuple[float, _Verdict]] = {}

    def authorize(
        self, authorizer: TokenAuthorizer, request: StageRequest, method_arn: str
    ) -> Caller:
        """The caller as the function describes it; raises GatewayError when it is refused."""
        token = (request.header(authorizer.header) or "").strip()
        expression = authorizer.identity_validation_expression
        if not token or (expression and not re.fullmatch(expression, token)):
            raise GatewayError("UNAUTHORIZED")
        verdict = self._verdict(authorizer, token, method_arn)
        match verdict.policy.effect("execute-api:Invoke", method_arn):
            case "Allow":
                return verdict.caller
            case "Deny":
                raise GatewayError("ACCESS_DENIED", f"{_NOT_AUTHORIZED} with an explicit deny")
            case _:
                raise GatewayError("ACCESS_DENIED", _NOT_AUTHORIZED)

    def _verdict(self, authorizer: TokenAuthorizer, token: str, method_arn: str) -> _Verdict:
        now = self._clock.timestamp()
        with self._lock:
            until, verdict = self._kept.get((authorizer.name, token), (0.0, None))
        if verdict is not None and now < until:
            return verdict
        verdict = self._ask(authorizer, token, method_arn)
        with self._lock:
            self._kept = {key: kept for key, kept in self._kept.items() if now < kept[0]}
            if authorizer.result_ttl:
                self._kept[authorizer.name, token] = (now + authorizer.result_ttl, verdict)
        return verdict

    def _ask(self, authorizer: TokenAuthorizer, token: str, method_arn: str) -> _Verdict:
        event = {"type": "TOKEN", "authorizationToken": token, "methodArn": method_arn}
        function = self._functions[authorizer.function_arn]
        try:
            result = function.invoke(event, str(uuid.uuid4()), _LONGEST_SECONDS)
        except FunctionFailed as failed:
            if failed.message == "Unauthorized":
                raise GatewayError("UNAUTHORIZED") from None
            raise GatewayError("AUTHORIZER_CONFIGURATION_ERROR") from None
        except (FunctionTimedOut, NoResultYet):
            raise GatewayError("AUTHORIZER_CONFIGURATION_ERROR") from None
        return _read(result)


def _read(result: Any) -> _Verdict:
    try:
        context = result.get("context") or {}
        principal = result["principalId"]
        POLICY_DOCUMENT(result["policyDocument"], "policyDocument")
        policy = Policy([result["policyDocument"]])
        values = {name: _text(value) for name, value in context.items()}
    except (AttributeError, KeyError, TypeError, ValueError, TemplateError):
        raise GatewayError("AUTHORIZER_CONFIGURATION_ERROR") from None
    if not isinstance(principal, str):
        raise GatewayError("AUTHORIZER_CONFIGURATION_ERROR")
    caller: Mapping[str, Any] = {"principalId": principal, **values}
    return _Verdict(policy, Caller(caller))


def _text(value: Any) -> str:
    """A value of the context; AWS documents that numbers and booleans arrive as strings."""
    if isinstance(value, str):
        return value
    if isinstance(value, bool | int | float):
        return json.dumps(value)
    raise ValueError("a context holds strings, numbers and booleans")
