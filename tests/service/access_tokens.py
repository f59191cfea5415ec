"""Access tokens, their keys, and the authorizer asked about them."""

import base64
import json
import time
from types import SimpleNamespace
from typing import Any

import jwt

from service import authorizer
from tests import builders

ISSUER = "https://cognito-idp.eu-central-1.amazonaws.com/eu-central-1_Example"
METHOD_ARN = "arn:aws:execute-api:eu-central-1:000000000000:a1b2c3d4e5/prod/GET/notes/note1"
KID = "access-token-key"


CONTEXT = SimpleNamespace(aws_request_id="request-1", function_name="notesite-AuthorizerFunction")


def access_token(*, kid: str | None = KID, signed_by: str = KID, **changes: Any) -> str:
    """A signed access token; a change to None takes a claim out."""
    now = int(time.time())
    claims = {
        "sub": "5f3c1d1e-0000-4000-8000-00000000000a",
        "iss": ISSUER,
        "client_id": "1example23456789",
        "token_use": "access",
        "scope": "openid email profile",
        "auth_time": now,
        "iat": now,
        "exp": now + 900,
        "username": "ada",
        **changes,
    }
    return jwt.encode(
        {name: value for name, value in claims.items() if value is not None},
        builders.signing_key(signed_by),
        algorithm="RS256",
        headers={"kid": kid} if kid else {},
    )


class Endpoint:
    """Serves the keys and counts how often; ``documents`` may hold an exception."""

    def __init__(self, *documents: Any) -> None:
        self.documents = list(documents) or [builders.jwks(KID)]
        self.asked: list[str] = []

    def __call__(self, url: str) -> Any:
        self.asked.append(url)
        document = self.documents[0] if len(self.documents) == 1 else self.documents.pop(0)
        if isinstance(document, Exception):
            raise document
        return document


def asked(token: str) -> dict[str, Any]:
    """What the function says of that header."""
    event = {"type": "TOKEN", "authorizationToken": token, "methodArn": METHOD_ARN}
    return authorizer.lambda_handler(event, CONTEXT)


def tampered(token: str, **changes: Any) -> str:
    """The token with other claims and its old signature."""
    header, payload, signature = token.split(".")
    claims = json.loads(base64.urlsafe_b64decode(payload + "=="))
    text = json.dumps({**claims, **changes}).encode()
    return f"{header}.{base64.urlsafe_b64encode(text).decode().rstrip('=')}.{signature}"
