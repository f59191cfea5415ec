"""GET /oauth2/userInfo, discovery and JWKS."""

import pytest
import requests

from tests.devcloud.cognito.site import CLIENT_ID, EMAIL, POOL_ID


def user_info(site, authorization=None):
    headers = {"Authorization": authorization} if authorization else {}
    return requests.get(f"{site.base}/oauth2/userInfo", headers=headers, timeout=10)


@pytest.fixture
def alice(site):
    return site.person()


def test_it_says_who_the_access_token_is_for(site, alice, browser):
    answer = user_info(site, f"Bearer {site.tokens(browser)['access_token']}")
    assert answer.status_code == 200
    assert answer.headers["Content-Type"] == "application/json;charset=UTF-8"
    assert answer.json() == {
        "sub": alice.sub,
        "email": EMAIL,
        "email_verified": "true",
        "username": alice.sub,
    }


@pytest.mark.parametrize("scope", ["openid", "openid aws.cognito.signin.user.admin"])
def test_openid_alone_opens_all_that_the_app_client_may_read(new_site, browser_of, scope):
    readable = ["email", "email_verified", "name"]
    admin = "aws.cognito.signin.user.admin"
    site = new_site(
        client={"ReadAttributes": readable, "AllowedOAuthScopes": ["openid", "email", admin]}
    )
    site.person(attributes={"name": "Alice", "nickname": "Al"})
    tokens = site.tokens(browser_of(site), scope=scope)
    told = user_info(site, f"Bearer {tokens['access_token']}").json()
    assert set(told) == {"sub", "username", *readable}
    claims = site.verified(tokens["id_token"], audience=CLIENT_ID)
    assert (claims["email"], claims["name"]) == (EMAIL, "Alice")
    assert "nickname" not in claims
    narrower = site.tokens(browser_of(site), scope="openid email")
    assert "name" not in user_info(site, f"Bearer {narrower['access_token']}").json()


@pytest.mark.parametrize("header", [None, "Bearer", "Basic abc", "token"])
def test_no_bearer_token_is_an_invalid_request(site, header):
    answer = user_info(site, header)
    assert answer.status_code == 400
    assert answer.headers["WWW-Authenticate"] == (
        'error="invalid_request", error_description="Bad OAuth2 request at UserInfo Endpoint"'
    )


def is_refused(answer):
    text = "Access token is expired, disabled, or deleted, or the user has globally signed out."
    return (
        answer.status_code == 401
        and answer.headers["WWW-Authenticate"]
        == f'error="invalid_token", error_description="{text}"'
        and answer.json() == {"error": "invalid_token", "error_description": text}
    )


@pytest.mark.parametrize("name", ["id_token", "refresh_token"])
def test_other_tokens_are_refused(site, alice, browser, name):
    assert is_refused(user_info(site, f"Bearer {site.tokens(browser)[name]}"))


def test_a_changed_token_is_refused(site, alice, browser):
    token = site.tokens(browser)["access_token"]
    head, claims, signature = token.split(".")
    assert is_refused(user_info(site, f"Bearer {head}.{claims}.{signature[::-1]}"))


def signed(site, access_token, **changes):
    """The token with other claims, signed by the pool's own key."""
    return site.pool.keys.sign("access", site.verified(access_token) | changes)


@pytest.mark.parametrize(
    "changes", [{"client_id": "2example23456789abcdefghij"}, {"token_use": "id"}]
)
def test_a_token_of_no_app_client_or_of_another_use_is_refused(site, alice, browser, changes):
    token = site.tokens(browser)["access_token"]
    assert user_info(site, f"Bearer {signed(site, token)}").status_code == 200
    assert is_refused(user_info(site, f"Bearer {signed(site, token, **changes)}"))


def test_a_token_of_an_app_client_that_was_removed_is_refused(new_site, browser_of):
    site = new_site()
    site.person()
    token = site.tokens(browser_of(site))["access_token"]
    site = new_site(keep_data=True, client_id="2example23456789abcdefghij")
    assert is_refused(user_info(site, f"Bearer {token}"))


def test_an_expired_token_is_refused(site, alice, browser):
    token = site.tokens(browser)["access_token"]
    site.pool.clock.move(1201)
    assert is_refused(user_info(site, f"Bearer {token}"))


def test_a_token_of_somebody_signed_out_everywhere_is_refused(site, alice, browser):
    token = site.tokens(browser)["access_token"]
    site.pool.accounts.sign_out_everywhere(alice.sub)
    assert is_refused(user_info(site, f"Bearer {token}"))


def test_a_token_without_openid_is_refused(new_site, browser_of):
    site = new_site(client={"AllowedOAuthScopes": ["openid", "aws.cognito.signin.user.admin"]})
    site.person()
    tokens = site.tokens(browser_of(site), scope="aws.cognito.signin.user.admin")
    answer = user_info(site, f"Bearer {tokens['access_token']}")
    assert answer.status_code == 401
    assert answer.json() == {
        "error": "invalid_token",
        "error_description": "Access token does not contain the 'openid' scope",
    }


def test_discovery_names_the_endpoints(site):
    url = f"{site.pool.issuer}/.well-known/openid-configuration"
    document = requests.get(url, timeout=10).json()
    assert document["issuer"] == f"{site.base}/{POOL_ID}"
    assert document["jwks_uri"] == f"{site.base}/{POOL_ID}/.well-known/jwks.json"
    assert document["authorization_endpoint"] == f"{site.base}/oauth2/authorize"
    assert document["token_endpoint"] == f"{site.base}/oauth2/token"
    assert document["userinfo_endpoint"] == f"{site.base}/oauth2/userInfo"
    assert document["revocation_endpoint"] == f"{site.base}/oauth2/revoke"
    assert document["end_session_endpoint"] == f"{site.base}/logout"


def test_jwks_has_public_halves_only(site):
    keys = requests.get(f"{site.pool.issuer}/.well-known/jwks.json", timeout=10).json()["keys"]
    assert len(keys) == 2
    for key in keys:
        assert set(key) == {"alg", "e", "kid", "kty", "n", "use"}
        assert (key["alg"], key["kty"], key["use"]) == ("RS256", "RSA", "sig")


def test_after_a_rotation_new_keys_sign_and_old_tokens_still_verify(site, alice, browser):
    old = site.tokens(browser)["access_token"]
    site.pool.rotate_signing_keys()
    new = site.tokens(browser, prompt="login")["access_token"]
    assert site.verified(old)["sub"] == site.verified(new)["sub"] == alice.sub
    assert old.split(".")[0] != new.split(".")[0]
    assert len(site.pool.jwks()["keys"]) == 4


def test_a_token_of_the_api_is_refused(site, alice):
    app_client = site.pool.app_clients[CLIENT_ID]
    granted = site.pool.grants.sign_in(app_client, alice)
    answer = user_info(site, f"Bearer {granted.tokens.access_token}")
    assert (answer.status_code, answer.json()["error"]) == (401, "invalid_token")
