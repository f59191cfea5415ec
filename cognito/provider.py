"""Calls to the user pool's token, userInfo and revocation endpoints."""

from dataclasses import dataclass
from typing import Any
from urllib.parse import quote_plus

from django.conf import settings

from cognito.http import Answer, ProviderUnavailable, call

# RFC 6749, section 5.2: what the token endpoint says of a grant or of the app client.
KNOWN_ERRORS = {
    "invalid_client",
    "invalid_grant",
    "invalid_request",
    "invalid_scope",
    "unauthorized_client",
    "unsupported_grant_type",
}


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


def user_info_sub(access_token: str) -> object:
    """Whom the access token is about, as the userInfo endpoint says (Core, section 5.3.2)."""
    answer = call(
        "GET",
        settings.OIDC_OP_USER_ENDPOINT,
        headers={"Authorization": f"Bearer {access_token}"},
    )
    if answer.status in (400, 401, 403):
        raise GrantRefused(f"status {answer.status}")
    if answer.status != 200:
        raise ProviderUnavailable(f"status {answer.status}")
    return answer.json_object().get("sub")


def revoke(refresh_token: str) -> None:
    """End the refresh token (RFC 7009); Cognito also answers 200 for one already ended."""
    answer = _post(f"{settings.COGNITO_DOMAIN}/oauth2/revoke", {"token": refresh_token})
    if answer.status != 200:
        raise ProviderUnavailable(f"status {answer.status}")


def _token_request(**form: str) -> TokenAnswer:
    answer = _post(settings.OIDC_OP_TOKEN_ENDPOINT, form)
    values = answer.json_object()
    error = values.get("error")
    # Without one of these words it is not about the grant: a wrong address, a firewall's page.
    if 400 <= answer.status < 500 and isinstance(error, str) and error in KNOWN_ERRORS:
        raise GrantRefused(error)
    if answer.status != 200:
        raise ProviderUnavailable(f"status {answer.status}")
    return TokenAnswer(
        id_token=_token(values, "id_token"),
        access_token=_token(values, "access_token"),
        refresh_token=_token(values, "refresh_token", required=False),
    )


def _post(url: str, form: dict[str, str]) -> Answer:
    """POST a form as the app client (RFC 6749, section 2.3.1: encoded before it is joined)."""
    app_client = (settings.OIDC_RP_CLIENT_ID, settings.OIDC_RP_CLIENT_SECRET)
    return call("POST", url, data=form, auth=tuple(map(quote_plus, app_client)))


def _token(values: dict[str, Any], name: str, *, required: bool = True) -> str:
    """A token as the answer has it: visible ASCII (RFC 6749, appendix A.12)."""
    value = values.get(name)
    if value is None and not required:
        return ""
    if not isinstance(value, str) or not value.isascii() or not value.isprintable():
        raise ProviderUnavailable(f"no {name} in the answer")
    if required and not value:
        raise ProviderUnavailable(f"no {name} in the answer")
    return value
