"""What people do about their own account by the API."""

import pytest

from tests.devcloud.cognito.api.conftest import attributes, secret_hash
from tests.devcloud.cognito.site import CLIENT_ID, EMAIL, PASSWORD

ADDRESSED = {"Username": EMAIL, "ClientId": CLIENT_ID, "SecretHash": secret_hash(EMAIL)}
NEW = "Another-horse-8"


def test_the_token_of_an_app_client_that_was_removed_is_refused(new_site, call_for):
    site = new_site(pool={"MfaConfiguration": "OPTIONAL", "EnabledMfas": ["SOFTWARE_TOKEN_MFA"]})
    app_client = site.pool.app_clients[CLIENT_ID]
    token = site.pool.grants.sign_in(app_client, site.person()).tokens.access_token
    call = call_for(new_site(keep_data=True, client_id="2example23456789abcdefghij"))
    for operation in ("get_user", "associate_software_token", "global_sign_out"):
        error = call.open_fails(operation, AccessToken=token)
        assert error == ("NotAuthorizedException", "Invalid Access Token")


@pytest.fixture
def token(site):
    """An access token of Alice that may act on her account."""
    alice = site.person()
    app_client = site.pool.app_clients[CLIENT_ID]
    return site.pool.grants.sign_in(app_client, alice).tokens.access_token


def test_sign_up_to_confirmation(site, call):
    answer = call.open("sign_up", Password=PASSWORD, **ADDRESSED)
    assert answer["UserConfirmed"] is False
    assert answer["UserSub"] == site.pool.people.get(EMAIL).sub
    assert answer["CodeDeliveryDetails"] == {
        "Destination": "a***@e***",
        "DeliveryMedium": "EMAIL",
        "AttributeName": "email",
    }
    old = site.newest_code()
    call.open("resend_confirmation_code", **ADDRESSED)
    new = site.newest_code()
    if old != new:
        error = call.open_fails("confirm_sign_up", ConfirmationCode=old, **ADDRESSED)
        assert error[0] == "CodeMismatchException"
    call.open("confirm_sign_up", ConfirmationCode=new, **ADDRESSED)
    user = call("admin_get_user", Username=EMAIL)
    assert (user["UserStatus"], attributes(user)["email_verified"]) == ("CONFIRMED", "true")


@pytest.mark.parametrize(
    ("changes", "error"),
    [
        ({"Password": "short"}, "InvalidPasswordException"),
        ({"SecretHash": "wrong"}, "NotAuthorizedException"),
        ({"ClientId": "nobody"}, "ResourceNotFoundException"),
        (
            {"UserAttributes": [{"Name": "email", "Value": "bob@example.com"}]},
            "InvalidParameterException",
        ),
        ({"UserAttributes": [{"Name": "shoe", "Value": "41"}]}, "InvalidParameterException"),
    ],
)
def test_a_wrong_sign_up_is_refused(site, call, changes, error):
    given = {**ADDRESSED, "Password": PASSWORD} | changes
    assert call.open_fails("sign_up", **given)[0] == error
    assert site.pool.people.count() == 0


def test_an_address_is_taken_once(site, token, call):
    error = call.open_fails("sign_up", Password=PASSWORD, **ADDRESSED)
    assert error == (
        "UsernameExistsException",
        "An account with the given email already exists.",
    )


def test_attributes_that_the_app_client_may_not_write_are_refused(new_site, call_for):
    site = new_site(client={"WriteAttributes": ["name"]})
    call = call_for(site)
    given = {**ADDRESSED, "Password": PASSWORD}
    wrong = [{"Name": "given_name", "Value": "Alice"}]
    error = call.open_fails("sign_up", UserAttributes=wrong, **given)
    assert error == (
        "NotAuthorizedException",
        "A client attempted to write unauthorized attribute",
    )
    call.open("sign_up", UserAttributes=[{"Name": "name", "Value": "Alice"}], **given)


def test_a_pool_may_be_closed(new_site, call_for):
    site = new_site(pool={"AdminCreateUserConfig": {"AllowAdminCreateUserOnly": True}})
    error = call_for(site).open_fails("sign_up", Password=PASSWORD, **ADDRESSED)
    assert error == ("NotAuthorizedException", "SignUp is not permitted for this user pool")


def test_a_forgotten_password_is_replaced(site, token, call, browser):
    answer = call.open("forgot_password", **ADDRESSED)
    assert answer["CodeDeliveryDetails"]["Destination"] == "a***@e***"
    given = {**ADDRESSED, "Password": NEW}
    code = site.newest_code()
    call.open("confirm_forgot_password", ConfirmationCode=code, **given)
    assert site.sign_in(browser, password=NEW).answer["code"]
    error = call.open_fails("confirm_forgot_password", ConfirmationCode=code, **given)
    assert error[0] == "ExpiredCodeException"


@pytest.mark.parametrize("operation", ["forgot_password", "resend_confirmation_code"])
def test_who_exists_is_not_told(site, call, operation):
    answer = call.open(operation, **ADDRESSED)
    assert answer["CodeDeliveryDetails"]["Destination"] == "a***@e***"
    assert site.pool.mailbox.newest_first() == []


def test_a_new_password_for_nobody_is_a_wrong_code(call):
    given = {**ADDRESSED, "Password": NEW, "ConfirmationCode": "123456"}
    assert call.open_fails("confirm_forgot_password", **given)[0] == "CodeMismatchException"


@pytest.mark.parametrize(
    "operation", ["forgot_password", "resend_confirmation_code", "confirm_sign_up"]
)
def test_an_app_client_may_say_who_exists(new_site, call_for, operation):
    site = new_site(client={"PreventUserExistenceErrors": "LEGACY"})
    given = dict(ADDRESSED)
    if operation == "confirm_sign_up":
        given["ConfirmationCode"] = "123456"
    assert call_for(site).open_fails(operation, **given)[0] == "UserNotFoundException"


def test_an_access_token_says_who_it_is(site, token, call):
    user = call.open("get_user", AccessToken=token)
    assert attributes(user)["email"] == EMAIL


def test_tokens_of_the_hosted_ui_lack_the_scope(site, browser, call):
    site.person()
    tokens = site.tokens(browser)
    error = call.open_fails("get_user", AccessToken=tokens["access_token"])
    assert error == ("NotAuthorizedException", "Access Token does not have required scopes")


def test_a_password_is_changed_by_who_knows_it(site, token, call, browser):
    given = {"AccessToken": token, "ProposedPassword": NEW}
    error = call.open_fails("change_password", PreviousPassword="wrong", **given)
    assert error == ("NotAuthorizedException", "Incorrect username or password.")
    call.open("change_password", PreviousPassword=PASSWORD, **given)
    assert site.sign_in(browser, password=NEW).answer["code"]


def test_signing_out_everywhere_ends_the_token_itself(site, token, call):
    call.open("global_sign_out", AccessToken=token)
    error = call.open_fails("get_user", AccessToken=token)
    assert error == ("NotAuthorizedException", "Invalid Access Token")


def test_a_sign_up_can_be_confirmed_fifteen_times_an_hour(site, call):
    call.open("sign_up", Password=PASSWORD, **ADDRESSED)
    code = site.newest_code()
    wrong = {**ADDRESSED, "ConfirmationCode": "000000" if code != "000000" else "000001"}
    errors = [call.open_fails("confirm_sign_up", **wrong)[0] for _ in range(16)]
    assert errors == ["CodeMismatchException"] * 15 + ["LimitExceededException"]
    error = call.open_fails("confirm_sign_up", **ADDRESSED, ConfirmationCode=code)
    assert error[0] == "LimitExceededException"
    site.pool.clock.move(3601)
    call.open("confirm_sign_up", **ADDRESSED, ConfirmationCode=code)


def test_a_sign_up_code_can_be_sent_again_five_times_an_hour(site, call):
    call.open("sign_up", Password=PASSWORD, **ADDRESSED)
    outcomes = []
    for _ in range(6):
        try:
            call.open("resend_confirmation_code", **ADDRESSED)
            outcomes.append("sent")
        except call.client.exceptions.LimitExceededException:
            outcomes.append("refused")
    assert outcomes == ["sent"] * 5 + ["refused"]
    site.pool.clock.move(3601)
    call.open("resend_confirmation_code", **ADDRESSED)
