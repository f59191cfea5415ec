"""The Lambda authorizer that lets in who brings an access token of the user pool.

https://docs.aws.amazon.com/apigateway/latest/developerguide/apigateway-use-lambda-authorizer.html
"""

import re
import time
from collections.abc import Mapping
from functools import cache
from typing import Any

import jwt

from service import log
from service.jwks import JwksUnavailable, KeySet
from service.settings import AuthorizerSettings

# The contract's identityValidationExpression: API Gateway asks about nothing else.
HEADER = re.compile(r"([Bb]earer )?(?P<token>[\w-]+\.[\w-]+\.[\w-]+)", re.ASCII)


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

    Raising exactly ``Unauthorized`` makes API Gateway answer 401, any other failure 500. Lambda
    counts both as errors and writes their places to the log, so metrics come from a line of ours.
    """
    started = time.monotonic()
    entry = log.Entry.of(context, operation="authorize")
    status = 500
    try:
        claims = verified_claims(event["authorizationToken"], settings().issuer, key_set())
        entry.name_owner(claims["sub"])
        verdict = _let_in(claims, event["methodArn"])
        status = 200
    except Refused as refusal:
        entry.error, status = str(refusal), 401
        raise Exception("Unauthorized") from None
    except JwksUnavailable as error:
        entry.error = type(error).__name__
        raise
    except Exception as error:
        entry.mistake(error)
        raise
    finally:
        entry.write(status, time.monotonic() - started)
    return verdict


def _let_in(claims: Mapping[str, Any], method_arn: str) -> dict[str, Any]:
    return {
        # The sub is one person's for ever, a user name may be given to another one.
        "principalId": claims["sub"],
        "policyDocument": {
            "Version": "2012-10-17",
            "Statement": [
                {
                    "Effect": "Allow",
                    "Action": "execute-api:Invoke",
                    "Resource": _whole_stage(method_arn),
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
    match = HEADER.fullmatch(header)
    if match is None:
        raise Refused("Not a valid JWT token")
    token = match["token"]
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
            # Cognito's access tokens have client_id instead of aud. When one was issued is no
            # reason to refuse it: Cognito's clock may be ahead of this one.
            options={"require": ["exp", "iss", "sub"], "verify_aud": False, "verify_iat": False},
        )
    except jwt.PyJWTError as error:
        raise Refused(type(error).__name__) from None
    if not claims["sub"]:
        raise Refused("No sub")
    return claims


def _whole_stage(method_arn: str) -> str:
    """Every method of the stage: the answer is kept for the token, whatever it is used for next.

    A methodArn is arn:aws:execute-api:{region}:{account}:{api}/{stage}/{method}/{path}.
    """
    api, stage, *_ = method_arn.split("/")
    return f"{api}/{stage}/*"
