"""Two requests at the same moment: what is refused has no effect, what is acknowledged lasts."""

import threading
from concurrent.futures import ThreadPoolExecutor

import pytest
from botocore.exceptions import ClientError

from devcloud.cognito import passwords
from devcloud.cognito.people import Status
from tests.devcloud.cognito.api.conftest import secret_hash
from tests.devcloud.cognito.browser import Browser
from tests.devcloud.cognito.site import CLIENT_ID, EMAIL, PASSWORD, POOL_ID

NEW = ("Another-horse-8", "Different-horse-9")


@pytest.fixture
def together(monkeypatch):
    """Makes each call of a function wait until as many threads are in it as there are requests."""

    def meet(owner, name, requests):
        barrier, real = threading.Barrier(requests, timeout=20), getattr(owner, name)

        def waiting(*arguments, **named):
            barrier.wait()
            return real(*arguments, **named)

        monkeypatch.setattr(owner, name, waiting)

    return meet


def in_parallel(calls):
    """What the calls return, or the code of the error that boto3 raises."""

    def outcome(call):
        try:
            return call()
        except ClientError as error:
            return error.response["Error"]["Code"]

    with ThreadPoolExecutor(len(calls)) as threads:
        return list(threads.map(outcome, calls))


def is_password(site, password):
    return passwords.is_right(site.pool.people.get(EMAIL).password_hash, password)


def test_a_refused_answer_to_a_challenge_sets_no_password(new_site, cognito_client, together):
    site = new_site(client={"ExplicitAuthFlows": ["ALLOW_ADMIN_USER_PASSWORD_AUTH"]})
    site.person(status=Status.FORCE_CHANGE_PASSWORD)
    pool = {"UserPoolId": POOL_ID, "ClientId": CLIENT_ID}
    known = {"USERNAME": EMAIL, "SECRET_HASH": secret_hash(EMAIL)}
    challenge = cognito_client.admin_initiate_auth(
        **pool,
        AuthFlow="ADMIN_USER_PASSWORD_AUTH",
        AuthParameters={**known, "PASSWORD": PASSWORD},
    )

    def answer(password):
        return lambda: cognito_client.admin_respond_to_auth_challenge(
            **pool,
            ChallengeName="NEW_PASSWORD_REQUIRED",
            Session=challenge["Session"],
            ChallengeResponses={**known, "NEW_PASSWORD": password},
        )

    together(passwords, "hashed", 2)
    outcomes = in_parallel([answer(password) for password in NEW])
    refused = outcomes.index("NotAuthorizedException")
    assert outcomes[1 - refused]["AuthenticationResult"]
    assert is_password(site, NEW[1 - refused])
    assert not is_password(site, NEW[refused])


def test_a_refused_form_sets_no_password(site, browser, together):
    site.person(status=Status.FORCE_CHANGE_PASSWORD)
    page = site.sign_in(browser)

    def submit(password):
        def send():
            other = Browser(site.base)
            other.session.cookies.update(browser.session.cookies)
            return other.submit(page, password=password, confirm_password=password)

        return send

    together(passwords, "hashed", 2)
    outcomes = [page.answer for page in in_parallel([submit(password) for password in NEW])]
    (accepted,) = [n for n, answer in enumerate(outcomes) if "code" in answer]
    assert is_password(site, NEW[accepted])
