"""Who calls, as the authorizer of the API has verified; no token is read here."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from service.errors import AccessDenied, Unauthorized
from service.settings import Settings


@dataclass(frozen=True, slots=True)
class Caller:
    """A person. The owner of their notes is the sub: user names and addresses can change hands."""

    owner: str
    username: str
    email: str

    @classmethod
    def from_authorizer(cls, authorizer: Mapping[str, Any], settings: Settings) -> "Caller":
        """Raises Unauthorized when it names nobody and AccessDenied when it is not about us."""
        if settings.api_authorizer == "AccessToken":
            return cls._from_access_token(authorizer, settings.user_pool_client_ids)
        return cls._from_id_token(authorizer, settings.user_pool_client_ids)

    @classmethod
    def _from_id_token(
        cls, authorizer: Mapping[str, Any], app_client_ids: frozenset[str]
    ) -> "Caller":
        """The user pool authorizer lets the ID tokens of all the pool's app clients pass.

        https://docs.aws.amazon.com/apigateway/latest/developerguide/apigateway-integrate-with-cognito.html
        """
        claims = authorizer.get("claims")
        if not isinstance(claims, Mapping):
            raise Unauthorized
        owner = _person(claims.get("sub"))
        if claims.get("token_use") != "id" or claims.get("aud") not in app_client_ids:
            raise AccessDenied
        return cls(
            owner=owner,
            username=str(claims.get("cognito:username", "")),
            email=str(claims.get("email", "")),
        )

    @classmethod
    def _from_access_token(
        cls, authorizer: Mapping[str, Any], app_client_ids: frozenset[str]
    ) -> "Caller":
        """What ``service.authorizer`` says; an access token has no e-mail address."""
        owner = _person(authorizer.get("principalId"))
        if authorizer.get("client_id") not in app_client_ids:
            raise AccessDenied
        return cls(owner=owner, username=str(authorizer.get("username", "")), email="")


def _person(sub: object) -> str:
    if not isinstance(sub, str) or not sub:
        raise Unauthorized
    return sub
