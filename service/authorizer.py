"""The Lambda authorizer that lets in who brings an access token of the user pool.

https://docs.aws.amazon.com/apigateway/latest/developerguide/apigateway-use-lambda-authorizer.html
"""

import json
from collections.abc import Mapping
from functools import cache
from typing import Any

import jwt

from service.jwks import KeySet
from service.settings import AuthorizerSettings


class Refused(Exception):
    """The token is not accepted; the message is for the log."""


@cache
def settings() -> AuthorizerSettings:
    """The environment, read at the first request of each container."""
    return AuthorizerSettings.from_environment()


@cache
def key_set() -> KeySet:
    """The pool's keys, for the life of the container."""
    return KeySet(settings().issuer)


def lambda_handler(event: Mapping[str, Any], context: Any) -> dict[str, Any]:
    """Who the bearer is, with a policy for the whole stage.

    Raising exactly ``Unauthorized`` makes API Gateway answer 401, any other failure 500.
    """
    try:
        claims = verified_claims(event["authorizationToken"], settings().issuer, key_set())
    except Refused as refusal:
        _log(context, str(refusal))
        raise Exception("Unauthorized") from None
    return {
        # The sub is one person's for ever, a user name may be given to another one.
        "principalId": claims["sub"],
        "policyDocument": {
            "Version": "2012-10-17",
            "Statement": [
                {
                    "Effect": "Allow",
                    "Action": "execute-api:Invoke",
                    "Resource": _whole_stage(event["methodArn"]),
                }
            ],
        },
        "context": {
            "client_id": str(claims.get("client_id", "")),
            "username": str(claims.get("username", "")),
        },
    }


def verified_claims(header: str, issuer: str, keys: KeySet) -> dict[str, Any]:
    """The claims of an access token; raises Refused, or JwksUnavailable.

    The cheap questions come first, so that no signature is computed for a token that could not be
    accepted anyway; nothing that they read is used before the signature is verified.
    """
    token = header[7:].strip() if header[:7].lower() == "bearer " else header
    try:
        unverified = jwt.decode_complete(token, options={"verify_signature": False})
    except jwt.PyJWTError:
        raise Refused("Not a valid JWT token") from None
    if unverified["payload"].get("iss") != issuer:
        raise Refused("invalid issuer")
    if unverified["payload"].get("token_use") != "access":
        raise Refused("Not an access token")
    kid = unverified["header"].get("kid")
    key = keys.key(kid) if isinstance(kid, str) else None
    if key is None:
        raise Refused("Invalid access token")
    try:
        claims: dict[str, Any] = jwt.decode(
            token,
            key,
            algorithms=["RS256"],
            issuer=issuer,
            # Cognito's access tokens have client_id instead of aud.
            options={"require": ["exp", "iss", "sub"], "verify_aud": False},
        )
    except jwt.PyJWTError as error:
        raise Refused(type(error).__name__) from None
    return claims


def _whole_stage(method_arn: str) -> str:
    """Every method of the stage: the answer is kept for the token, whatever it is used for next.

    A methodArn is arn:aws:execute-api:{region}:{account}:{api}/{stage}/{method}/{path}.
    """
    api, stage, *_ = method_arn.split("/")
    return f"{api}/{stage}/*"


def _log(context: Any, reason: str) -> None:
    request_id = getattr(context, "aws_request_id", "")
    print(json.dumps({"request_id": request_id, "refused": reason}), flush=True)
