"""The API's authorizers: who may call a method, and what its function is told of the caller."""

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, Protocol

import jwt

from devcloud.clock import Clock
from devcloud.gateway_responses import GatewayError
from devcloud.methods import UserPoolAuthorizer
from devcloud.stage_request import StageRequest


class TokenIssuer(Protocol):
    """What an authorizer needs of a user pool."""

    @property
    def issuer(self) -> str:
        """The ``iss`` of its tokens."""

    def jwks(self) -> Mapping[str, Any]:
        """Its public keys."""


@dataclass(frozen=True)
class Caller:
    """What ``requestContext.authorizer`` holds, and the caller's principal."""

    context: Mapping[str, Any]


def authorize_by_user_pool(
    authorizer: UserPoolAuthorizer,
    scopes: frozenset[str],
    request: StageRequest,
    issuer: TokenIssuer,
    clock: Clock,
) -> Caller:
    """The caller whose token this is; raises GatewayError when it is not accepted.

    Without scopes on the method only an ID token is accepted, with scopes only an access token
    that has one of them:
    https://docs.aws.amazon.com/apigateway/latest/developerguide/apigateway-enable-cognito-user-pool.html
    """
    claims = _verified_claims(bearer_token(request.header(authorizer.header)), issuer)
    _check_times(claims)
    if float(claims.get("exp", 0)) <= clock.timestamp():
        raise GatewayError("UNAUTHORIZED", "The incoming token has expired")
    if scopes:
        has_right = claims.get("token_use") == "access" and not scopes.isdisjoint(
            str(claims.get("scope", "")).split()
        )
    else:
        has_right = claims.get("token_use") == "id"
    # It is the audience that the expression is held against, so access tokens, which have none,
    # never pass it.
    expression = authorizer.identity_validation_expression
    if expression and ("aud" not in claims or not re.fullmatch(expression, str(claims["aud"]))):
        has_right = False
    if not has_right:
        raise GatewayError("UNAUTHORIZED")
    return Caller({"claims": {name: claim_text(name, value) for name, value in claims.items()}})


def bearer_token(header: str | None) -> str:
    """The token in the header, raw or after ``Bearer``."""
    value = (header or "").strip()
    return value[7:].strip() if value[:7].lower() == "bearer " else value


def claim_text(name: str, value: Any) -> str:
    """A claim as a function sees it: always a string, times spelled out."""
    if name in ("exp", "iat"):
        return datetime.fromtimestamp(float(value), UTC).strftime("%a %b %d %H:%M:%S UTC %Y")
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, list) and all(isinstance(item, str) for item in value):
        return ",".join(value)
    if isinstance(value, dict | list):
        return json.dumps(value)
    return str(value)


def _check_times(claims: Mapping[str, Any]) -> None:
    """Refuse times that cannot be spelled out; no user pool signs them, but `--mint` does."""
    try:
        for name in ("exp", "iat"):
            datetime.fromtimestamp(float(claims.get(name, 0)), UTC)
    except (TypeError, ValueError, OverflowError, OSError):
        raise GatewayError("UNAUTHORIZED") from None


def _verified_claims(token: str, issuer: TokenIssuer) -> dict[str, Any]:
    try:
        key_id = jwt.get_unverified_header(token).get("kid")
        key = next(key for key in issuer.jwks()["keys"] if key["kid"] == key_id)
        return dict(
            jwt.decode(
                token,
                jwt.PyJWK(key),
                algorithms=["RS256"],
                issuer=issuer.issuer,
                # Times are compared with devcloud's clock, which tests move.
                options={
                    "verify_aud": False,
                    "verify_exp": False,
                    "verify_iat": False,
                    "verify_nbf": False,
                },
            )
        )
    except (jwt.PyJWTError, StopIteration):
        raise GatewayError("UNAUTHORIZED") from None
