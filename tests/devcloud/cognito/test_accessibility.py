"""The hosted UI's pages as axe sees them, in light and in dark."""

from pathlib import Path
from urllib.parse import urlencode

import pytest

from devcloud.cognito import totp
from devcloud.cognito.pages import SIGN_IN_COOKIE
from devcloud.cognito.people import Status
from tests.devcloud.cognito.site import EMAIL, PASSWORD, authorization

QUERY = urlencode(authorization())
INVITED, ENROLLED, UNCONFIRMED = "invited@example.com", "enrolled@example.com", "new@example.com"


@pytest.fixture(scope="session")
def axe_source():
    axe = pytest.importorskip("axe_playwright_python", reason="axe is not installed")
    return (Path(axe.__file__).parent / "axe.min.js").read_text()


@pytest.fixture(params=["light", "dark"])
def page(chromium, request):
    # axe is put into the page, which the pages' own policy rightly forbids.
    context = chromium.new_context(color_scheme=request.param, bypass_csp=True)
    yield context.new_page()
    context.close()


@pytest.fixture
def site(new_site):
    mfa = {"MfaConfiguration": "ON", "EnabledMfas": ["SOFTWARE_TOKEN_MFA"]}
    site = new_site(pool=mfa)
    site.person()
    site.person(INVITED, status=Status.FORCE_CHANGE_PASSWORD)
    site.person(UNCONFIRMED, status=Status.UNCONFIRMED)
    site.person(ENROLLED, totp_secret=totp.new_secret(), uses_totp=True)
    return site


def test_axe_finds_nothing(site, page, axe_source):
    found = []

    def examine(heading):
        page.get_by_role("heading", name=heading).wait_for()
        outcome = page.evaluate(f"{axe_source};\naxe.run()")
        found.extend(f"{page.url}: {each['help']}" for each in outcome["violations"])

    def open_page(path):
        page.goto(f"{site.base}{path}")

    def sign_in(email):
        open_page(f"/login?{QUERY}")
        page.get_by_label("E-mail address").fill(email)
        page.get_by_label("Password").fill(PASSWORD)
        page.get_by_role("button", name="Sign in").click()

    for path, heading in (
        ("/login", "Sign in"),
        ("/signup", "Create an account"),
        ("/confirmUser", "Confirm your e-mail address"),
        ("/forgotPassword", "Forgot your password?"),
        ("/confirmForgotPassword", "Set a new password"),
    ):
        open_page(f"{path}?{QUERY}")
        examine(heading)
    sign_in("nobody@example.com")
    page.get_by_role("alert").wait_for()
    examine("Sign in")
    open_page(f"/error?error=redirect_mismatch&{QUERY}")
    examine("This sign-in link does not work")
    open_page("/_local/mail")
    examine("Mail")
    for email, heading in (
        (INVITED, "Choose your own password"),
        (EMAIL, "Set up your authenticator app"),
        (ENROLLED, "Enter your code"),
        (UNCONFIRMED, "Confirm your e-mail address"),
    ):
        sign_in(email)
        examine(heading)
    page.context.clear_cookies()
    page.get_by_label("Code").fill("123456")
    page.get_by_role("button", name="Confirm").click()
    examine("This page is too old")
    with site.pool.database.transaction() as connection:
        cookie = site.pool.sign_in_sessions.start(connection, site.pool.people.get(EMAIL).sub)
    page.context.add_cookies([{"name": SIGN_IN_COOKIE, "value": cookie, "url": site.base}])
    open_page(f"/login?{QUERY}")
    examine("Welcome back")
    assert found == []
