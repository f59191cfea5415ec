"""Somebody is deleted while an operation of the API about them is under way."""

import json

import pytest
import requests

from devcloud.cognito import totp
from devcloud.cognito.people import Status
from tests.devcloud.cognito.api.conftest import secret_hash
from tests.devcloud.cognito.going import deleted, goes_during
from tests.devcloud.cognito.site import CLIENT_ID, EMAIL, PASSWORD, POOL_ID

NEW = "Another-horse-8"
SECRET = "JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP"
KNOWN = {"USERNAME": EMAIL, "SECRET_HASH": secret_hash(EMAIL)}
CLIENT = {
    "ExplicitAuthFlows": ["ALLOW_ADMIN_USER_PASSWORD_AUTH", "ALLOW_USER_PASSWORD_AUTH"],
}


def api(operation, members, **person):
    """An operation of the API with members that a function finds out before."""

    def prepare(site):
        site.person(**person)
        given = members(site)
        return lambda: call(site, operation, given).status_code

    return prepare


def call(site, operation, members):
    headers = {"X-Amz-Target": f"AWSCognitoIdentityProviderService.{operation}"}
    return requests.post(f"{site.base}/", data=json.dumps(members), headers=headers, timeout=10)


def right_code(site):
    return totp.code_at(SECRET, site.pool.clock.timestamp())


def by_password(_):
    parameters = {**KNOWN, "PASSWORD": PASSWORD}
    return {
        "ClientId": CLIENT_ID,
        "AuthFlow": "USER_PASSWORD_AUTH",
        "AuthParameters": parameters,
    }


def response(name, **answers):
    def members(site):
        session = call(site, "InitiateAuth", by_password(site)).json()["Session"]
        given = {n: v(site) if callable(v) else v for n, v in answers.items()}
        return {
            "ClientId": CLIENT_ID,
            "ChallengeName": name,
            "Session": session,
            "ChallengeResponses": {**KNOWN, **given},
        }

    return members


def by_token(**more):
    def members(site):
        person = site.pool.people.get(EMAIL)
        tokens = site.pool.grants.sign_in(site.pool.app_clients[CLIENT_ID], person).tokens
        return {"AccessToken": tokens.access_token, **more}

    return members


def app_code(site):
    members = by_token()(site)
    secret = call(site, "AssociateSoftwareToken", members).json()["SecretCode"]
    return {**members, "UserCode": totp.code_at(secret, site.pool.clock.timestamp())}


def mailed_code(operation, more):
    def members(site):
        named = {"ClientId": CLIENT_ID, "Username": EMAIL, "SecretHash": KNOWN["SECRET_HASH"]}
        assert call(site, operation, named).status_code == 200
        return {**named, "ConfirmationCode": site.newest_code(), **more}

    return members


def named(**more):
    return lambda _: {"UserPoolId": POOL_ID, "Username": EMAIL, **more}


INVITED = {"status": Status.FORCE_CHANGE_PASSWORD}
UNCONFIRMED = {"status": Status.UNCONFIRMED, "email_verified": False}
WITH_APP = {"totp_secret": SECRET, "uses_totp": True}
HERS = {"email": EMAIL}
NAME = [{"Name": "name", "Value": "Alice"}]
OPERATIONS = {
    "by password": api("InitiateAuth", by_password, **HERS),
    "to a challenge": api("InitiateAuth", by_password, **INVITED),
    "new password": api(
        "RespondToAuthChallenge", response("NEW_PASSWORD_REQUIRED", NEW_PASSWORD=NEW), **INVITED
    ),
    "code of an app": api(
        "RespondToAuthChallenge",
        response("SOFTWARE_TOKEN_MFA", SOFTWARE_TOKEN_MFA_CODE=right_code),
        **WITH_APP,
    ),
    "new app": api("AssociateSoftwareToken", by_token(), **HERS),
    "first code of an app": api("VerifySoftwareToken", app_code, **HERS),
    "MFA preference": api(
        "SetUserMFAPreference", by_token(SoftwareTokenMfaSettings={"Enabled": True}), **WITH_APP
    ),
    "changed password": api(
        "ChangePassword", by_token(PreviousPassword=PASSWORD, ProposedPassword=NEW), **HERS
    ),
    "confirmation": api("ConfirmSignUp", mailed_code("ResendConfirmationCode", {}), **UNCONFIRMED),
    "code for a password": api(
        "ConfirmForgotPassword", mailed_code("ForgotPassword", {"Password": NEW}), **HERS
    ),
    "attributes": api("AdminUpdateUserAttributes", named(UserAttributes=NAME), **HERS),
    "group": api("AdminAddUserToGroup", named(GroupName="admins"), **HERS),
    "new password of an administrator": api(
        "AdminSetUserPassword", named(Password=NEW, Permanent=True), **HERS
    ),
    "reset": api("AdminResetUserPassword", named(), **HERS),
}


@pytest.fixture
def site(new_site, still_clock):
    return new_site(
        client=CLIENT, pool={"MfaConfiguration": "OPTIONAL", "EnabledMfas": ["SOFTWARE_TOKEN_MFA"]}
    )


@pytest.mark.parametrize("name", OPERATIONS)
def test_it_is_an_error_of_the_api(site, monkeypatch, name):
    assert len(goes_during(monkeypatch, site, deleted, OPERATIONS[name])) > 1
