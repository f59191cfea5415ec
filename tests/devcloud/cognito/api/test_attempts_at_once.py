"""Wrong passwords and codes that come at the same moment are counted before they are answered.

Each is held until all of them have been compared, so none can know of another before that.
"""

from collections import Counter
from concurrent.futures import ThreadPoolExecutor

import pytest
from botocore.exceptions import ClientError

from devcloud.cognito import passwords, totp
from tests.devcloud.cognito.api.conftest import secret_hash
from tests.devcloud.cognito.browser import Browser
from tests.devcloud.cognito.site import CLIENT_ID, EMAIL, POOL_ID, authorization

TRIES = 7
FREE = 5
LOCKED = "Password attempts exceeded"
WRONG = "Incorrect username or password."
WRONG_CODE = "Invalid code received for user"
SECRET = "JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP"
KNOWN = {"USERNAME": EMAIL, "SECRET_HASH": secret_hash(EMAIL)}
CLIENT = {
    "ExplicitAuthFlows": ["ALLOW_ADMIN_USER_PASSWORD_AUTH", "ALLOW_USER_PASSWORD_AUTH"],
}
MFA = {"MfaConfiguration": "OPTIONAL", "EnabledMfas": ["SOFTWARE_TOKEN_MFA"]}


@pytest.fixture
def site(new_site, still_clock):
    return new_site(client=CLIENT, pool=MFA)


@pytest.fixture
def tried(together):
    """How often each answer is given when so many tries are compared at the same moment."""

    def tried(owner, name, attempt):
        together(owner, name, TRIES)

        def answer(_):
            try:
                return attempt()
            except ClientError as error:
                return error.response["Error"]["Message"]

        with ThreadPoolExecutor(TRIES) as threads:
            return Counter(threads.map(answer, range(TRIES)))

    return tried


def same_browser(browser):
    other = Browser(browser.base)
    other.session.cookies.update(browser.session.cookies)
    return other


def password_forms(site, browser, _):
    page = browser.open("/login", **authorization())
    return lambda: same_browser(browser).submit(page, username=EMAIL, password="x").alert


def admin_initiate_auth(site, browser, client):
    return lambda: client.admin_initiate_auth(
        UserPoolId=POOL_ID,
        ClientId=CLIENT_ID,
        AuthFlow="ADMIN_USER_PASSWORD_AUTH",
        AuthParameters={**KNOWN, "PASSWORD": "x"},
    )


def initiate_auth(site, browser, client):
    return lambda: client.initiate_auth(
        ClientId=CLIENT_ID,
        AuthFlow="USER_PASSWORD_AUTH",
        AuthParameters={**KNOWN, "PASSWORD": "x"},
    )


def change_password(site, browser, client):
    person = site.pool.people.get(EMAIL)
    tokens = site.pool.grants.sign_in(site.pool.app_clients[CLIENT_ID], person).tokens
    return lambda: client.change_password(
        AccessToken=tokens.access_token,
        PreviousPassword="x",
        ProposedPassword="Another-horse-8",
    )


@pytest.mark.parametrize(
    "flow", [password_forms, admin_initiate_auth, initiate_auth, change_password]
)
def test_passwords(site, browser, cognito_client, tried, flow):
    site.person()
    attempt = flow(site, browser, cognito_client)
    assert tried(passwords, "is_right", attempt) == {WRONG: FREE, LOCKED: TRIES - FREE}


def code_forms(site, browser, _):
    page = site.sign_in(browser)
    return lambda: same_browser(browser).submit(page, code="banana").alert


def respond_to_auth_challenge(site, browser, client):
    session = client.initiate_auth(
        ClientId=CLIENT_ID,
        AuthFlow="USER_PASSWORD_AUTH",
        AuthParameters={**KNOWN, "PASSWORD": "Correct-horse-7"},
    )["Session"]
    return lambda: client.respond_to_auth_challenge(
        ClientId=CLIENT_ID,
        ChallengeName="SOFTWARE_TOKEN_MFA",
        Session=session,
        ChallengeResponses={**KNOWN, "SOFTWARE_TOKEN_MFA_CODE": "banana"},
    )


@pytest.mark.parametrize("flow", [code_forms, respond_to_auth_challenge])
def test_codes_of_an_authenticator_app(site, browser, cognito_client, tried, flow):
    site.person(totp_secret=SECRET, uses_totp=True)
    attempt = flow(site, browser, cognito_client)
    assert tried(totp, "step_of", attempt) == {WRONG_CODE: FREE, LOCKED: TRIES - FREE}
