"""The whole way of a new person: sign-up, mailed code, application, tokens."""

from tests.devcloud.cognito.browser import Browser
from tests.devcloud.cognito.site import CALLBACK, CLIENT_ID, EMAIL, PASSWORD, authorization


def test_a_new_person_lands_in_the_application_signed_in(site, browser):
    page = browser.open("/oauth2/authorize", **authorization())
    page = browser.open(page.links["Create an account"])
    page = browser.submit(page, username=EMAIL, password=PASSWORD)
    assert EMAIL in page.text
    page = browser.submit(page, code=site.newest_code())
    assert page.location.startswith(CALLBACK)
    assert page.answer["state"] == "state-1"
    tokens = site.redeem(page.answer["code"]).json()
    claims = site.verified(tokens["id_token"], audience=CLIENT_ID)
    assert claims["email"] == EMAIL
    assert claims["email_verified"] is True
    assert claims["nonce"] == "nonce-1"


def test_the_sign_up_page_takes_the_authorization_request_itself(site, browser):
    page = browser.open("/signup", **authorization())
    page = browser.submit(page, username=EMAIL, password=PASSWORD)
    assert browser.submit(page, code=site.newest_code()).answer["code"]


def test_confirming_in_another_browser_ends_on_the_sign_in_page(site, browser):
    page = browser.open("/signup", **authorization())
    browser.submit(page, username=EMAIL, password=PASSWORD)
    other = Browser(site.base)
    page = other.open("/confirmUser", **authorization())
    page = other.submit(page, username=EMAIL, code=site.newest_code())
    assert page.url.startswith(f"{site.base}/login?")
    assert "Your account is confirmed" in page.text
    page = other.submit(page, username=EMAIL, password=PASSWORD)
    assert page.answer["state"] == "state-1"


def test_a_second_sign_up_in_the_same_browser_does_not_sign_the_first_in(site, browser):
    first = browser.open("/signup", **authorization())
    first = browser.submit(first, username=EMAIL, password=PASSWORD)
    second = browser.open("/signup", **authorization())
    browser.submit(second, username="bob@example.com", password=PASSWORD)
    page = browser.submit(first, code=site.newest_code())
    assert page.url.startswith(f"{site.base}/login?")
    assert "Your account is confirmed" in page.text


def test_signing_in_before_confirming_leads_to_the_code(site, browser):
    page = browser.open("/signup", **authorization())
    browser.submit(page, username=EMAIL, password=PASSWORD)
    page = site.sign_in(Browser(site.base))
    assert "Confirm your e-mail address" in page.text


def test_two_browsers_at_once_get_their_own_people(site, browser):
    other = Browser(site.base)
    bob = "bob@example.com"
    page = browser.open("/signup", **authorization(state="a"))
    other_page = other.open("/signup", **authorization(state="b", nonce="nonce-b"))
    page = browser.submit(page, username=EMAIL, password=PASSWORD)
    other_page = other.submit(other_page, username=bob, password=PASSWORD)
    other_page = other.submit(other_page, code=site.newest_code(bob))
    page = browser.submit(page, code=site.newest_code())
    mine = site.verified(site.redeem(page.answer["code"]).json()["id_token"], audience=CLIENT_ID)
    theirs = site.verified(
        site.redeem(other_page.answer["code"]).json()["id_token"], audience=CLIENT_ID
    )
    assert (page.answer["state"], mine["email"], mine["nonce"]) == ("a", EMAIL, "nonce-1")
    assert (other_page.answer["state"], theirs["email"], theirs["nonce"]) == ("b", bob, "nonce-b")
    assert mine["sub"] != theirs["sub"]
