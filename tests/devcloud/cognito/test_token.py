"""POST /oauth2/token with a code (aws-facts: Cognito token)."""

import base64
import hashlib
from concurrent.futures import ThreadPoolExecutor

import jwt
import pytest

from tests.devcloud.cognito.site import (
    CALLBACK,
    CLIENT_ID,
    CLIENT_SECRET,
    EMAIL,
    VERIFIER,
    authorization,
)


@pytest.fixture
def alice(site):
    return site.person()


@pytest.fixture
def code(site, alice, browser):
    return site.sign_in(browser).answer["code"]


def error_of(response):
    return response.status_code, response.json()


def test_a_code_becomes_three_tokens(site, code):
    response = site.redeem(code)
    assert response.status_code == 200
    assert response.headers["Content-Type"] == "application/json;charset=UTF-8"
    assert response.headers["Cache-Control"] == "no-store"
    body = response.json()
    assert set(body) == {"access_token", "id_token", "refresh_token", "token_type", "expires_in"}
    assert (body["token_type"], body["expires_in"]) == ("Bearer", 1200)


def test_the_id_token_has_the_documented_claims(site, alice, code):
    tokens = site.redeem(code).json()
    claims = site.verified(tokens["id_token"], audience=CLIENT_ID)
    digest = hashlib.sha256(tokens["access_token"].encode()).digest()[:16]
    expected = {
        "sub": alice.sub,
        "aud": CLIENT_ID,
        "iss": site.pool.issuer,
        "token_use": "id",
        "cognito:username": alice.sub,
        "email": EMAIL,
        "email_verified": True,
        "nonce": "nonce-1",
        "at_hash": base64.urlsafe_b64encode(digest).rstrip(b"=").decode(),
    }
    assert expected.items() <= claims.items()
    others = {"auth_time", "iat", "exp", "jti", "origin_jti", "event_id"}
    assert set(claims) == set(expected) | others
    assert claims["exp"] - claims["iat"] == 1800


def test_the_access_token_has_the_documented_claims(site, alice, code):
    claims = site.verified(site.redeem(code).json()["access_token"])
    expected = {
        "sub": alice.sub,
        "iss": site.pool.issuer,
        "client_id": CLIENT_ID,
        "token_use": "access",
        "scope": "openid email",
        "username": alice.sub,
        "version": 2,
    }
    assert expected.items() <= claims.items()
    others = {"auth_time", "iat", "exp", "jti", "origin_jti", "event_id"}
    assert set(claims) == set(expected) | others
    assert claims["exp"] - claims["iat"] == 1200


def test_both_tokens_are_of_one_sign_in_with_own_ids(site, code):
    tokens = site.redeem(code).json()
    id_claims = site.verified(tokens["id_token"], audience=CLIENT_ID)
    access_claims = site.verified(tokens["access_token"])
    assert id_claims["origin_jti"] == access_claims["origin_jti"]
    assert id_claims["event_id"] == access_claims["event_id"]
    assert id_claims["jti"] != access_claims["jti"]


def test_headers_have_kid_and_alg_and_the_keys_differ(site, code):
    tokens = site.redeem(code).json()
    id_header = jwt.get_unverified_header(tokens["id_token"])
    access_header = jwt.get_unverified_header(tokens["access_token"])
    assert set(id_header) == set(access_header) == {"kid", "alg"}
    assert id_header["alg"] == access_header["alg"] == "RS256"
    assert id_header["kid"] != access_header["kid"]


def test_groups_are_in_both_tokens(site, browser):
    site.person("bob@example.com", groups=["admins"])
    tokens = site.tokens(browser, email="bob@example.com")
    assert site.verified(tokens["id_token"], audience=CLIENT_ID)["cognito:groups"] == ["admins"]
    assert site.verified(tokens["access_token"])["cognito:groups"] == ["admins"]


def test_custom_attributes_are_strings_and_need_the_scope_profile(new_site, browser_of):
    site = new_site(pool={"Schema": [{"Name": "age", "AttributeDataType": "Number"}]})
    site.person(attributes={"custom:age": "42", "name": "Alice"})
    with_profile = site.tokens(browser_of(site), scope="openid profile")
    claims = site.verified(with_profile["id_token"], audience=CLIENT_ID)
    assert (claims["custom:age"], claims["name"]) == ("42", "Alice")
    assert "email" not in claims
    without = site.tokens(browser_of(site), scope="openid email")
    claims = site.verified(without["id_token"], audience=CLIENT_ID)
    assert "custom:age" not in claims
    assert "name" not in claims


def test_without_nonce_there_is_none(site, alice, browser):
    tokens = site.tokens(browser, nonce=None)
    assert "nonce" not in site.verified(tokens["id_token"], audience=CLIENT_ID)


def test_without_openid_there_is_no_id_token(new_site, browser_of):
    site = new_site(client={"AllowedOAuthScopes": ["openid", "aws.cognito.signin.user.admin"]})
    site.person()
    tokens = site.tokens(browser_of(site), scope="aws.cognito.signin.user.admin")
    assert "id_token" not in tokens


def test_token_revocation_off_means_no_origin_jti(new_site, browser_of):
    site = new_site(client={"EnableTokenRevocation": False})
    site.person()
    tokens = site.tokens(browser_of(site))
    assert "origin_jti" not in site.verified(tokens["access_token"])


@pytest.mark.parametrize(
    "changes",
    [
        {"code": "c7a1ab0f-0000-4000-8000-000000000000"},
        {"redirect_uri": CALLBACK + "x"},
        {"code_verifier": "w" * 64},
        {"code_verifier": None},
    ],
)
def test_what_does_not_fit_the_code_is_an_invalid_grant(site, code, changes):
    assert error_of(site.redeem(**{"code": code} | changes)) == (400, {"error": "invalid_grant"})


def test_a_verifier_for_a_code_without_challenge_is_an_invalid_grant(site, alice, browser):
    page = site.sign_in(browser, code_challenge=None, code_challenge_method=None)
    answer = site.redeem(page.answer["code"], code_verifier=VERIFIER)
    assert error_of(answer) == (400, {"error": "invalid_grant"})


def test_a_code_works_once(site, code):
    assert site.redeem(code).status_code == 200
    assert error_of(site.redeem(code)) == (400, {"error": "invalid_grant"})


def test_a_code_is_used_up_by_a_wrong_try(site, code):
    site.redeem(code, code_verifier="w" * 64)
    assert error_of(site.redeem(code)) == (400, {"error": "invalid_grant"})


@pytest.mark.parametrize("wrong_round", range(5))
def test_of_parallel_redemptions_one_wins(site, code, wrong_round):
    with ThreadPoolExecutor(6) as executor:
        answers = list(executor.map(lambda _: site.redeem(code).status_code, range(6)))
    assert sorted(answers) == [200, 400, 400, 400, 400, 400]


def test_a_code_lives_five_minutes(site, code, browser):
    site.pool.clock.move(299)
    assert site.redeem(code).status_code == 200
    late = site.sign_in(browser, prompt="login").answer["code"]
    site.pool.clock.move(301)
    assert error_of(site.redeem(late)) == (400, {"error": "invalid_grant"})


def test_a_person_who_was_disabled_in_between_gets_nothing(site, alice, code):
    with site.pool.database.transaction() as connection:
        site.pool.people.change(connection, alice.sub, enabled=False)
    assert error_of(site.redeem(code)) == (400, {"error": "invalid_grant"})


def test_a_half_readable_scope_is_an_invalid_grant(new_site, browser_of):
    site = new_site(client={"ReadAttributes": ["email", "name"]})
    site.person()
    code = site.sign_in(browser_of(site)).answer["code"]
    assert error_of(site.redeem(code)) == (400, {"error": "invalid_grant"})


def test_the_secret_may_be_in_the_form(site, code):
    form = {
        "grant_type": "authorization_code",
        "code": code,
        "redirect_uri": CALLBACK,
        "code_verifier": VERIFIER,
        "client_id": CLIENT_ID,
        "client_secret": CLIENT_SECRET,
    }
    assert site.post("/oauth2/token", form, auth=None).status_code == 200


@pytest.mark.parametrize(
    ("auth", "form"),
    [
        ((CLIENT_ID, "wrong"), {}),
        ((CLIENT_ID, ""), {}),
        ((CLIENT_ID, "é"), {}),
        (None, {"client_id": CLIENT_ID}),
        (None, {"client_id": CLIENT_ID, "client_secret": "wrong"}),
    ],
)
def test_a_wrong_secret_is_an_invalid_client_with_status_400(site, code, auth, form):
    form = {"grant_type": "authorization_code", "code": code} | form
    auth = auth and (auth[0].encode(), auth[1].encode())
    answer = site.post("/oauth2/token", form, auth=auth)
    expected = {"error": "invalid_client", "error_description": "invalid_client_secret"}
    assert error_of(answer) == (400, expected)
    assert site.redeem(code).status_code == 200


@pytest.mark.parametrize("header", ["Basic !!!", "Basic 4pyT", "Bearer x", "Basic"])
def test_no_known_app_client_is_an_invalid_client(site, header):
    answer = site.post(
        "/oauth2/token",
        {"grant_type": "authorization_code"},
        auth=None,
        headers={"Authorization": header},
    )
    assert error_of(answer) == (400, {"error": "invalid_client"})


@pytest.mark.parametrize(
    ("form", "error"),
    [
        ({}, "invalid_request"),
        ({"grant_type": "authorization_code"}, "invalid_request"),
        ({"grant_type": "authorization_code", "code": "x"}, "invalid_request"),
        ({"grant_type": "refresh_token"}, "invalid_request"),
        ({"grant_type": "password"}, "unsupported_grant_type"),
        ({"grant_type": "client_credentials"}, "unsupported_grant_type"),
    ],
)
def test_a_wrong_request_is_named(site, form, error):
    answer = site.post("/oauth2/token", form)
    assert error_of(answer) == (400, {"error": error})
    assert answer.headers["Content-Type"] == "application/json;charset=UTF-8"


def test_it_takes_post_only(site, browser):
    assert browser.open("/oauth2/token").status == 405


def test_an_app_client_without_the_code_flow_is_unauthorized(new_site):
    site = new_site(client={"AllowedOAuthFlowsUserPoolClient": False})
    assert error_of(site.redeem("x")) == (400, {"error": "unauthorized_client"})


def test_a_public_app_client_needs_no_secret(new_site, browser_of):
    site = new_site(secret=None)
    site.person()
    page = browser_of(site).open("/oauth2/authorize", **authorization())
    assert page.status == 200
    form = {"grant_type": "refresh_token", "client_id": CLIENT_ID, "refresh_token": "x"}
    assert error_of(site.post("/oauth2/token", form, auth=None)) == (
        400,
        {"error": "invalid_grant"},
    )
