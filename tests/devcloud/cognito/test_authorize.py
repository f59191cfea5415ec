"""GET /oauth2/authorize (aws-facts: Cognito authorize / login)."""

from urllib.parse import parse_qs, urlsplit

import pytest
import requests

from tests.devcloud.cognito.site import CALLBACK, CHALLENGE, CLIENT_ID, authorization


def authorize(site, **changes):
    """The bare answer, without following it."""
    return requests.get(
        f"{site.base}/oauth2/authorize",
        params=authorization(**changes),
        allow_redirects=False,
        timeout=10,
    )


def test_it_redirects_to_the_sign_in_page_with_the_same_parameters(site):
    others = {"idp_identifier": "an-idp", "resource": "https://api.example", "prompt": "login"}
    answer = authorize(site, **others)
    target = urlsplit(answer.headers["Location"])
    assert (answer.status_code, target.path) == (302, "/login")
    given = {name: values[0] for name, values in parse_qs(target.query).items()}
    assert given == authorization(**others)


def test_a_page_s_own_notice_is_not_handed_on(site, browser):
    answer = authorize(site, notice="confirmed")
    assert "notice" not in answer.headers["Location"]


@pytest.mark.parametrize("method", ["post", "put", "delete"])
def test_it_takes_get_only(site, method):
    answer = requests.request(method, f"{site.base}/oauth2/authorize", timeout=10)
    assert answer.status_code == 405


@pytest.mark.parametrize(
    "redirect_uri",
    [
        "https://evil.example/",
        CALLBACK.rstrip("/"),
        CALLBACK + "?next=/",
        CALLBACK + "#fragment",
        CALLBACK.upper(),
        "http://localhost:8000/oidc/callback/../callback/",
        "/oidc/callback/",
        "",
        None,
    ],
)
def test_an_address_that_is_not_registered_gets_no_answer(site, browser, redirect_uri):
    answer = authorize(site, redirect_uri=redirect_uri)
    assert answer.status_code == 302
    assert answer.headers["Location"] == f"/error?error=redirect_mismatch&client_id={CLIENT_ID}"
    page = browser.open(answer.headers["Location"])
    assert page.status == 400
    assert "An error was encountered with the requested page." in page.text


def test_an_unknown_app_client_gets_no_answer(site):
    location = authorize(site, client_id="nobody").headers["Location"]
    assert location == "/error?error=invalid_client&client_id=nobody"


@pytest.mark.parametrize(
    ("changes", "error"),
    [
        ({"response_type": None}, "invalid_request"),
        ({"response_type": "banana"}, "invalid_request"),
        ({"code_challenge_method": None}, "invalid_request"),
        ({"code_challenge": None}, "invalid_request"),
        ({"code_challenge_method": "plain"}, "invalid_request"),
        ({"code_challenge": "short"}, "invalid_request"),
        ({"identity_provider": "Google"}, "invalid_request"),
        ({"response_type": "token"}, "unauthorized_client"),
        ({"scope": "openid banana"}, "invalid_scope"),
        ({"scope": "email"}, "invalid_scope"),
        ({"scope": "phone"}, "invalid_scope"),
    ],
)
def test_a_wrong_request_is_sent_back_with_its_error_and_state(site, changes, error):
    answer = authorize(site, **changes)
    assert answer.status_code == 302
    assert answer.headers["Location"] == f"{CALLBACK}?error={error}&state=state-1"


def test_without_state_there_is_none_in_the_answer(site):
    location = authorize(site, state=None, response_type=None).headers["Location"]
    assert location == f"{CALLBACK}?error=invalid_request"


def test_an_app_client_without_the_code_flow_is_unauthorized(new_site):
    site = new_site(client={"AllowedOAuthFlowsUserPoolClient": False})
    location = authorize(site).headers["Location"]
    assert location == f"{CALLBACK}?error=unauthorized_client&state=state-1"


def test_a_scope_that_is_not_enabled_is_ignored(site, browser):
    site.person()
    tokens = site.tokens(browser, scope="openid email aws.cognito.signin.user.admin")
    assert site.verified(tokens["access_token"])["scope"] == "openid email"


def test_no_scope_means_all_of_the_app_client(site, browser):
    site.person()
    tokens = site.tokens(browser, scope=None)
    assert site.verified(tokens["access_token"])["scope"] == "openid email profile"


def test_a_state_comes_back_as_it_was(site, browser):
    site.person()
    state = 'a&b=c d+%2F"é'
    assert site.sign_in(browser, state=state).answer["state"] == state


def test_pkce_is_optional(site, browser):
    site.person()
    page = site.sign_in(browser, code_challenge=None, code_challenge_method=None)
    assert site.redeem(page.answer["code"], code_verifier=None).status_code == 200


def test_a_valid_cookie_is_not_asked_again(site, browser):
    site.person()
    first = site.sign_in(browser)
    second = browser.open("/oauth2/authorize", **authorization(state="again"))
    assert second.location.startswith(CALLBACK)
    assert second.answer["state"] == "again"
    assert second.answer["code"] != first.answer["code"]


def test_the_cookie_keeps_the_time_of_the_password(site, browser):
    site.person()
    first = site.verified(site.tokens(browser)["access_token"])
    site.pool.clock.move(1800)
    code = browser.open("/oauth2/authorize", **authorization()).answer["code"]
    second = site.verified(site.redeem(code).json()["access_token"], options={"verify_iat": False})
    assert second["auth_time"] == first["auth_time"]
    assert second["iat"] >= first["iat"] + 1800


def test_the_cookie_ends_after_an_hour_however_much_it_is_used(site, browser):
    site.person()
    site.sign_in(browser)
    site.pool.clock.move(3500)
    assert browser.open("/oauth2/authorize", **authorization()).location
    site.pool.clock.move(101)
    assert "Sign in" in browser.open("/oauth2/authorize", **authorization()).text


def test_prompt_none_answers_instead_of_asking(site, browser):
    page = browser.open("/oauth2/authorize", **authorization(prompt="none"))
    assert page.location == f"{CALLBACK}?error=login_required&state=state-1"


def test_prompt_none_goes_on_silently_with_a_valid_cookie(site, browser):
    site.person()
    site.sign_in(browser)
    assert browser.open("/oauth2/authorize", **authorization(prompt="none")).answer["code"]


def test_prompt_login_asks_in_spite_of_a_valid_cookie(site, browser):
    site.person()
    site.sign_in(browser)
    page = browser.open("/oauth2/authorize", **authorization(prompt="login"))
    assert page.forms[0]["fields"].keys() >= {"username", "password"}


def test_the_classic_hosted_ui_knows_neither_prompt_nor_lang(new_site, browser_of):
    site = new_site(domain={"Domain": "notesite", "ManagedLoginVersion": 1})
    browser = browser_of(site)
    page = browser.open("/oauth2/authorize", **authorization(prompt="none", lang="de"))
    assert "Forgot your password?" in page.links
    site.person()
    site.sign_in(browser)
    assert browser.open("/oauth2/authorize", **authorization(prompt="login")).answer["code"]


def test_login_hint_fills_the_address_in(site, browser):
    page = browser.open("/oauth2/authorize", **authorization(login_hint="me@example.com"))
    assert page.forms[0]["fields"]["username"] == "me@example.com"


def test_the_sign_in_page_itself_refuses_what_authorize_refuses(site, browser):
    page = browser.open("/login", **authorization(redirect_uri="https://evil.example/"))
    assert page.status == 400
    location = browser.open("/login", **authorization(code_challenge_method="plain")).location
    assert location == f"{CALLBACK}?error=invalid_request&state=state-1"


def test_a_challenge_must_be_a_whole_hash(site):
    location = authorize(site, code_challenge=CHALLENGE.decode() + "=").headers["Location"]
    assert "error=invalid_request" in location
