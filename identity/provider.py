"""Calls to the user pool's token and revocation endpoints, each with a time-out."""

from dataclasses import dataclass
from typing import Any

import requests
from django.conf import settings

from identity.http import session

# RFC 6749, section 5.2, with Cognito's own; anything else is not repeated in a log.
KNOWN_ERRORS = {
    "invalid_client",
    "invalid_grant",
    "invalid_request",
    "invalid_scope",
    "unauthorized_client",
    "unsupported_grant_type",
}


class ProviderUnavailable(Exception):
    """No usable answer: down, slow, throttled or garbled. Trying again later may help."""


class GrantRefused(Exception):
    """The provider says no; ``args[0]`` is its error code. Trying again does not help."""


@dataclass(frozen=True)
class TokenAnswer:
    """A token endpoint's answer, nothing in it verified; ``refresh_token`` may be empty."""

    id_token: str
    access_token: str
    refresh_token: str


def redeem_code(code: str, code_verifier: str, redirect_uri: str) -> TokenAnswer:
    """Tokens for an authorization code (RFC 6749, section 4.1.3; RFC 7636, section 4.5)."""
    return _token_request(
        grant_type="authorization_code",
        code=code,
        code_verifier=code_verifier,
        redirect_uri=redirect_uri,
    )


def refresh(refresh_token: str) -> TokenAnswer:
    """New tokens for a refresh token (RFC 6749, section 6).

    The answer has a new refresh token only where the app client rotates them.
    """
    return _token_request(grant_type="refresh_token", refresh_token=refresh_token)


def revoke(refresh_token: str) -> None:
    """End the refresh token (RFC 7009); Cognito also answers 200 for one already ended."""
    url = f"{settings.COGNITO_DOMAIN}/oauth2/revoke"
    response = _post(url, {"token": refresh_token})
    if response.status_code != 200:
        raise ProviderUnavailable(f"status {response.status_code}")


def _token_request(**form: str) -> TokenAnswer:
    response = _post(settings.OIDC_OP_TOKEN_ENDPOINT, form)
    try:
        answer = response.json()
    except ValueError:
        raise ProviderUnavailable(f"status {response.status_code}, no JSON") from None
    if not isinstance(answer, dict):
        raise ProviderUnavailable(f"status {response.status_code}, no JSON object")
    if 400 <= response.status_code < 500 and response.status_code not in (408, 429):
        error = answer.get("error")
        raise GrantRefused(error if error in KNOWN_ERRORS else f"status {response.status_code}")
    if response.status_code != 200:
        raise ProviderUnavailable(f"status {response.status_code}")
    return TokenAnswer(
        id_token=_token(answer, "id_token"),
        access_token=_token(answer, "access_token"),
        refresh_token=_token(answer, "refresh_token", required=False),
    )


def _post(url: str, form: dict[str, str]) -> requests.Response:
    try:
        return session().post(
            url,
            data=form,
            auth=(settings.OIDC_RP_CLIENT_ID, settings.OIDC_RP_CLIENT_SECRET),
            timeout=settings.OIDC_TIMEOUT,
            allow_redirects=False,
        )
    except requests.RequestException as error:
        # Without its cause: requests' errors carry the request, and it has the secret.
        raise ProviderUnavailable(type(error).__name__) from None


def _token(answer: dict[str, Any], name: str, *, required: bool = True) -> str:
    value = answer.get(name)
    if value is None and not required:
        return ""
    if not isinstance(value, str) or (required and not value):
        raise ProviderUnavailable(f"no {name} in the answer")
    return value
