"""Authenticator apps: association, verification, preference."""

from devcloud.cognito import totp, totp_codes
from devcloud.cognito.api.operation import Body, Operation, Parameters
from devcloud.cognito.api.own_account import speaker
from devcloud.cognito.api.people import person_of
from devcloud.cognito.app_client import AppClient
from devcloud.cognito.challenges import Challenge, Kind
from devcloud.cognito.errors import (
    EnableSoftwareTokenMFA,
    InvalidParameter,
    InvalidSession,
    SoftwareTokenMFANotFound,
)
from devcloud.cognito.pool import UserPool


def associate_software_token(pool: UserPool, parameters: Parameters) -> Body:
    """A secret for an authenticator app; it counts once the app's first code is verified."""
    if parameters.optional("AccessToken"):
        accepted = speaker(pool, parameters)
        secret, _ = _open(pool, accepted.app_client, accepted.person.sub)
        return {"SecretCode": secret}
    challenge = _session(pool, parameters)
    app_client = pool.app_clients.get(challenge.client_id)
    if app_client is None:
        raise InvalidSession
    pool.challenge_responses.done(parameters.text("Session"), challenge)
    secret, session = _open(pool, app_client, challenge.sub)
    return {"SecretCode": secret, "Session": session}


def verify_software_token(pool: UserPool, parameters: Parameters) -> Body:
    """Take the authenticator app into use if its code is right.

    Where MFA is optional, SetUserMFAPreference has to switch it on besides.
    """
    by_session = parameters.optional("AccessToken") is None
    if by_session:
        challenge: Challenge | None = _session(pool, parameters)
    else:
        challenge = pool.challenges.totp_setup_of(speaker(pool, parameters).person.sub)
    if challenge is None or challenge.totp_secret is None:
        raise SoftwareTokenMFANotFound
    step = totp.step_of(challenge.totp_secret, parameters.text("UserCode"), pool.clock.timestamp())
    if step is None:
        raise EnableSoftwareTokenMFA
    with pool.database.transaction() as connection:
        if not totp_codes.use(connection, challenge.sub, challenge.totp_secret, step):
            raise EnableSoftwareTokenMFA
        changes = {"uses_totp": True} if by_session else {}
        pool.people.change(connection, challenge.sub, totp_secret=challenge.totp_secret, **changes)
    return {"Status": "SUCCESS"} | ({"Session": parameters.text("Session")} if by_session else {})


def set_user_mfa_preference(pool: UserPool, parameters: Parameters) -> Body:
    return _set_preference(pool, speaker(pool, parameters).person.sub, parameters)


def admin_set_user_mfa_preference(pool: UserPool, parameters: Parameters) -> Body:
    return _set_preference(pool, person_of(pool, parameters).sub, parameters)


def _set_preference(pool: UserPool, sub: str, parameters: Parameters) -> Body:
    for name in ("SMSMfaSettings", "EmailMfaSettings", "WebAuthnMfaSettings"):
        if parameters.section(name) is not None:
            raise InvalidParameter(f"{name} is not imitated by devcloud.")
    settings = parameters.section("SoftwareTokenMfaSettings")
    if settings is None:
        raise InvalidParameter("SoftwareTokenMfaSettings is missing.")
    enabled = settings.boolean("Enabled")
    with pool.database.transaction() as connection:
        if enabled and pool.people.get(sub).totp_secret is None:
            raise InvalidParameter("User has not verified software token mfa")
        pool.people.change(connection, sub, uses_totp=enabled)
    return {}


def _session(pool: UserPool, parameters: Parameters) -> Challenge:
    challenge = pool.challenges.find(parameters.text("Session"))
    if challenge is None or challenge.kind is not Kind.MFA_SETUP:
        raise InvalidSession
    return challenge


def _open(pool: UserPool, app_client: AppClient, sub: str) -> tuple[str, str]:
    """A new set-up: the app's secret and the secret of the challenge."""
    totp_secret = totp.new_secret()
    with pool.database.transaction() as connection:
        session = pool.challenges.open(connection, app_client, sub, Kind.MFA_SETUP, totp_secret)
    return totp_secret, session


OPERATIONS = {
    "AssociateSoftwareToken": Operation(associate_software_token, needs_credentials=False),
    "VerifySoftwareToken": Operation(verify_software_token, needs_credentials=False),
    "SetUserMFAPreference": Operation(set_user_mfa_preference, needs_credentials=False),
    "AdminSetUserMFAPreference": Operation(admin_set_user_mfa_preference),
}
