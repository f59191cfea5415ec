"""The pages between the password and the application."""

import pytest

from devcloud.cognito import totp
from devcloud.cognito.challenges import Kind
from devcloud.cognito.pages import CHALLENGE_COOKIE
from devcloud.cognito.people import Status
from tests.devcloud.cognito.browser import Browser
from tests.devcloud.cognito.site import CLIENT_ID, EMAIL, PASSWORD, authorization

NEW = "Another-horse-8"
WITH_MFA = {"MfaConfiguration": "OPTIONAL", "EnabledMfas": ["SOFTWARE_TOKEN_MFA"]}
SECRET = "JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP"


def choose(browser, page, password=NEW, confirm=None):
    return browser.submit(page, password=password, confirm_password=confirm or password)


@pytest.fixture
def invited(site):
    return site.person(status=Status.FORCE_CHANGE_PASSWORD)


def test_a_temporary_password_is_changed_on_the_way(site, invited, browser):
    page = site.sign_in(browser)
    assert "Choose your own password" in page.text
    page = choose(browser, page)
    assert page.answer["state"] == "state-1"
    assert site.redeem(page.answer["code"]).status_code == 200
    assert site.pool.people.get(EMAIL).status is Status.CONFIRMED
    assert site.sign_in(Browser(site.base), password=NEW).answer["code"]


@pytest.mark.parametrize(
    ("password", "confirm", "alert"),
    [
        (NEW, NEW + "x", "The two passwords are not the same."),
        ("short", None, "Password did not conform with policy: Password not long enough"),
    ],
)
def test_a_wrong_new_password_is_named(site, invited, browser, password, confirm, alert):
    page = choose(browser, site.sign_in(browser), password, confirm)
    assert (page.status, page.alert) == (422, alert)
    assert choose(browser, page).answer["code"]


def test_the_page_is_of_the_browser_that_gave_the_password(site, invited, browser):
    site.sign_in(browser)
    page = Browser(site.base).open("/newPassword", **authorization())
    assert page.url.partition("?")[0].endswith("/login")


def test_a_challenge_ends_after_its_time(site, invited, browser):
    page = site.sign_in(browser)
    site.pool.clock.move(181)
    page = choose(browser, page)
    assert "That took too long" in page.text
    assert site.pool.people.get(EMAIL).status is Status.FORCE_CHANGE_PASSWORD


def test_a_challenge_is_used_once(site, invited, browser):
    page = site.sign_in(browser)
    assert choose(browser, page).answer["code"]
    assert "That took too long" in choose(browser, page, "Third-horse-9").text


def test_a_disabled_person_does_not_get_further(site, invited, browser):
    page = site.sign_in(browser)
    with site.pool.database.transaction() as connection:
        site.pool.people.change(connection, invited.sub, enabled=False)
    page = choose(browser, page)
    assert (page.status, page.url.partition("?")[0]) == (200, f"{site.base}/login")
    assert site.pool.people.get(EMAIL).status is Status.FORCE_CHANGE_PASSWORD


def test_a_right_temporary_password_forgets_earlier_failures(site, invited, browser):
    for number, password in enumerate((PASSWORD, NEW)):
        for _ in range(4):
            assert site.sign_in(Browser(site.base), password="x").status == 422
        page = site.sign_in(browser, password=password, prompt="login")
        assert number or choose(browser, page).answer["code"]
    assert page.answer["code"]


@pytest.fixture
def site_with_mfa(still_clock, new_site):
    site = new_site(pool=WITH_MFA)
    site.person(totp_secret=SECRET, uses_totp=True)
    return site


def test_the_authenticator_app_is_asked_for(site_with_mfa, browser_of):
    site, browser = site_with_mfa, browser_of(site_with_mfa)
    page = site.sign_in(browser)
    assert "Enter your code" in page.text
    assert browser.open("/oauth2/authorize", **authorization(prompt="none")).answer == {
        "error": "login_required",
        "state": "state-1",
    }
    code = totp.code_at(SECRET, site.pool.clock.timestamp())
    assert browser.submit(page, code=f"{code[:3]} {code[3:]}").answer["code"]


def test_a_code_works_once_and_no_older_one_after_it(site_with_mfa, browser_of):
    site = site_with_mfa
    # To the beginning of a step, so that none ends under the test.
    site.pool.clock.move(30 - site.pool.clock.timestamp() % 30)
    older, newest = (
        totp.code_at(SECRET, site.pool.clock.timestamp() + offset) for offset in (-30, 0)
    )
    browser = browser_of(site)
    assert browser.submit(site.sign_in(browser), code=newest).answer["code"]
    page = site.sign_in(browser, prompt="login")
    for code in (newest, older):
        page = browser.submit(page, code=code)
        assert (page.status, page.alert) == (422, "Your software token has already been used once.")
    site.pool.clock.move(30)
    code = totp.code_at(SECRET, site.pool.clock.timestamp())
    assert browser.submit(page, code=code).answer["code"]


def test_the_code_is_not_passed_by_on_another_challenge_s_page(site_with_mfa, browser_of):
    site, browser = site_with_mfa, browser_of(site_with_mfa)
    page = site.sign_in(browser)
    for path in ("/newPassword", "/mfaSetup"):
        page.forms[0]["action"] = f"{path}?{page.url.partition('?')[2]}"
        answer = choose(browser, page)
        assert (answer.status, answer.url.partition("?")[0]) == (200, f"{site.base}/login")
    assert site.sign_in(browser_of(site)).status == 200


def test_a_session_of_the_api_without_a_key_sets_up_no_app(new_site, browser_of):
    site = new_site(
        pool=WITH_MFA | {"MfaConfiguration": "ON"},
        client={"ExplicitAuthFlows": ["ALLOW_USER_PASSWORD_AUTH"]},
    )
    alice, browser = site.person(), browser_of(site)
    app_client = site.pool.app_clients[CLIENT_ID]
    with site.pool.database.transaction() as connection:
        secret = site.pool.challenges.open(connection, app_client, alice.sub, Kind.MFA_SETUP)
    browser.session.cookies.set(CHALLENGE_COOKIE, secret)
    page = browser.open("/mfaSetup", **authorization())
    assert page.url.partition("?")[0] == f"{site.base}/login"


def test_wrong_codes_are_named_and_counted(site_with_mfa, browser_of):
    site, browser = site_with_mfa, browser_of(site_with_mfa)
    page = site.sign_in(browser)
    right = totp.code_at(SECRET, site.pool.clock.timestamp())
    wrong = "000000" if right != "000000" else "000001"
    for _ in range(5):
        page = browser.submit(page, code=wrong)
        assert (page.status, page.alert) == (422, "Invalid code received for user")
    assert browser.submit(page, code=right).alert == "Password attempts exceeded"


def test_the_password_gives_no_new_tries_at_the_code(site_with_mfa, browser_of):
    site, browser = site_with_mfa, browser_of(site_with_mfa)
    for _ in range(5):
        browser.submit(site.sign_in(browser), code="banana")
    assert site.sign_in(browser).alert == "Password attempts exceeded"


def test_somebody_without_an_app_is_not_asked_where_it_is_optional(new_site, browser_of):
    site = new_site(pool=WITH_MFA)
    site.person()
    assert site.sign_in(browser_of(site)).answer["code"]


def test_a_pool_may_insist_on_an_app(new_site, browser_of):
    site = new_site(pool={**WITH_MFA, "MfaConfiguration": "ON"})
    site.person()
    browser = browser_of(site)
    page = site.sign_in(browser)
    secret = page.html.partition('id="secret">')[2].partition("<")[0]
    wrong = browser.submit(page, code="banana")
    assert wrong.alert == "Invalid code received for user"
    assert secret in wrong.html
    code = totp.code_at(secret, site.pool.clock.timestamp())
    assert browser.submit(page, code=code).answer["code"]
    browser = browser_of(site)
    page = site.sign_in(browser)
    assert "Enter your code" in page.text
    assert browser.submit(page, code=code).status == 422
    site.pool.clock.move(30)
    code = totp.code_at(secret, site.pool.clock.timestamp())
    assert browser.submit(page, code=code).answer["code"]


def test_a_new_person_sets_the_app_up_after_confirming(new_site, browser_of):
    site = new_site(pool={**WITH_MFA, "MfaConfiguration": "ON"})
    browser = browser_of(site)
    page = browser.open("/signup", **authorization())
    page = browser.submit(page, username=EMAIL, password=PASSWORD)
    page = browser.submit(page, code=site.newest_code())
    assert "Set up your authenticator app" in page.text


@pytest.mark.parametrize(
    ("timestamp", "code"),
    [(59, "287082"), (1111111109, "081804"), (1234567890, "005924"), (20000000000, "353130")],
)
def test_codes_are_those_of_the_rfc(timestamp, code):
    """RFC 6238 appendix B, its last six digits."""
    assert totp.code_at("GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ", timestamp) == code
    step = timestamp // 30
    for offset, found in ((-90, None), (-30, step), (0, step), (30, step), (90, None)):
        assert totp.step_of("GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ", code, timestamp + offset) == found
