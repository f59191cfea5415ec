"""The JSON APIs that boto3 talks to, all at ``POST /``."""

import json
import re
from collections.abc import Mapping

from flask import Request, Response

from devcloud.dynamodb import Answer, DynamoDB
from devcloud.permissions import Credentials, Policy
from devcloud.resources import arn

_CREDENTIAL = re.compile(r"AWS4-HMAC-SHA256 .*Credential=([^/,\s]+)/")
DYNAMODB = "DynamoDB_20120810"
_JSON = "application/x-amz-json-1.0"


class DynamoDBApi:
    """DynamoDB behind the permissions of whoever signs the request.

    Keys that devcloud gave to a function stand for the function's role; all others stand for an
    administrator of the account. Signatures are not verified.
    """

    def __init__(
        self,
        dynamodb: DynamoDB,
        credentials: Mapping[str, Credentials],
        policies: Mapping[str, Policy],
    ) -> None:
        self._dynamodb = dynamodb
        self._credentials = credentials
        self._policies = policies

    def answer(self, operation: str, request: Request) -> Response:
        """What DynamoDB answers, as HTTP."""
        body = request.get_data()
        answer = self._refusal(operation, request.headers.get("Authorization", ""), body)
        if answer is None:
            answer = self._dynamodb.answer(operation, body)
        return Response(answer.body, answer.status, dict(answer.headers), content_type=_JSON)

    def _refusal(self, operation: str, authorization: str, body: bytes) -> Answer | None:
        key = _CREDENTIAL.match(authorization)
        if key is None:
            return Answer.error(
                400,
                "MissingAuthenticationTokenException",
                "Request is missing Authentication Token",
            )
        credentials = self._credentials.get(key.group(1))
        if credentials is None:
            return None
        policy = self._policies.get(credentials.role_arn)
        action = f"dynamodb:{operation}"
        for resource in _resources(body):
            if policy is None or policy.effect(action, resource) != "Allow":
                return Answer.error(
                    400,
                    "AccessDeniedException",
                    f"User: {credentials.role_arn} is not authorized to perform: {action} on "
                    f"resource: {resource} because no identity-based policy allows it",
                )
        return None


def _resources(body: bytes) -> list[str]:
    """The tables and indexes that a request is about; everything when it names none."""
    try:
        payload = json.loads(body)
        tables = list(payload.get("RequestItems", ())) or [payload["TableName"]]
    except (ValueError, KeyError, AttributeError):
        return ["*"]
    index = payload.get("IndexName")
    return [arn("dynamodb", f"table/{t}" + (f"/index/{index}" if index else "")) for t in tables]
