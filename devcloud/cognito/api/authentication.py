"""Signing in by the API: passwords, challenges, refresh tokens."""

from collections.abc import Mapping

from devcloud.cognito.api.operation import (
    Body,
    Operation,
    Parameters,
    app_client_of,
    check_pool,
    check_secret_hash,
)
from devcloud.cognito.app_client import AppClient
from devcloud.cognito.challenges import Challenge, Kind
from devcloud.cognito.errors import (
    InvalidParameter,
    InvalidSession,
    NotAuthorized,
    Unauthorized,
    UnsupportedOperation,
    UnsupportedTokenType,
)
from devcloud.cognito.grants import Granted
from devcloud.cognito.opaque import same
from devcloud.cognito.people import Person
from devcloud.cognito.pool import UserPool

# The password flows by the names that requests have, and what must allow them.
PASSWORD_FLOWS = {
    "ADMIN_USER_PASSWORD_AUTH": "ALLOW_ADMIN_USER_PASSWORD_AUTH",
    "ADMIN_NO_SRP_AUTH": "ALLOW_ADMIN_USER_PASSWORD_AUTH",
    "USER_PASSWORD_AUTH": "ALLOW_USER_PASSWORD_AUTH",
}
REFRESH_FLOWS = ("REFRESH_TOKEN_AUTH", "REFRESH_TOKEN")


def admin_initiate_auth(pool: UserPool, parameters: Parameters) -> Body:
    check_pool(pool, parameters)
    return _initiate(pool, parameters, admin=True)


def initiate_auth(pool: UserPool, parameters: Parameters) -> Body:
    return _initiate(pool, parameters, admin=False)


def admin_respond_to_auth_challenge(pool: UserPool, parameters: Parameters) -> Body:
    check_pool(pool, parameters)
    return respond_to_auth_challenge(pool, parameters)


def respond_to_auth_challenge(pool: UserPool, parameters: Parameters) -> Body:
    """Do what InitiateAuth wanted; AWS: each step has a session of its own."""
    app_client = app_client_of(pool, parameters)
    secret = parameters.text("Session")
    challenge = pool.challenges.find(secret, app_client)
    if challenge is None or challenge.kind != parameters.text("ChallengeName"):
        raise InvalidSession
    given = parameters.texts("ChallengeResponses")
    person = pool.people.get(challenge.sub)
    usernames = [person.sub, given.get("USERNAME", "")]
    check_secret_hash(app_client, usernames, given.get("SECRET_HASH"))
    if not person.enabled:
        raise NotAuthorized("User is disabled.")
    person = _respond(pool, secret, challenge, given)
    if challenge.kind is not Kind.NEW_PASSWORD_REQUIRED:
        return _authentication_result(pool.grants.sign_in(app_client, person))
    return _signed_in_or_challenged(pool, app_client, person)


def get_tokens_from_refresh_token(pool: UserPool, parameters: Parameters) -> Body:
    """New tokens; with rotation switched on also a new refresh token."""
    app_client = app_client_of(pool, parameters)
    if not _secret_is_right(app_client, parameters):
        raise NotAuthorized("Invalid client secret")
    granted = pool.grants.refresh(app_client, parameters.text("RefreshToken"))
    return _authentication_result(granted)


def revoke_token(pool: UserPool, parameters: Parameters) -> Body:
    app_client = app_client_of(pool, parameters)
    if not _secret_is_right(app_client, parameters):
        raise Unauthorized
    if not app_client.revokes_tokens:
        raise UnsupportedOperation("Revoke token is disabled for this client")
    token = parameters.text("Token")
    if token.count(".") == 2:
        raise UnsupportedTokenType
    pool.grants.revoke(app_client, token)
    return {}


def _initiate(pool: UserPool, parameters: Parameters, *, admin: bool) -> Body:
    app_client = app_client_of(pool, parameters)
    flow = parameters.text("AuthFlow")
    given = parameters.texts("AuthParameters")
    if flow in REFRESH_FLOWS:
        return _refresh(pool, app_client, given)
    allowed_by = PASSWORD_FLOWS.get(flow)
    if allowed_by is None or flow.startswith("ADMIN") != admin:
        raise InvalidParameter(f"The flow {flow} is not imitated by devcloud.")
    if allowed_by not in app_client.auth_flows:
        raise InvalidParameter("Auth flow not enabled for this client")
    for name in ("USERNAME", "PASSWORD"):
        if not given.get(name):
            raise InvalidParameter(f"Missing required parameter {name}")
    check_secret_hash(app_client, [given["USERNAME"]], given.get("SECRET_HASH"))
    person = pool.authentication.check_password(app_client, given["USERNAME"], given["PASSWORD"])
    return _signed_in_or_challenged(pool, app_client, person)


def _refresh(pool: UserPool, app_client: AppClient, given: Mapping[str, str]) -> Body:
    """AWS: with rotation switched on, GetTokensFromRefreshToken is the way, not this flow."""
    if app_client.rotates_refresh_tokens or (
        app_client.auth_flows and "ALLOW_REFRESH_TOKEN_AUTH" not in app_client.auth_flows
    ):
        raise InvalidParameter("Auth flow not enabled for this client")
    refresh_token = given.get("REFRESH_TOKEN")
    if not refresh_token:
        raise InvalidParameter("Missing required parameter REFRESH_TOKEN")
    session = pool.token_sessions.of_refresh_token(refresh_token, app_client)
    person = pool.people.find(session.sub) if session else None
    if person is None:
        raise NotAuthorized("Invalid Refresh Token")
    check_secret_hash(app_client, [person.sub, person.email], given.get("SECRET_HASH"))
    return _authentication_result(pool.grants.refresh(app_client, refresh_token))


def _respond(pool: UserPool, secret: str, challenge: Challenge, given: Mapping[str, str]) -> Person:
    """The person as they are after the response."""
    responses = pool.challenge_responses
    match challenge.kind:
        case Kind.NEW_PASSWORD_REQUIRED:
            return responses.new_password(secret, challenge, given.get("NEW_PASSWORD", ""))
        case Kind.SOFTWARE_TOKEN_MFA:
            code = given.get("SOFTWARE_TOKEN_MFA_CODE", "")
            return responses.totp_code(secret, challenge, code)
        case Kind.MFA_SETUP if pool.people.get(challenge.sub).uses_totp:
            return responses.done(secret, challenge)
        case _:
            raise InvalidParameter("Verify a software token before this challenge.")


def _signed_in_or_challenged(pool: UserPool, app_client: AppClient, person: Person) -> Body:
    kind = pool.authentication.next_step(person)
    if kind is None:
        return _authentication_result(pool.grants.sign_in(app_client, person))
    with pool.database.transaction() as connection:
        session = pool.challenges.open(connection, app_client, person.sub, kind)
    return {
        "ChallengeName": kind.value,
        "Session": session,
        "ChallengeParameters": {"USER_ID_FOR_SRP": person.sub},
    }


def _authentication_result(granted: Granted) -> Body:
    result: dict[str, object] = {
        "AccessToken": granted.tokens.access_token,
        "ExpiresIn": granted.tokens.expires_in,
        "TokenType": "Bearer",
    }
    if granted.tokens.id_token is not None:
        result["IdToken"] = granted.tokens.id_token
    if granted.refresh_token is not None:
        result["RefreshToken"] = granted.refresh_token
    return {"AuthenticationResult": result, "ChallengeParameters": {}}


def _secret_is_right(app_client: AppClient, parameters: Parameters) -> bool:
    expected = app_client.client_secret
    return expected is None or same(parameters.optional("ClientSecret") or "", expected)


OPERATIONS = {
    "AdminInitiateAuth": Operation(admin_initiate_auth),
    "AdminRespondToAuthChallenge": Operation(admin_respond_to_auth_challenge),
    "InitiateAuth": Operation(initiate_auth, needs_credentials=False),
    "RespondToAuthChallenge": Operation(respond_to_auth_challenge, needs_credentials=False),
    "GetTokensFromRefreshToken": Operation(get_tokens_from_refresh_token, needs_credentials=False),
    "RevokeToken": Operation(revoke_token, needs_credentials=False),
}
