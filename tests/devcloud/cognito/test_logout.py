"""GET /logout in both forms."""

import pytest

from tests.devcloud.cognito.site import CLIENT_ID, SIGNED_OUT, authorization


@pytest.fixture
def signed_in(site, browser):
    site.person()
    site.sign_in(browser)
    return browser


def is_asked_again(browser):
    page = browser.open("/oauth2/authorize", **authorization())
    return page.url.partition("?")[0].endswith("/login")


def test_it_ends_the_sign_in_and_goes_to_the_sign_out_url(signed_in):
    page = signed_in.open("/logout", client_id=CLIENT_ID, logout_uri=SIGNED_OUT)
    assert (page.status, page.location) == (302, SIGNED_OUT)
    assert is_asked_again(signed_in)


def test_the_old_cookie_is_worth_nothing(signed_in):
    cookie = signed_in.session.cookies["cognito"]
    signed_in.open("/logout", client_id=CLIENT_ID, logout_uri=SIGNED_OUT)
    signed_in.session.cookies.set("cognito", cookie)
    assert is_asked_again(signed_in)


def test_the_other_form_shows_the_sign_in_page(signed_in):
    page = signed_in.open("/logout", **authorization(state="next"))
    assert page.url.partition("?")[0].endswith("/login")
    assert "state=next" in page.url
    assert "password" in page.forms[0]["fields"]
    assert is_asked_again(signed_in)


def test_signing_out_without_a_sign_in_is_fine(site, browser):
    page = browser.open("/logout", client_id=CLIENT_ID, logout_uri=SIGNED_OUT)
    assert page.location == SIGNED_OUT


@pytest.mark.parametrize(
    "parameters",
    [
        {"client_id": CLIENT_ID, "logout_uri": "https://evil.example/"},
        {"client_id": CLIENT_ID, "logout_uri": SIGNED_OUT + "?x"},
        {"client_id": CLIENT_ID},
        {"client_id": CLIENT_ID, "redirect_uri": "https://evil.example/", "response_type": "code"},
        {"logout_uri": SIGNED_OUT},
    ],
)
def test_an_address_that_is_not_registered_is_an_error_page(signed_in, parameters):
    page = signed_in.open("/logout", **parameters)
    assert page.status == 400
    assert not is_asked_again(signed_in)


def test_it_takes_get_only(site):
    assert site.post("/logout", {}).status_code == 405
