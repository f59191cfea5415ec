"""user-sign-in: tokens for a user name and a password, for API clients that have no browser.

It bypasses the hosted UI and its second factor, so a stack offers it only when it is told to.
"""

import base64
import hashlib
import hmac
import json
import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cache
from typing import TYPE_CHECKING, Any

import boto3
from botocore.config import Config
from botocore.exceptions import BotoCoreError, ClientError

from service.metrics import sign_in_members
from service.settings import SignInSettings

if TYPE_CHECKING:
    from types_boto3_cognito_idp.client import CognitoIdentityProviderClient

_LIMITS = Config(
    connect_timeout=1, read_timeout=3, retries={"mode": "standard", "total_max_attempts": 2}
)
# Of every answer, whatever it says.
STATUS = 200
_TRY_AGAIN = "Something went wrong! Please try again."
_INCORRECT = "The username or password is incorrect"
# What Cognito refuses for, in words that tell nothing of the pool. An unknown user and a wrong
# password look the same, and so does a user name that no pool could have.
_REFUSALS = {
    "InvalidParameterException": _INCORRECT,
    "NotAuthorizedException": _INCORRECT,
    "TooManyRequestsException": "Too many attempts. Please try again later.",
    "UserNotConfirmedException": "User is not confirmed",
    "UserNotFoundException": _INCORRECT,
}


@dataclass(frozen=True, slots=True)
class Envelope:
    """The four keys of every answer."""

    status: str
    code: str
    message: str | None
    data: Mapping[str, Any] = field(default_factory=dict)
    reason: str | None = None

    def to_json(self) -> dict[str, Any]:
        """All but the reason, which is for the log."""
        return {
            "status": self.status,
            "code": self.code,
            "data": dict(self.data),
            "message": self.message,
        }


@cache
def settings() -> SignInSettings:
    """The environment, read at the first request of each container."""
    return SignInSettings.from_environment()


@cache
def cognito() -> "CognitoIdentityProviderClient":
    """One connection for the life of the container."""
    return boto3.client("cognito-idp", config=_LIMITS)


def lambda_handler(event: Mapping[str, Any], context: Any) -> dict[str, Any]:
    """Answer a proxy event with a proxy response, and the fields themselves with the envelope."""
    started = time.monotonic()
    is_proxy_event = "requestContext" in event
    envelope = sign_in(_fields(event) if is_proxy_event else event)
    _log(envelope, time.monotonic() - started, context)
    if not is_proxy_event:
        return envelope.to_json()
    return {
        "statusCode": STATUS,
        "headers": {"Content-Type": "application/json", "Cache-Control": "no-store"},
        "body": json.dumps(envelope.to_json()),
        "isBase64Encoded": False,
    }


def sign_in(fields: Mapping[str, Any]) -> Envelope:
    """What signing in with ``username`` and ``password`` comes to."""
    for name in ("username", "password"):
        if not isinstance(fields.get(name), str) or not fields[name]:
            return Envelope("failure", "10022", f"{name} is required")
    try:
        answer = cognito().admin_initiate_auth(
            UserPoolId=settings().user_pool_id,
            ClientId=settings().client_id,
            AuthFlow="ADMIN_USER_PASSWORD_AUTH",
            AuthParameters={
                "USERNAME": fields["username"],
                "PASSWORD": fields["password"],
                "SECRET_HASH": secret_hash(fields["username"], settings()),
            },
        )
    except ClientError as error:
        reason = error.response["Error"]["Code"]
        message = _REFUSALS.get(reason, _TRY_AGAIN)
        return Envelope("failure", "10023", message, reason=reason)
    except (BotoCoreError, UnicodeError) as error:
        return Envelope("failure", "10023", _TRY_AGAIN, reason=type(error).__name__)
    tokens = answer.get("AuthenticationResult")
    if not tokens:
        # A challenge, such as a new password or a second factor: that takes the hosted UI.
        return Envelope("failure", "10025", _TRY_AGAIN, reason=answer.get("ChallengeName"))
    data = {
        "id_token": tokens["IdToken"],
        "refresh_token": tokens["RefreshToken"],
        "access_token": tokens["AccessToken"],
        "expires_in": tokens["ExpiresIn"],
        "token_type": tokens["TokenType"],
    }
    return Envelope("success", "10024", None, data)


def secret_hash(username: str, settings: SignInSettings) -> str:
    """What an app client with a secret sends beside the user name.

    https://docs.aws.amazon.com/cognito/latest/developerguide/signing-up-users-in-your-app.html#cognito-user-pools-computing-secret-hash
    """
    message = (username + settings.client_id).encode()
    digest = hmac.new(settings.client_secret.encode(), message, hashlib.sha256).digest()
    return base64.b64encode(digest).decode()


def _fields(event: Mapping[str, Any]) -> Mapping[str, Any]:
    """The body of a proxy event; none where it is no JSON object."""
    try:
        body = event.get("body") or ""
        text = base64.b64decode(body) if event.get("isBase64Encoded") else body
        fields = json.loads(text)
    except (ValueError, RecursionError):
        return {}
    return fields if isinstance(fields, dict) else {}


def _log(envelope: Envelope, seconds: float, context: Any) -> None:
    line = {
        "request_id": getattr(context, "aws_request_id", ""),
        "function": getattr(context, "function_name", "unknown"),
        "operation": sign_in.__name__,
        "status": STATUS,
        "code": envelope.code,
        "reason": envelope.reason,
        **sign_in_members(seconds, is_refused=envelope.message == _INCORRECT),
    }
    print(json.dumps(line), flush=True)
