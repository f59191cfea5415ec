"""The JSON APIs that boto3 talks to, all at ``POST /``, and who may call what.

Keys that devcloud gave to a function stand for the function's role; all others stand for an
administrator of the account. Signatures are not verified.
"""

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass

from flask import Request, Response

from devcloud.cognito import UserPool
from devcloud.cognito.errors import MissingAuthenticationToken
from devcloud.dynamodb import DynamoDB
from devcloud.dynamodb_engine import Answer
from devcloud.json_text import read_json
from devcloud.permissions import Credentials, Policy
from devcloud.resources import arn

DYNAMODB = "DynamoDB_20120810"
USER_POOLS = "AWSCognitoIdentityProviderService"
_CREDENTIAL = re.compile(r"AWS4-HMAC-SHA256 .*Credential=([^/,\s]+)/")
_BATCHES = ("BatchGetItem", "BatchWriteItem")
_JSON = "application/x-amz-json-1.0"


@dataclass(frozen=True)
class Caller:
    """Whoever signed a request: nobody, an administrator, or a function's role."""

    is_signed: bool
    role_arn: str | None = None
    policy: Policy | None = None

    def may(self, action: str, resource_arn: str) -> bool:
        """Whether the caller's permissions cover this; raises MissingAuthenticationToken."""
        if not self.is_signed:
            raise MissingAuthenticationToken
        if self.role_arn is None:
            return True
        return self.policy is not None and self.policy.effect(action, resource_arn) == "Allow"


class AwsApi:
    """DynamoDB and the user pool's API behind the permissions of their callers."""

    def __init__(
        self,
        dynamodb: DynamoDB,
        pool: UserPool,
        credentials: Mapping[str, Credentials],
        policies: Mapping[str, Policy],
    ) -> None:
        self._dynamodb = dynamodb
        self._pool = pool
        self._credentials = credentials
        self._policies = policies

    def answer(self, request: Request) -> Response:
        """The answer of the service and operation in ``X-Amz-Target``."""
        service, _, operation = request.headers.get("X-Amz-Target", "").partition(".")
        caller = self._caller(request.headers.get("Authorization", ""))
        body = request.get_data()
        if service == USER_POOLS:
            return self._user_pool_answer(operation, caller, body)
        if service == DYNAMODB:
            refusal = _dynamodb_refusal(operation, caller, body)
            answer = refusal or self._dynamodb.answer(operation, body)
            return Response(answer.body, answer.status, dict(answer.headers), content_type=_JSON)
        return _error("UnknownOperationException", "devcloud does not imitate this service.")

    def _user_pool_answer(self, operation: str, caller: Caller, body: bytes) -> Response:
        try:
            payload = read_json(body or b"{}")
        except ValueError:
            payload = None
        if not isinstance(payload, dict):
            return _error("SerializationException", "The body is no JSON object.")
        status, headers, answered = self._pool.api(operation, payload, caller.may)
        return Response(answered, status, headers)

    def _caller(self, authorization: str) -> Caller:
        key = _CREDENTIAL.match(authorization)
        if key is None:
            return Caller(is_signed=False)
        credentials = self._credentials.get(key.group(1))
        if credentials is None:
            return Caller(is_signed=True)
        role_arn = credentials.role_arn
        return Caller(is_signed=True, role_arn=role_arn, policy=self._policies.get(role_arn))


def _dynamodb_refusal(operation: str, caller: Caller, body: bytes) -> Answer | None:
    if not caller.is_signed:
        return Answer.error(
            400, "MissingAuthenticationTokenException", "Request is missing Authentication Token"
        )
    action = f"dynamodb:{operation}"
    for resource in _dynamodb_resources(operation, body):
        if not caller.may(action, resource):
            return Answer.error(
                400,
                "AccessDeniedException",
                f"User: {caller.role_arn} is not authorized to perform: {action} on "
                f"resource: {resource} because no identity-based policy allows it",
            )
    return None


def _dynamodb_resources(operation: str, body: bytes) -> list[str]:
    """The tables and indexes that the operation is about; everything when it names none.

    A member that the operation has not does not count, so it must not be asked either.
    """
    try:
        payload = read_json(body)
        tables = list(payload["RequestItems"]) if operation in _BATCHES else [payload["TableName"]]
    except (ValueError, KeyError, TypeError):
        return ["*"]
    index = payload.get("IndexName")
    resources = [f"table/{t}" + (f"/index/{index}" if index else "") for t in tables]
    return [arn("dynamodb", resource) for resource in resources] or ["*"]


def _error(kind: str, message: str) -> Response:
    return Response(json.dumps({"__type": kind, "message": message}), 400, content_type=_JSON)
