"""The sign-in page: forms, cookies, headers, errors, lockout."""

import re

import pytest
import requests

from devcloud.cognito.people import Status
from tests.devcloud.cognito.browser import Browser
from tests.devcloud.cognito.site import CALLBACK, EMAIL, PASSWORD, authorization


@pytest.fixture
def alice(site):
    return site.person()


@pytest.mark.parametrize(
    ("email", "password"),
    [(EMAIL, "wrong"), (EMAIL, ""), ("nobody@example.com", PASSWORD), ("", ""), ("é" * 300, "é")],
)
def test_wrong_credentials_are_one_sentence(site, alice, browser, email, password):
    page = site.sign_in(browser, email, password)
    assert page.status == 422
    assert page.alert == "Incorrect username or password."
    assert page.forms[0]["fields"]["username"] == email


def test_an_app_client_that_does_not_hide_people_says_who_exists(new_site, browser_of):
    site = new_site(client={"PreventUserExistenceErrors": "LEGACY"})
    assert site.sign_in(browser_of(site)).alert == "User does not exist."


@pytest.mark.parametrize("email", [EMAIL.upper(), f" {EMAIL} ", "Alice@Example.com"])
def test_the_address_is_not_case_sensitive(site, alice, browser, email):
    assert site.sign_in(browser, email).answer["code"]


def test_the_address_may_be_case_sensitive(new_site, browser_of):
    site = new_site(pool={"UsernameConfiguration": {"CaseSensitive": True}})
    site.person()
    assert site.sign_in(browser_of(site), EMAIL.upper()).status == 422


def test_somebody_disabled_is_told_so_only_with_the_right_password(site, browser):
    site.person(enabled=False)
    assert site.sign_in(browser).alert == "User is disabled."
    assert site.sign_in(browser, password="wrong").alert == "Incorrect username or password."


def test_somebody_whose_password_was_reset_is_sent_to_the_new_one(site, browser):
    site.person(status=Status.RESET_REQUIRED)
    page = site.sign_in(browser)
    assert "Set a new password" in page.text


def test_a_form_without_its_token_is_refused(site, alice, browser):
    page = browser.open("/oauth2/authorize", **authorization())
    answer = browser.submit(page, username=EMAIL, password=PASSWORD, _csrf="forged")
    assert (answer.status, answer.location) == (403, "")


def test_a_form_of_another_browser_is_refused(site, alice, browser):
    page = browser.open("/oauth2/authorize", **authorization())
    answer = Browser(site.base).submit(page, username=EMAIL, password=PASSWORD)
    assert answer.status == 403


def test_a_form_sent_by_another_site_is_refused(site, alice, browser):
    page = browser.open("/oauth2/authorize", **authorization())
    browser.session.headers["Sec-Fetch-Site"] = "cross-site"
    assert browser.submit(page, username=EMAIL, password=PASSWORD).status == 403


def test_cookies_are_closed_to_scripts_and_other_sites(site, alice, browser):
    page = browser.open("/login", **authorization())
    form = page.forms[0]["fields"] | {"username": EMAIL, "password": PASSWORD}
    answer = browser.session.post(page.url, data=form, allow_redirects=False, timeout=10)
    cookies = re.split(r", (?=[\w-]+=)", page.headers["Set-Cookie"])
    cookies += re.split(r", (?=[\w-]+=)", answer.headers["Set-Cookie"])
    names = {cookie.partition("=")[0] for cookie in cookies}
    assert names >= {"XSRF-TOKEN", "cognito"}
    assert all(
        "HttpOnly" in cookie and "SameSite=Lax" in cookie
        for cookie in cookies
        if "=;" not in cookie
    )
    assert any("Max-Age=3600" in cookie for cookie in cookies if cookie.startswith("cognito="))


@pytest.mark.parametrize("path", ["/login", "/signup", "/forgotPassword", "/confirmUser"])
def test_pages_have_strict_headers_and_nothing_inline(site, browser, path):
    page = browser.open(path, **authorization())
    assert page.status == 200
    policy = page.headers["Content-Security-Policy"]
    assert policy == (
        "default-src 'none'; style-src 'self'; img-src 'self';"
        " form-action 'self' http://localhost:8000; base-uri 'none'; frame-ancestors 'none'"
    )
    assert page.headers["Cache-Control"] == "no-store"
    assert page.headers["X-Content-Type-Options"] == "nosniff"
    assert "<script" not in page.html
    assert " style=" not in page.html
    assert "<style" not in page.html


@pytest.mark.parametrize("name", ["hosted-ui.css", "mark.svg"])
def test_what_pages_need_is_served(site, name):
    assert requests.get(f"{site.base}/_local/static/{name}", timeout=10).status_code == 200


def test_what_was_typed_is_escaped(site, browser):
    page = site.sign_in(browser, email='"><script>alert(1)</script>')
    assert "<script" not in page.html


def test_parameters_are_escaped_on_the_error_page(site, browser):
    page = browser.open("/error", error="<script>alert(1)</script>")
    assert page.status == 400
    assert "<script" not in page.html


def test_somebody_signed_in_may_continue(site, alice, browser):
    site.sign_in(browser)
    page = browser.open("/login", **authorization(state="second"))
    assert f"Continue as {EMAIL}" in page.text
    page = browser.submit(page, **{"continue": "1"})
    assert page.location.startswith(CALLBACK)
    assert page.answer["state"] == "second"


def test_somebody_signed_in_may_use_another_account(site, alice, browser):
    site.person("bob@example.com")
    site.sign_in(browser)
    page = browser.open("/login", **authorization())
    page = browser.open(page.links["Use another account"])
    assert browser.submit(page, username="bob@example.com", password=PASSWORD).answer["code"]


def test_continuing_without_being_signed_in_is_no_way_in(site, alice, browser):
    page = browser.open("/login", **authorization())
    assert browser.submit(page, **{"continue": "1"}).status == 422


def test_a_disabled_person_s_cookie_is_worth_nothing(site, alice, browser):
    site.sign_in(browser)
    with site.pool.database.transaction() as connection:
        site.pool.people.change(connection, alice.sub, enabled=False)
    page = browser.open("/oauth2/authorize", **authorization())
    assert "password" in page.forms[0]["fields"]


def test_five_failures_lock_for_a_second_and_each_more_for_twice_as_long(
    still_clock, site, alice, browser
):
    for _ in range(5):
        assert site.sign_in(browser, password="x").alert == "Incorrect username or password."
    assert site.sign_in(browser).alert == "Password attempts exceeded"
    site.pool.clock.move(1)
    assert site.sign_in(browser, password="x").alert == "Incorrect username or password."
    site.pool.clock.move(1)
    assert site.sign_in(browser).alert == "Password attempts exceeded"
    site.pool.clock.move(1)
    assert site.sign_in(browser).answer["code"]


def test_the_lock_does_not_grow_beyond_fifteen_minutes(still_clock, site, alice, browser):
    for failure in range(1, 21):
        assert site.sign_in(browser, password="x").alert == "Incorrect username or password."
        lock = min(2 ** (failure - 5), 900) if failure >= 5 else 0
        site.pool.clock.move(lock)
    site.pool.clock.move(-1)
    assert site.sign_in(browser).alert == "Password attempts exceeded"
    site.pool.clock.move(1)
    assert site.sign_in(browser).answer["code"]


def test_a_quiet_quarter_of_an_hour_forgets_the_failures(site, alice, browser):
    for _ in range(5):
        site.sign_in(browser, password="x")
    site.pool.clock.move(902)
    assert site.sign_in(browser, password="x").alert == "Incorrect username or password."
    assert site.sign_in(browser).answer["code"]


def test_a_sign_in_forgets_earlier_failures(site, alice, browser):
    for _ in range(2):
        for _ in range(4):
            site.sign_in(browser, password="x")
        assert site.sign_in(browser).answer["code"]
        browser = Browser(site.base)
