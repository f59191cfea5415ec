"""Signing in by the API, challenges, refresh and revocation."""

import jwt
import pytest

from devcloud.cognito import totp
from devcloud.cognito.people import Status
from tests.devcloud.cognito.api.conftest import secret_hash
from tests.devcloud.cognito.site import CLIENT_ID, CLIENT_SECRET, EMAIL, PASSWORD

PASSWORD_CLIENT = {
    "ExplicitAuthFlows": ["ALLOW_ADMIN_USER_PASSWORD_AUTH", "ALLOW_USER_PASSWORD_AUTH"]
}
REFRESH_CLIENT = {
    "ExplicitAuthFlows": ["ALLOW_ADMIN_USER_PASSWORD_AUTH", "ALLOW_REFRESH_TOKEN_AUTH"],
    "RefreshTokenRotation": {"Feature": "DISABLED"},
}
USED = ("ExpiredCodeException", "Your software token has already been used once.")
WITH_MFA = {"MfaConfiguration": "OPTIONAL", "EnabledMfas": ["SOFTWARE_TOKEN_MFA"]}


@pytest.fixture
def site(new_site):
    return new_site(client=PASSWORD_CLIENT)


@pytest.fixture
def alice(site):
    return site.person()


def credentials(email=EMAIL, password=PASSWORD, **changes):
    given = {"USERNAME": email, "PASSWORD": password, "SECRET_HASH": secret_hash(email)} | changes
    return {name: value for name, value in given.items() if value is not None}


def request(flow="ADMIN_USER_PASSWORD_AUTH", **changes):
    return {"ClientId": CLIENT_ID, "AuthFlow": flow, "AuthParameters": credentials(**changes)}


@pytest.mark.parametrize("flow", ["ADMIN_USER_PASSWORD_AUTH", "ADMIN_NO_SRP_AUTH"])
def test_a_password_becomes_three_tokens(site, alice, call, flow):
    result = call("admin_initiate_auth", **request(flow))["AuthenticationResult"]
    assert (result["TokenType"], result["ExpiresIn"]) == ("Bearer", 1200)
    claims = site.verified(result["IdToken"], audience=CLIENT_ID)
    assert (claims["sub"], claims["email"]) == (alice.sub, EMAIL)
    scope = site.verified(result["AccessToken"])["scope"]
    assert scope == "aws.cognito.signin.user.admin"
    assert site.refresh(result["RefreshToken"]).status_code == 200


def test_people_can_sign_in_themselves(alice, call):
    answer = call.open("initiate_auth", **request("USER_PASSWORD_AUTH"))
    assert answer["AuthenticationResult"]["IdToken"]


@pytest.mark.parametrize(
    ("operation", "flow"),
    [
        ("admin_initiate_auth", "USER_PASSWORD_AUTH"),
        ("initiate_auth", "ADMIN_USER_PASSWORD_AUTH"),
        ("initiate_auth", "USER_SRP_AUTH"),
        ("initiate_auth", "REFRESH_TOKEN_AUTH"),
    ],
)
def test_other_flows_are_refused(alice, call, operation, flow):
    fails = call.fails if operation.startswith("admin") else call.open_fails
    assert fails(operation, **request(flow))[0] == "InvalidParameterException"


def test_a_flow_must_be_allowed_for_the_app_client(new_site, call_for):
    site = new_site()
    site.person()
    error = call_for(site).fails("admin_initiate_auth", **request())
    assert error == ("InvalidParameterException", "Auth flow not enabled for this client")


@pytest.mark.parametrize(
    ("changes", "text"),
    [
        ({"password": "wrong"}, "Incorrect username or password."),
        ({"email": "nobody@example.com"}, "Incorrect username or password."),
        (
            {"SECRET_HASH": None},
            f"Client {CLIENT_ID} is configured with secret but SECRET_HASH was not received",
        ),
        ({"SECRET_HASH": "wrong"}, f"Unable to verify secret hash for client {CLIENT_ID}"),
    ],
)
def test_wrong_credentials_are_not_authorized(alice, call, changes, text):
    error = call.fails("admin_initiate_auth", **request(**changes))
    assert error == ("NotAuthorizedException", text)


@pytest.mark.parametrize("name", ["USERNAME", "PASSWORD"])
def test_a_missing_parameter_is_named(alice, call, name):
    given = request(**{name: None})
    assert call.fails("admin_initiate_auth", **given) == (
        "InvalidParameterException",
        f"Missing required parameter {name}",
    )


@pytest.mark.parametrize(
    ("changes", "error"),
    [
        ({"status": Status.UNCONFIRMED}, "UserNotConfirmedException"),
        ({"status": Status.RESET_REQUIRED}, "PasswordResetRequiredException"),
        ({"enabled": False}, "NotAuthorizedException"),
    ],
)
def test_a_person_s_state_is_named(site, call, changes, error):
    site.person(**changes)
    assert call.fails("admin_initiate_auth", **request())[0] == error


def test_an_app_client_may_say_who_exists(new_site, call_for):
    site = new_site(client={**PASSWORD_CLIENT, "PreventUserExistenceErrors": "LEGACY"})
    error = call_for(site).fails("admin_initiate_auth", **request())
    assert error == ("UserNotFoundException", "User does not exist.")


def respond(challenge, answer_with=None, **responses):
    return {
        "ClientId": CLIENT_ID,
        "ChallengeName": answer_with or challenge["ChallengeName"],
        "Session": challenge["Session"],
        "ChallengeResponses": {
            "USERNAME": EMAIL,
            "SECRET_HASH": secret_hash(EMAIL),
            **responses,
        },
    }


def test_a_temporary_password_has_to_be_changed(site, call):
    site.person(status=Status.FORCE_CHANGE_PASSWORD)
    challenge = call("admin_initiate_auth", **request())
    assert challenge["ChallengeName"] == "NEW_PASSWORD_REQUIRED"
    weak = respond(challenge, NEW_PASSWORD="short")
    error = call.fails("admin_respond_to_auth_challenge", **weak)
    assert error[0] == "InvalidPasswordException"
    strong = respond(challenge, NEW_PASSWORD="Another-horse-8")
    answer = call("admin_respond_to_auth_challenge", **strong)
    assert answer["AuthenticationResult"]["IdToken"]
    again = call.fails("admin_respond_to_auth_challenge", **strong)
    assert again == ("NotAuthorizedException", "Invalid session for the user.")
    assert call("admin_initiate_auth", **request(password="Another-horse-8"))


def test_a_temporary_password_expires(site, call):
    site.person(status=Status.FORCE_CHANGE_PASSWORD)
    site.pool.clock.move(7 * 86400 + 1)
    assert call.fails("admin_initiate_auth", **request()) == (
        "NotAuthorizedException",
        "Temporary password has expired and must be reset by an administrator.",
    )


@pytest.mark.parametrize("seconds", [179, 181])
def test_a_challenge_is_open_for_three_minutes(site, call, seconds):
    site.person(status=Status.FORCE_CHANGE_PASSWORD)
    challenge = call("admin_initiate_auth", **request())
    site.pool.clock.move(seconds)
    answer = respond(challenge, NEW_PASSWORD="Another-horse-8")
    if seconds < 180:
        assert call("admin_respond_to_auth_challenge", **answer)["AuthenticationResult"]
    else:
        error = call.fails("admin_respond_to_auth_challenge", **answer)
        assert error == ("NotAuthorizedException", "Invalid session for the user.")


def test_a_challenge_is_answered_by_its_own_name_only(site, call):
    site.person(status=Status.FORCE_CHANGE_PASSWORD)
    challenge = call("admin_initiate_auth", **request())
    other = respond(challenge, "SOFTWARE_TOKEN_MFA", SOFTWARE_TOKEN_MFA_CODE="000000")
    error = call.fails("admin_respond_to_auth_challenge", **other)
    assert error[0] == "NotAuthorizedException"


def test_an_authenticator_app_is_set_up_and_asked_for(new_site, call_for):
    site = new_site(client=PASSWORD_CLIENT, pool=WITH_MFA)
    site.person()
    call = call_for(site)
    token = call("admin_initiate_auth", **request())["AuthenticationResult"]["AccessToken"]
    secret = call.open("associate_software_token", AccessToken=token)["SecretCode"]
    code = totp.code_at(secret, site.pool.clock.timestamp())
    wrong = "000000" if code != "000000" else "000001"
    error = call.open_fails("verify_software_token", AccessToken=token, UserCode=wrong)
    assert error[0] == "EnableSoftwareTokenMFAException"
    answer = call.open("verify_software_token", AccessToken=token, UserCode=code)
    assert answer["Status"] == "SUCCESS"
    error = call.open_fails("verify_software_token", AccessToken=token, UserCode=code)
    assert error[0] == "EnableSoftwareTokenMFAException"
    settings = {"Enabled": True, "PreferredMfa": True}
    call.open("set_user_mfa_preference", AccessToken=token, SoftwareTokenMfaSettings=settings)
    assert call("admin_get_user", Username=EMAIL)["UserMFASettingList"] == ["SOFTWARE_TOKEN_MFA"]
    challenge = call("admin_initiate_auth", **request())
    assert challenge["ChallengeName"] == "SOFTWARE_TOKEN_MFA"
    error = call.fails(
        "admin_respond_to_auth_challenge", **respond(challenge, SOFTWARE_TOKEN_MFA_CODE=wrong)
    )
    assert error == ("CodeMismatchException", "Invalid code received for user")
    again = respond(challenge, SOFTWARE_TOKEN_MFA_CODE=code)
    assert call.fails("admin_respond_to_auth_challenge", **again) == USED
    site.pool.clock.move(30)
    code = totp.code_at(secret, site.pool.clock.timestamp())
    right = respond(challenge, SOFTWARE_TOKEN_MFA_CODE=code)
    assert call("admin_respond_to_auth_challenge", **right)["AuthenticationResult"]
    challenge = call("admin_initiate_auth", **request())
    again = respond(challenge, SOFTWARE_TOKEN_MFA_CODE=code)
    assert call.fails("admin_respond_to_auth_challenge", **again) == USED
    off = {"SoftwareTokenMfaSettings": {"Enabled": False}}
    call("admin_set_user_mfa_preference", Username=EMAIL, **off)
    assert call("admin_initiate_auth", **request())["AuthenticationResult"]


def test_a_pool_may_insist_on_an_authenticator_app(new_site, call_for):
    site = new_site(client=PASSWORD_CLIENT, pool={**WITH_MFA, "MfaConfiguration": "ON"})
    site.person()
    call = call_for(site)
    challenge = call("admin_initiate_auth", **request())
    assert challenge["ChallengeName"] == "MFA_SETUP"
    too_early = call.fails("admin_respond_to_auth_challenge", **respond(challenge))
    assert too_early[0] == "InvalidParameterException"
    answer = call.open("associate_software_token", Session=challenge["Session"])
    code = totp.code_at(answer["SecretCode"], site.pool.clock.timestamp())
    answer = call.open("verify_software_token", Session=answer["Session"], UserCode=code)
    done = respond(challenge | {"Session": answer["Session"]})
    assert call("admin_respond_to_auth_challenge", **done)["AuthenticationResult"]
    assert call("admin_initiate_auth", **request())["ChallengeName"] == "SOFTWARE_TOKEN_MFA"


def refresh_request(refresh_token, secret=CLIENT_SECRET):
    given = {"ClientId": CLIENT_ID, "RefreshToken": refresh_token}
    return given | ({"ClientSecret": secret} if secret else {})


def test_a_refresh_rotates_the_token(site, alice, call):
    first = call("admin_initiate_auth", **request())["AuthenticationResult"]["RefreshToken"]
    answer = call.open("get_tokens_from_refresh_token", **refresh_request(first))
    second = answer["AuthenticationResult"]["RefreshToken"]
    assert second != first
    site.pool.clock.move(11)
    error = call.open_fails("get_tokens_from_refresh_token", **refresh_request(first))
    assert error[0] == "RefreshTokenReuseException"
    answer = call.open("get_tokens_from_refresh_token", **refresh_request(second))
    assert answer["AuthenticationResult"]["IdToken"]


@pytest.mark.parametrize("secret", [None, "wrong" * 5])
def test_a_refresh_needs_the_secret(site, alice, call, secret):
    token = call("admin_initiate_auth", **request())["AuthenticationResult"]["RefreshToken"]
    error = call.open_fails("get_tokens_from_refresh_token", **refresh_request(token, secret))
    assert error[0] == "NotAuthorizedException"
    error = call.open_fails("revoke_token", ClientId=CLIENT_ID, Token=token, ClientSecret="x" * 24)
    assert error[0] == "UnauthorizedException"


def test_an_unknown_refresh_token_is_not_authorized(call):
    error = call.open_fails("get_tokens_from_refresh_token", **refresh_request("x"))
    assert error == ("NotAuthorizedException", "Invalid Refresh Token")


def test_without_rotation_initiate_auth_refreshes(new_site, call_for):
    site = new_site(client=REFRESH_CLIENT)
    alice, call = site.person(), call_for(site)
    result = call("admin_initiate_auth", **request())["AuthenticationResult"]
    given = {"REFRESH_TOKEN": result["RefreshToken"], "SECRET_HASH": secret_hash(alice.sub)}
    answer = call.open(
        "initiate_auth",
        ClientId=CLIENT_ID,
        AuthFlow="REFRESH_TOKEN_AUTH",
        AuthParameters=given,
    )["AuthenticationResult"]
    assert "RefreshToken" not in answer
    old = jwt.decode(result["IdToken"], options={"verify_signature": False})
    new = jwt.decode(answer["IdToken"], options={"verify_signature": False})
    assert (new["origin_jti"], new["auth_time"]) == (old["origin_jti"], old["auth_time"])


def test_revoking_ends_all_tokens_of_the_sign_in(site, alice, call):
    result = call("admin_initiate_auth", **request())["AuthenticationResult"]
    given = {"ClientId": CLIENT_ID, "ClientSecret": CLIENT_SECRET}
    call.open("revoke_token", Token=result["RefreshToken"], **given)
    call.open("revoke_token", Token=result["RefreshToken"], **given)
    error = call.open_fails(
        "get_tokens_from_refresh_token", **refresh_request(result["RefreshToken"])
    )
    assert error[0] == "NotAuthorizedException"
    error = call.open_fails("get_user", AccessToken=result["AccessToken"])
    assert error == ("NotAuthorizedException", "Invalid Access Token")
    error = call.open_fails("revoke_token", Token=result["IdToken"], **given)
    assert error[0] == "UnsupportedTokenTypeException"


def test_failures_lock_the_api_too(site, alice, call):
    for _ in range(5):
        call.fails("admin_initiate_auth", **request(password="wrong"))
    error = call.fails("admin_initiate_auth", **request())
    assert error == ("NotAuthorizedException", "Password attempts exceeded")
