"""Somebody is deleted or disabled while a form or token request of theirs is under way."""

import pytest
import requests

from devcloud.cognito import totp
from devcloud.cognito.people import Status
from tests.devcloud.cognito.browser import Browser
from tests.devcloud.cognito.going import deleted, disabled, goes_during
from tests.devcloud.cognito.site import EMAIL, PASSWORD, authorization

NEW = "Another-horse-8"
SECRET = "JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP"


def form(path="/login", fields=None, **person):
    """A form that is opened before and sent while the person goes."""

    def prepare(site):
        if person:
            site.person(**person)
        browser = Browser(site.base)
        page = browser.open(path, **authorization())
        return lambda: browser.submit(page, **fields).status

    return prepare


def after_sign_in(fields, **person):
    """The form that follows the password."""

    def prepare(site):
        site.person(**person)
        browser = Browser(site.base)
        page = site.sign_in(browser)
        given = fields(site, page) if callable(fields) else fields
        return lambda: browser.submit(page, **given).status

    return prepare


def sign_up_form(site):
    browser = Browser(site.base)
    page = browser.open("/signup", **authorization())
    return browser, browser.submit(page, username=EMAIL, password=PASSWORD)


def confirmation(site):
    browser, page = sign_up_form(site)
    return lambda: browser.submit(page, code=site.newest_code()).status


def new_code(site):
    browser, page = sign_up_form(site)
    return lambda: browser.submit(page, 1).status


def forgotten_password(site):
    site.person()
    browser = Browser(site.base)
    page = browser.open("/forgotPassword", **authorization())
    page = browser.submit(page, username=EMAIL)
    code = {"code": site.newest_code(), "password": NEW, "confirm_password": NEW}
    return lambda: browser.submit(page, **code).status


def signed_in(path, **fields):
    def prepare(site):
        site.person()
        browser = Browser(site.base)
        site.sign_in(browser)
        if fields:
            page = browser.open(path, **authorization())
            return lambda: browser.submit(page, **fields).status
        return lambda: browser.open(path, **authorization()).status

    return prepare


def code_exchange(site):
    site.person()
    code = site.sign_in(Browser(site.base)).answer["code"]
    return lambda: site.redeem(code).status_code


def refresh(site):
    site.person()
    token = site.tokens(Browser(site.base))["refresh_token"]
    return lambda: site.refresh(token).status_code


def user_info(site):
    site.person()
    token = site.tokens(Browser(site.base))["access_token"]
    headers = {"Authorization": f"Bearer {token}"}
    url = f"{site.base}/oauth2/userInfo"
    return lambda: requests.get(url, headers=headers, timeout=10).status_code


def right_code(site, _):
    return {"code": totp.code_at(SECRET, site.pool.clock.timestamp())}


def first_code(site, page):
    secret = page.html.partition("secret=")[2][:52]
    return {"code": totp.code_at(secret, site.pool.clock.timestamp())}


PAGES = {
    "sign in": form(fields={"username": EMAIL, "password": PASSWORD}, email=EMAIL),
    "wrong password": form(fields={"username": EMAIL, "password": "x"}, email=EMAIL),
    "sign in unconfirmed": form(
        fields={"username": EMAIL, "password": PASSWORD}, status=Status.UNCONFIRMED
    ),
    "sign in after a reset": form(
        fields={"username": EMAIL, "password": PASSWORD}, status=Status.RESET_REQUIRED
    ),
    "sign in invited": form(
        fields={"username": EMAIL, "password": PASSWORD}, status=Status.FORCE_CHANGE_PASSWORD
    ),
    "new password": after_sign_in(
        {"password": NEW, "confirm_password": NEW}, status=Status.FORCE_CHANGE_PASSWORD
    ),
    "authenticator app": after_sign_in(right_code, totp_secret=SECRET, uses_totp=True),
    "wrong code of an app": after_sign_in({"code": "x"}, totp_secret=SECRET, uses_totp=True),
    "confirmation": confirmation,
    "new code": new_code,
    "forgotten password": form("/forgotPassword", {"username": EMAIL}, email=EMAIL),
    "code for a password": forgotten_password,
    "authorize": signed_in("/oauth2/authorize"),
    "sign-in page": signed_in("/login"),
    "continue": signed_in("/login", **{"continue": "1"}),
    "code exchange": code_exchange,
    "refresh": refresh,
    "userInfo": user_info,
}


@pytest.fixture
def site(new_site, still_clock):
    return new_site(pool={"MfaConfiguration": "OPTIONAL", "EnabledMfas": ["SOFTWARE_TOKEN_MFA"]})


@pytest.mark.parametrize("happening", [deleted, disabled])
@pytest.mark.parametrize("name", PAGES)
def test_pages_and_endpoints(site, monkeypatch, name, happening):
    # Once before the person goes at least, or nothing would be proved.
    assert len(goes_during(monkeypatch, site, happening, PAGES[name])) > 1


def test_an_authenticator_app_is_set_up(new_site, still_clock, monkeypatch):
    site = new_site(pool={"MfaConfiguration": "ON", "EnabledMfas": ["SOFTWARE_TOKEN_MFA"]})
    goes_during(monkeypatch, site, deleted, after_sign_in(first_code, email=EMAIL))
