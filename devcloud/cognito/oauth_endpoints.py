"""The endpoints that applications call themselves: token, userInfo, revoke, discovery, JWKS."""

import base64
import json

from flask import request
from werkzeug.wrappers import Response

from devcloud.cognito.app_client import SYSTEM_SCOPES, AppClient
from devcloud.cognito.errors import CognitoError
from devcloud.cognito.grants import Granted, InvalidGrant
from devcloud.cognito.opaque import same
from devcloud.cognito.pool import UserPool

JSON = "application/json;charset=UTF-8"


class OAuthError(Exception):
    """An answer ``{"error": …}`` (RFC 6749 section 5.2, with AWS's statuses)."""

    def __init__(self, error: str, description: str = "", status: int = 400) -> None:
        super().__init__(error)
        self.error = error
        self.description = description
        self.status = status

    def response(self) -> Response:
        body = {"error": self.error}
        if self.description:
            body["error_description"] = self.description
        return _json(body, self.status)


class OAuthEndpoints:
    """/oauth2/token, /oauth2/userInfo, /oauth2/revoke and /.well-known/*."""

    def __init__(self, pool: UserPool) -> None:
        self._pool = pool

    def token(self) -> Response:
        """POST /oauth2/token."""
        grant_type = request.form.get("grant_type")
        if not grant_type:
            raise OAuthError("invalid_request")
        if grant_type not in ("authorization_code", "refresh_token"):
            raise OAuthError("unsupported_grant_type")
        app_client = self._authenticated_app_client()
        try:
            if grant_type == "authorization_code":
                granted = self._redeem_code(app_client)
            else:
                granted = self._refresh(app_client)
        except (InvalidGrant, CognitoError):
            raise OAuthError("invalid_grant") from None
        body: dict[str, object] = {
            "access_token": granted.tokens.access_token,
            "expires_in": granted.tokens.expires_in,
            "token_type": "Bearer",
        }
        if granted.tokens.id_token is not None:
            body["id_token"] = granted.tokens.id_token
        if granted.refresh_token is not None:
            body["refresh_token"] = granted.refresh_token
        return _json(body)

    def user_info(self) -> Response:
        """GET /oauth2/userInfo."""
        scheme, _, access_token = request.headers.get("Authorization", "").partition(" ")
        if scheme.lower() != "bearer" or not access_token:
            return _refused_user_info(
                400, "invalid_request", "Bad OAuth2 request at UserInfo Endpoint"
            )
        accepted = self._pool.tokens.accept(access_token.strip())
        if accepted is None:
            return _refused_user_info(
                401,
                "invalid_token",
                "Access token is expired, disabled, or deleted,"
                " or the user has globally signed out.",
            )
        if "openid" not in accepted.scopes:
            return _refused_user_info(
                401, "invalid_token", "Access token does not contain the 'openid' scope"
            )
        return _json(self._pool.tokens.user_info(accepted))

    def revoke(self) -> Response:
        """POST /oauth2/revoke: the refresh token and everything that came of it."""
        app_client = self._authenticated_app_client(refused_status=401)
        token = request.form.get("token")
        if not token or not app_client.revokes_tokens:
            raise OAuthError("invalid_request")
        if token.count(".") == 2:
            raise OAuthError("unsupported_token_type")
        self._pool.grants.revoke(app_client, token)
        response = Response(status=200)
        response.headers["Cache-Control"] = "no-store"
        return response

    def jwks(self) -> Response:
        """GET /{pool id}/.well-known/jwks.json."""
        return _public(self._pool.jwks())

    def discovery(self) -> Response:
        """GET /{pool id}/.well-known/openid-configuration."""
        issuer, domain = self._pool.issuer, self._pool.domain_url
        return _public(
            {
                "authorization_endpoint": f"{domain}/oauth2/authorize",
                "end_session_endpoint": f"{domain}/logout",
                "id_token_signing_alg_values_supported": ["RS256"],
                "issuer": issuer,
                "jwks_uri": f"{issuer}/.well-known/jwks.json",
                "response_types_supported": ["code", "token"],
                "revocation_endpoint": f"{domain}/oauth2/revoke",
                "scopes_supported": list(SYSTEM_SCOPES[:4]),
                "subject_types_supported": ["public"],
                "token_endpoint": f"{domain}/oauth2/token",
                "token_endpoint_auth_methods_supported": [
                    "client_secret_basic",
                    "client_secret_post",
                ],
                "userinfo_endpoint": f"{domain}/oauth2/userInfo",
            }
        )

    def _redeem_code(self, app_client: AppClient) -> Granted:
        if not app_client.allows_code_grant:
            raise OAuthError("unauthorized_client")
        code, redirect_uri = request.form.get("code"), request.form.get("redirect_uri")
        if not code or not redirect_uri:
            raise OAuthError("invalid_request")
        return self._pool.grants.redeem_code(
            app_client, code, redirect_uri, request.form.get("code_verifier")
        )

    def _refresh(self, app_client: AppClient) -> Granted:
        refresh_token = request.form.get("refresh_token")
        if not refresh_token:
            raise OAuthError("invalid_request")
        return self._pool.grants.refresh(app_client, refresh_token)

    def _authenticated_app_client(self, refused_status: int = 400) -> AppClient:
        """The app client that proved its secret, in the header or in the form."""
        client_id, secret = _credentials()
        app_client = self._pool.app_clients.get(client_id)
        if app_client is None:
            raise OAuthError("invalid_client", status=refused_status)
        if app_client.client_secret is not None and not same(secret, app_client.client_secret):
            raise OAuthError("invalid_client", "invalid_client_secret", refused_status)
        return app_client


def _credentials() -> tuple[str, str]:
    """Client id and secret: client_secret_basic first, then client_secret_post.

    A header that cannot be read names no app client.
    AWS: the header is Base64(client_id:client_secret), without the form encoding of RFC 6749.
    """
    scheme, _, value = request.headers.get("Authorization", "").partition(" ")
    if scheme.lower() != "basic":
        return request.form.get("client_id", ""), request.form.get("client_secret", "")
    try:
        client_id, _, secret = base64.b64decode(value, validate=True).decode().partition(":")
    except ValueError:
        return "", ""
    return client_id, secret


def _refused_user_info(status: int, error: str, description: str) -> Response:
    response = _json({"error": error, "error_description": description}, status)
    response.headers["WWW-Authenticate"] = f'error="{error}", error_description="{description}"'
    return response


def _json(body: object, status: int = 200) -> Response:
    """Never stored: RFC 6749 section 5.1."""
    response = Response(json.dumps(body), status, content_type=JSON)
    response.headers["Cache-Control"] = "no-store"
    response.headers["Pragma"] = "no-cache"
    return response


def _public(body: object) -> Response:
    return Response(json.dumps(body), content_type="application/json")
