"""Signing in with mozilla-django-oidc: its flow, with our own checks at every step."""

import time
from typing import Any

from mozilla_django_oidc.auth import OIDCAuthenticationBackend

from cognito import provider
from cognito.verify import IdTokenClaims, IdTokenRefused, verify_id_token
from identity import people
from identity.ending import revoke
from identity.models import User
from identity.public_urls import callback_url
from identity.token_set import TokenSet


class CognitoBackend(OIDCAuthenticationBackend):
    """The library's code flow with the ID token verified in full.

    After ``authenticate`` returned a user, ``token_set`` holds the tokens; the library's own
    store would keep them also for somebody who is then refused.
    """

    token_set: TokenSet
    _answer: provider.TokenAnswer | None = None

    def get_token(self, payload: dict[str, str]) -> dict[str, str]:
        """Redeem the code; raises ``ProviderUnavailable`` or ``GrantRefused``."""
        self._asked_at = time.time()
        answer = provider.redeem_code(payload["code"], payload["code_verifier"], callback_url())
        self._answer = answer
        return {"id_token": answer.id_token, "access_token": answer.access_token}

    def verify_token(self, token: str, **kwargs: Any) -> IdTokenClaims:
        """The verified claims; raises ``IdTokenRefused``."""
        assert self._answer is not None
        access_token, refresh_token = self._answer.access_token, self._answer.refresh_token
        claims = verify_id_token(token, nonce=kwargs["nonce"], access_token=access_token)
        if not refresh_token:
            raise IdTokenRefused("no refresh token came with it")
        self.token_set = TokenSet(
            id_token=token,
            access_token=access_token,
            refresh_token=refresh_token,
            expires_at=claims.expires_at,
            obtained_at=self._asked_at,
            nonce=claims.nonce,
        )
        return claims

    def give_up_tokens(self) -> None:
        """Revoke what came for a sign-in that failed after all (RFC 9700, section 4.14)."""
        if self._answer and self._answer.refresh_token:
            revoke(self._answer.refresh_token)

    def store_tokens(self, access_token: str, id_token: str) -> None:
        """Nothing yet: they are stored with the new session, once the person is accepted."""

    def get_or_create_user(
        self, access_token: str, id_token: str, payload: IdTokenClaims
    ) -> User | None:
        """The person of the verified claims, unless deactivated here.

        Nothing but ``sub`` is taken from userInfo, and that only to compare it.
        """
        if provider.user_info_sub(access_token) != payload.sub:
            raise IdTokenRefused("userInfo is about somebody else")
        user = people.person(payload)
        return user if user.is_active else None

    def get_user(self, user_id: int) -> User | None:
        """The signed-in person at each request; nobody once deactivated."""
        return User.objects.filter(pk=user_id, is_active=True).first()
