"""Two requests at the same moment: what is refused has no effect, what is acknowledged lasts."""

from concurrent.futures import ThreadPoolExecutor

import pytest
from botocore.exceptions import ClientError

from devcloud.cognito import passwords
from devcloud.cognito.api import people
from devcloud.cognito.people import Status
from tests.devcloud.cognito.api.conftest import attributes, secret_hash
from tests.devcloud.cognito.browser import Browser
from tests.devcloud.cognito.site import CLIENT_ID, EMAIL, PASSWORD, POOL_ID

NEW = ("Another-horse-8", "Different-horse-9")


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


def test_attributes_that_are_changed_together_are_all_kept(site, call, together):
    site.person()
    names = ("name", "given_name", "family_name", "nickname")

    def change(name):
        attribute = {"Name": name, "Value": f"her {name}"}
        return lambda: call(
            "admin_update_user_attributes", Username=EMAIL, UserAttributes=[attribute]
        )

    together(people, "check_attributes", len(names))
    assert str not in map(type, in_parallel([change(name) for name in names]))
    kept = attributes(call("admin_get_user", Username=EMAIL))
    assert {name: kept.get(name) for name in names} == {name: f"her {name}" for name in names}


def test_a_password_is_changed_from_the_one_that_was_there(site, call, together):
    alice = site.person()
    app_client = site.pool.app_clients[CLIENT_ID]
    token = site.pool.grants.sign_in(app_client, alice).tokens.access_token

    def change(password):
        return lambda: call.open(
            "change_password",
            AccessToken=token,
            PreviousPassword=PASSWORD,
            ProposedPassword=password,
        )

    together(passwords, "hashed", 2)
    outcomes = in_parallel([change(password) for password in NEW])
    refused = outcomes.index("NotAuthorizedException")
    assert is_password(site, NEW[1 - refused])


@pytest.mark.parametrize(
    ("operation", "parameters"),
    [
        ("admin_enable_user", {}),
        ("admin_add_user_to_group", {"GroupName": "admins"}),
        ("admin_reset_user_password", {}),
        ("admin_set_user_password", {"Password": PASSWORD}),
    ],
)
def test_somebody_deleted_meanwhile_is_unknown(site, call, monkeypatch, operation, parameters):
    """The person goes at the last moment before the operation's own transaction."""
    alice = site.person()
    real = site.pool.database.transaction

    def after_a_deletion():
        monkeypatch.setattr(site.pool.database, "transaction", real)
        with real() as connection:
            site.pool.people.delete(connection, alice.sub)
        return real()

    monkeypatch.setattr(site.pool.database, "transaction", after_a_deletion)
    assert call.fails(operation, Username=EMAIL, **parameters)[0] == "UserNotFoundException"
