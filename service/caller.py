"""Who calls, as the authorizer of the API has verified; no token is read here."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from service.errors import AccessDenied, Unauthorized


@dataclass(frozen=True, slots=True)
class Caller:
    """A person. The owner of their notes is the sub: user names and addresses can change hands."""

    owner: str
    username: str
    email: str

    @classmethod
    def from_authorizer(cls, authorizer: Mapping[str, Any], user_pool_client_id: str) -> "Caller":
        """Raises Unauthorized without claims and AccessDenied for a token that is not for us.

        The user pool authorizer lets the ID tokens of all app clients of the pool pass:
        https://docs.aws.amazon.com/apigateway/latest/developerguide/apigateway-integrate-with-cognito.html
        """
        claims = authorizer.get("claims")
        owner = claims.get("sub") if isinstance(claims, Mapping) else None
        if not isinstance(claims, Mapping) or not isinstance(owner, str) or not owner:
            raise Unauthorized
        if claims.get("token_use") != "id" or claims.get("aud") != user_pool_client_id:
            raise AccessDenied
        return cls(
            owner=owner,
            username=str(claims.get("cognito:username", "")),
            email=str(claims.get("email", "")),
        )
