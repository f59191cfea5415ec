"""What AWS documents of tokens: how they are had and what they say."""

import jwt
import pytest
import requests

from tests.devcloud.rows.exchanges import (
    INVALID_GRANT,
    claims,
    error_of,
    failure,
    password_sign_in,
    refresh,
    revoke,
    secret_hash,
    user_info,
)
from tests.devcloud.rows.row import Rows
from tests.second_opinion.running_stack import CALLBACK

row = Rows()


@row(
    "/oauth2/token takes a POST form with client_secret_basic or client_secret_post; errors are 400"
    " application/json;charset=UTF-8 with invalid_request, invalid_client, invalid_grant,"
    " unauthorized_client or unsupported_grant_type"
)
def the_token_endpoint_names_errors(aws):
    stack, api_client = aws.stack, aws.app_client("API")
    assert requests.get(f"{stack.base}/oauth2/token", timeout=10).status_code == 405
    email = aws.person()
    assert stack.exchange(stack.code_for(email)).status_code == 200
    in_form = {
        "grant_type": "authorization_code",
        "code": stack.code_for(email, code_challenge=None, code_challenge_method=None),
        "redirect_uri": CALLBACK,
        "client_id": stack.app_client_id,
        "client_secret": stack.app_client_secret,
    }
    posted = requests.post(f"{stack.base}/oauth2/token", data=in_form, timeout=10)
    assert posted.status_code == 200
    for answer, error in (
        (stack.token_request(grant_type="authorization_code"), "invalid_request"),
        (stack.token_request(secret="wrong", grant_type="refresh_token"), "invalid_client"),
        (stack.exchange("no-code"), "invalid_grant"),
        (api_client.exchange("no-code"), "unauthorized_client"),
        (stack.token_request(grant_type="password"), "unsupported_grant_type"),
    ):
        assert (answer.status_code, answer.json()["error"]) == (400, error)
        assert answer.headers["Content-Type"] == "application/json;charset=UTF-8"


@row(
    'a wrong or missing secret is 400 {"error":"invalid_client","error_description":'
    '"invalid_client_secret"}; a bad or used code or a revoked refresh token is 400'
    ' {"error":"invalid_grant"} without description'
)
def wrong_secrets_and_used_codes(aws):
    stack = aws.stack
    wrong = {"error": "invalid_client", "error_description": "invalid_client_secret"}
    code = stack.code_for(aws.person())
    assert error_of(stack.exchange(code, secret="wrong")) == (400, wrong)
    unproven = {"grant_type": "authorization_code", "code": code, "client_id": stack.app_client_id}
    missing = requests.post(f"{stack.base}/oauth2/token", data=unproven, timeout=10)
    assert error_of(missing) == (400, wrong)
    tokens = stack.exchange(code).json()
    assert error_of(stack.exchange(code)) == INVALID_GRANT
    assert error_of(stack.exchange("bad")) == INVALID_GRANT
    revoke(stack, tokens["refresh_token"])
    assert error_of(refresh(stack, tokens)) == INVALID_GRANT


@row(
    "invalid_grant also when the app client cannot read every attribute of a requested scope"
    " (email readable, email_verified not)"
)
def half_readable_scopes(aws):
    partial, email = aws.app_client("PARTIAL"), aws.person()
    assert error_of(partial.exchange(partial.code_for(email))) == INVALID_GRANT
    assert partial.exchange(partial.code_for(email, scope="openid")).status_code == 200


@row(
    "the code grant returns ID, access and refresh token, token_type Bearer and expires_in;"
    " the refresh grant returns no refresh token unless rotation is on"
)
def grants_return_tokens(aws):
    email, full = aws.person(), aws.app_client("FULL")
    tokens = aws.stack.sign_in(email)
    members = {"id_token", "access_token", "token_type", "expires_in"}
    assert set(tokens) == members | {"refresh_token"}
    assert (tokens["token_type"], tokens["expires_in"]) == ("Bearer", 3600)
    assert set(refresh(aws.stack, tokens).json()) == members
    assert set(refresh(full, full.sign_in(email)).json()) == members | {"refresh_token"}


@row(
    "rotation has a grace period of 0 to 60 s; it needs GetTokensFromRefreshToken, for"
    " REFRESH_TOKEN_AUTH is for rotation off; reuse is a RefreshTokenReuseException"
)
def refresh_tokens_rotate(aws):
    full = aws.app_client("FULL")
    tokens = full.sign_in(aws.person())
    request = {
        "RefreshToken": tokens["refresh_token"],
        "ClientId": full.app_client_id,
        "ClientSecret": full.app_client_secret,
    }

    def renew():
        return full.user_pool.get_tokens_from_refresh_token(**request)["AuthenticationResult"]

    assert renew()["RefreshToken"] != tokens["refresh_token"]
    aws.later(55)
    assert renew()["IdToken"]
    aws.later(6)
    assert failure(renew)[0] == "RefreshTokenReuseException"
    by_flow = {
        "ClientId": full.app_client_id,
        "AuthFlow": "REFRESH_TOKEN_AUTH",
        "AuthParameters": {
            "REFRESH_TOKEN": tokens["refresh_token"],
            "SECRET_HASH": secret_hash(full, claims(tokens["id_token"])["sub"]),
        },
    }
    assert failure(full.user_pool.initiate_auth, **by_flow)[0] == "InvalidParameterException"
    api_client, known = aws.app_client("API"), aws.person()
    off = password_sign_in(api_client, known)["AuthenticationResult"]
    by_flow |= {"ClientId": api_client.app_client_id}
    by_flow["AuthParameters"] = {
        "REFRESH_TOKEN": off["RefreshToken"],
        "SECRET_HASH": secret_hash(api_client, claims(off["IdToken"])["sub"]),
    }
    assert api_client.user_pool.initiate_auth(**by_flow)["AuthenticationResult"]["IdToken"]
    at_once = ("RetryGracePeriodSeconds: 60", "RetryGracePeriodSeconds: 0")
    without_grace = aws.variant(at_once)
    strict = without_grace.app_client("FULL")
    strict_tokens = strict.sign_in(without_grace.person())
    assert refresh(strict, strict_tokens).status_code == 200
    assert error_of(refresh(strict, strict_tokens)) == INVALID_GRANT
    too_long = ("RetryGracePeriodSeconds: 60", "RetryGracePeriodSeconds: 61")
    assert "RefreshTokenRotation" in aws.refusal_of(too_long)


@row(
    "lifetimes: ID and access token 5 minutes to 24 hours (default 1 hour), refresh token 1 hour"
    " to 3,650 days (default 30 days)"
)
def lifetimes_have_limits(aws):
    email, full = aws.person(), aws.app_client("FULL")
    default, chosen = aws.stack.sign_in(email), full.sign_in(email)
    lives = [
        claims(tokens[name])["exp"] - claims(tokens[name])["iat"]
        for tokens in (default, chosen)
        for name in ("id_token", "access_token")
    ]
    assert lives == [3600, 3600, 300, 24 * 3600]
    aws.later(3600 - 30)
    chosen = refresh(full, chosen).json()
    aws.later(31)
    assert error_of(refresh(full, chosen)) == INVALID_GRANT
    aws.later(30 * 24 * 3600 - 3700)
    assert refresh(aws.stack, default).status_code == 200
    aws.later(200)
    assert error_of(refresh(aws.stack, default)) == INVALID_GRANT
    for name, right, wrong in (
        ("IdTokenValidity", 5, 4),
        ("IdTokenValidity", 5, 24 * 60 + 1),
        ("AccessTokenValidity", 24, 25),
        ("RefreshTokenValidity", 1, 3650 * 24 + 1),
    ):
        assert name in aws.refusal_of((f" {name}: {right}\n", f" {name}: {wrong}\n"))
    in_minutes = ("AccessToken: hours, RefreshToken: hours", "AccessToken: minutes")
    for name, right, wrong in (("AccessTokenValidity", 24, 4), ("AccessTokenValidity", 24, 1441)):
        changes = (f" {name}: {right}\n", f" {name}: {wrong}\n"), in_minutes
        assert name in aws.refusal_of(*changes)
    longest = aws.variant(
        (" IdTokenValidity: 5\n", " IdTokenValidity: 1440\n"),
        (" RefreshTokenValidity: 1\n", f" RefreshTokenValidity: {3650 * 24}\n"),
    )
    tokens = longest.app_client("FULL").sign_in(longest.person())
    assert claims(tokens["id_token"])["exp"] - claims(tokens["id_token"])["iat"] == 24 * 3600
    longest.later(3650 * 24 * 3600 - 60)
    assert refresh(longest.app_client("FULL"), tokens).status_code == 200


@row(
    "the ID token has sub, aud, iss, token_use=id, auth_time, iat, exp, jti, origin_jti,"
    " cognito:username, cognito:groups, email, email_verified, nonce and custom:* as strings; the"
    " access token sub, iss, client_id, token_use=access, scope, auth_time, iat, exp, jti,"
    " origin_jti, username, cognito:groups and no aud"
)
def tokens_have_their_claims(aws):
    email, full = aws.person(), aws.app_client("FULL")
    person = {"UserPoolId": full.user_pool_id, "Username": email}
    full.user_pool.admin_update_user_attributes(
        **person, UserAttributes=[{"Name": "custom:age", "Value": "42"}]
    )
    full.user_pool.admin_add_user_to_group(**person, GroupName="admins")
    tokens = full.sign_in(email, scope="openid email profile")
    id_claims, access_claims = claims(tokens["id_token"]), claims(tokens["access_token"])
    shared = {"sub", "iss", "token_use", "auth_time", "iat", "exp", "jti", "origin_jti"}
    own = {"aud", "cognito:username", "email", "email_verified", "nonce", "custom:age"}
    assert shared | own | {"cognito:groups"} <= set(id_claims)
    assert shared | {"client_id", "scope", "username", "cognito:groups"} <= set(access_claims)
    assert "aud" not in access_claims
    assert (id_claims["token_use"], access_claims["token_use"]) == ("id", "access")
    assert (id_claims["custom:age"], id_claims["cognito:groups"]) == ("42", ["admins"])
    assert id_claims["aud"] == access_claims["client_id"] == full.app_client_id


@row(
    "headers have kid and alg RS256, ID and access token are signed with different keys of the"
    " JWKS; a refresh keeps auth_time"
)
def tokens_are_signed_with_two_keys(aws):
    tokens = aws.stack.sign_in(aws.person())
    issuer = claims(tokens["id_token"])["iss"]
    jwks = requests.get(f"{issuer}/.well-known/jwks.json", timeout=10).json()
    keys = {key["kid"]: jwt.PyJWK(key) for key in jwks["keys"]}
    kids = []
    for name in ("id_token", "access_token"):
        header = jwt.get_unverified_header(tokens[name])
        assert header == {"kid": header["kid"], "alg": "RS256"}
        kids.append(header["kid"])
        jwt.decode(
            tokens[name], keys[kids[-1]], algorithms=["RS256"], options={"verify_aud": False}
        )
    assert kids[0] != kids[1]
    aws.later(600)
    renewed = claims(refresh(aws.stack, tokens).json()["id_token"])
    assert renewed["auth_time"] == claims(tokens["id_token"])["auth_time"]
    assert renewed["iat"] >= claims(tokens["id_token"])["iat"] + 600


@row(
    "/oauth2/userInfo takes GET with a Bearer access token that has openid; otherwise 401"
    " invalid_token, `Access token does not contain the 'openid' scope`, or 400 invalid_request;"
    " tokens of the API (InitiateAuth) are refused"
)
def user_info_wants_openid(aws):
    email, full = aws.person(), aws.app_client("FULL")
    tokens = full.sign_in(email)
    assert user_info(full, tokens["access_token"]).json()["email"] == email
    without = full.sign_in(email, scope="aws.cognito.signin.user.admin")["access_token"]
    text = "Access token does not contain the 'openid' scope"
    refused = user_info(full, without)
    assert "invalid_token" in refused.headers["WWW-Authenticate"]
    assert error_of(refused) == (401, {"error": "invalid_token", "error_description": text})
    other = password_sign_in(aws.app_client("API"), email)["AuthenticationResult"]["AccessToken"]
    for token in (tokens["id_token"], other):
        answer = user_info(full, token)
        assert (answer.status_code, answer.json()["error"]) == (401, "invalid_token")
        assert "invalid_token" in answer.headers["WWW-Authenticate"]
    nothing = requests.get(f"{full.base}/oauth2/userInfo", timeout=10)
    assert nothing.status_code == 400
    assert "invalid_request" in nothing.headers["WWW-Authenticate"]


@pytest.mark.parametrize("check", row.cases)
def test_row(check, aws):
    check(aws)
