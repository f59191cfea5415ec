"""Sign-up and forgotten-password pages."""

import pytest

from devcloud.cognito.people import Status
from tests.devcloud.cognito.browser import Browser
from tests.devcloud.cognito.site import EMAIL, PASSWORD, authorization

NEW = "Another-horse-8"


def ask_for_code(browser, email=EMAIL):
    page = browser.open("/forgotPassword", **authorization())
    return browser.submit(page, username=email)


def change(browser, page, code, password=NEW, confirm=None):
    return browser.submit(page, code=code, password=password, confirm_password=confirm or password)


def test_a_mailed_code_sets_a_new_password(site, browser):
    site.person()
    page = change(browser, ask_for_code(browser), site.newest_code())
    assert page.url.partition("?")[0].endswith("/login")
    assert "Your password is changed" in page.text
    assert browser.submit(page, username=EMAIL, password=NEW).answer["state"] == "state-1"
    assert site.sign_in(Browser(site.base)).status == 422


def test_it_ends_a_required_reset(site, browser):
    site.person(status=Status.RESET_REQUIRED)
    change(browser, ask_for_code(browser), site.newest_code())
    assert site.sign_in(browser, password=NEW).answer["code"]


@pytest.mark.parametrize("kind", ["unknown", "unverified", "disabled"])
def test_it_does_not_tell_who_exists(site, browser, kind):
    if kind != "unknown":
        site.person(email_verified=kind != "unverified", enabled=kind != "disabled")
    page = ask_for_code(browser)
    assert f"If there is an account, a code was mailed to {EMAIL}" in page.text
    assert site.pool.mailbox.newest_first(EMAIL) == []


@pytest.mark.parametrize(
    ("code", "password", "confirm", "alert"),
    [
        ("000000", NEW, NEW, "Invalid verification code provided, please try again."),
        ("", NEW, NEW, "Invalid verification code provided, please try again."),
        ("é", NEW, NEW, "Invalid verification code provided, please try again."),
        (None, NEW, NEW + "x", "The two passwords are not the same."),
        (
            None,
            "Short-1",
            "Short-1",
            "Password did not conform with policy: Password not long enough",
        ),
    ],
)
def test_what_is_wrong_is_said(site, browser, code, password, confirm, alert):
    site.person()
    page = ask_for_code(browser)
    right = site.newest_code()
    if code == right:
        right = code = "000001"
    page = change(browser, page, right if code is None else code, password, confirm)
    assert (page.status, page.alert) == (422, alert)
    assert site.sign_in(browser).answer["code"]


def test_a_code_works_once_and_for_an_hour(site, browser):
    site.person()
    page = ask_for_code(browser)
    code = site.newest_code()
    change(browser, page, code)
    expired = "Invalid code provided, please request a code again."
    assert change(browser, page, code).alert == expired
    page = ask_for_code(browser)
    site.pool.clock.move(3601)
    assert change(browser, page, site.newest_code()).alert == expired


def test_codes_can_be_asked_for_five_times_an_hour(site, browser):
    site.person()
    for _ in range(5):
        ask_for_code(browser)
    page = ask_for_code(browser)
    assert page.alert == "Attempt limit exceeded, please try after some time."
    site.pool.clock.move(3601)
    assert ask_for_code(browser).alert == ""


def test_codes_cannot_be_guessed_for_long(site, browser):
    site.person()
    page = ask_for_code(browser)
    right = site.newest_code()
    wrong = "000000" if right != "000000" else "000001"
    for _ in range(15):
        change(browser, page, wrong)
    page = change(browser, page, right)
    assert page.alert == "Attempt limit exceeded, please try after some time."


def test_recovery_by_administrators_only(new_site, browser_of):
    admin_only = {"RecoveryMechanisms": [{"Name": "admin_only", "Priority": 1}]}
    site = new_site(pool={"AccountRecoverySetting": admin_only})
    site.person()
    page = ask_for_code(browser_of(site))
    assert page.alert == "Contact administrator to reset password."


def sign_up(browser, email=EMAIL, password=PASSWORD):
    return browser.submit(
        browser.open("/signup", **authorization()), username=email, password=password
    )


@pytest.mark.parametrize(
    ("email", "password", "alert"),
    [
        ("not-an-address", PASSWORD, "Username should be an email."),
        ("a@b@example.com", PASSWORD, "Username should be an email."),
        ("", PASSWORD, "Username should be an email."),
        ("a b@example.com", PASSWORD, "Username should be an email."),
        (
            EMAIL,
            "alllowercase-1",
            "Password did not conform with policy: Password must have uppercase characters",
        ),
        (
            EMAIL,
            "ALLUPPERCASE-1",
            "Password did not conform with policy: Password must have lowercase characters",
        ),
        (
            EMAIL,
            "No-digits-at-all",
            "Password did not conform with policy: Password must have numeric characters",
        ),
        (
            EMAIL,
            "NoSymbols12345",
            "Password did not conform with policy: Password must have symbol characters",
        ),
    ],
)
def test_a_wrong_sign_up_says_what_is_wrong(site, browser, email, password, alert):
    page = sign_up(browser, email, password)
    assert (page.status, page.alert) == (422, alert)
    assert page.forms[0]["fields"]["username"] == email
    assert site.pool.people.count() == 0


def test_an_address_is_taken_once_whatever_its_case(site, browser):
    sign_up(browser)
    page = sign_up(Browser(site.base), EMAIL.upper())
    assert page.alert == "An account with the given email already exists."


def test_a_wrong_code_confirms_nobody(site, browser):
    page = sign_up(browser)
    wrong = "000000" if site.newest_code() != "000000" else "000001"
    page = browser.submit(page, code=wrong)
    assert page.alert == "Invalid verification code provided, please try again."
    assert site.pool.people.get(EMAIL).status is Status.UNCONFIRMED


def test_a_new_code_replaces_the_old_one(site, browser):
    page = sign_up(browser)
    old = site.newest_code()
    page = browser.submit(page, 1)
    assert "a new one is on its way" in page.text
    new = site.newest_code()
    if old != new:
        assert browser.submit(page, code=old).alert
    assert browser.submit(page, code=new).answer["code"]


def test_a_sign_up_code_lives_a_day(site, browser):
    page = sign_up(browser)
    site.pool.clock.move(24 * 3600 + 1)
    page = browser.submit(page, code=site.newest_code())
    assert page.alert == "Invalid code provided, please request a code again."


def test_a_pool_may_be_closed_to_new_people(new_site, browser_of):
    site = new_site(pool={"AdminCreateUserConfig": {"AllowAdminCreateUserOnly": True}})
    browser = browser_of(site)
    page = browser.open("/signup", **authorization())
    assert page.url.partition("?")[0].endswith("/login")
    assert "Create an account" not in page.links


def test_a_person_without_a_session_of_theirs_is_not_signed_in_by_a_code(site, browser):
    site.person("bob@example.com")
    sign_up(browser)
    other = Browser(site.base)
    site.sign_in(other, "bob@example.com")
    page = other.open("/confirmUser", **authorization())
    page = other.submit(page, username=EMAIL, code=site.newest_code())
    assert page.url.partition("?")[0].endswith("/login")
