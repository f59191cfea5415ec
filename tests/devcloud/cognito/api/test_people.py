"""Operations of administrators on one person."""

import pytest

from devcloud.cognito import passwords
from devcloud.cognito.people import Status
from tests.devcloud.cognito.api.conftest import attributes
from tests.devcloud.cognito.site import EMAIL, PASSWORD, POOL_ID, authorization


@pytest.fixture
def alice(site):
    return site.person()


def name_value(**values):
    return [{"Name": name, "Value": value} for name, value in values.items()]


def test_an_invited_person_gets_a_temporary_password_by_mail(site, call):
    user = call(
        "admin_create_user",
        Username=EMAIL,
        UserAttributes=name_value(email=EMAIL, email_verified="true", name="Alice"),
    )["User"]
    assert (user["UserStatus"], user["Enabled"]) == ("FORCE_CHANGE_PASSWORD", True)
    found = attributes(user, "Attributes")
    assert found == {
        "sub": user["Username"],
        "email": EMAIL,
        "email_verified": "true",
        "name": "Alice",
    }
    mail = site.pool.mailbox.newest_first(EMAIL)[0]
    assert mail.subject == "Your temporary password"
    assert mail.body == f"Your username is {EMAIL} and temporary password is {mail.code}."
    passwords.check_policy(site.pool.settings.password_policy, mail.code)
    person = site.pool.people.get(EMAIL)
    assert passwords.is_right(person.password_hash, mail.code)


def test_an_invitation_may_be_silent_or_sent_again(site, call):
    given = {"Username": EMAIL, "TemporaryPassword": PASSWORD}
    call("admin_create_user", **given, MessageAction="SUPPRESS")
    assert site.pool.mailbox.newest_first() == []
    call("admin_create_user", Username=EMAIL, MessageAction="RESEND")
    new = site.pool.mailbox.newest_first()[0].code
    person = site.pool.people.get(EMAIL)
    assert passwords.is_right(person.password_hash, new)
    assert not passwords.is_right(person.password_hash, PASSWORD)


@pytest.mark.parametrize(
    ("parameters", "error"),
    [
        ({"Username": EMAIL.upper()}, "UsernameExistsException"),
        ({"Username": "alice"}, "InvalidParameterException"),
        ({"Username": "bob@example.com", "TemporaryPassword": "short"}, "InvalidPasswordException"),
        (
            {"Username": "bob@example.com", "UserAttributes": name_value(shoe="41")},
            "InvalidParameterException",
        ),
        (
            {"Username": "bob@example.com", "UserAttributes": name_value(sub="x")},
            "InvalidParameterException",
        ),
        ({"Username": EMAIL, "MessageAction": "RESEND"}, "UnsupportedUserStateException"),
        ({"Username": "bob@example.com", "MessageAction": "RESEND"}, "UserNotFoundException"),
    ],
)
def test_a_wrong_invitation_is_refused(site, alice, call, parameters, error):
    assert call.fails("admin_create_user", **parameters)[0] == error
    assert site.pool.people.count() == 1


@pytest.mark.parametrize("key", ["sub", "email"])
def test_a_person_is_found_by_user_name_and_by_address(alice, call, key):
    user = call("admin_get_user", Username=getattr(alice, key))
    assert user["Username"] == alice.sub
    assert attributes(user)["email"] == EMAIL
    assert (user["UserStatus"], user["Enabled"]) == ("CONFIRMED", True)
    assert abs(user["UserCreateDate"].timestamp() - alice.created_at.timestamp()) < 0.01
    assert "PreferredMfaSetting" not in user


PERSONAL = [
    "admin_get_user",
    "admin_delete_user",
    "admin_enable_user",
    "admin_disable_user",
    "admin_confirm_sign_up",
    "admin_reset_user_password",
    "admin_user_global_sign_out",
    "admin_list_groups_for_user",
]


@pytest.mark.parametrize("operation", PERSONAL)
def test_somebody_unknown_is_named_so(call, operation):
    assert call.fails(operation, Username="nobody@example.com") == (
        "UserNotFoundException",
        "User does not exist.",
    )


@pytest.mark.parametrize("operation", [*PERSONAL, "list_users", "list_groups"])
def test_another_pool_is_not_found(site, cognito_client, operation):
    parameters = {"UserPoolId": "eu-central-1_Other0000"}
    if operation in PERSONAL:
        parameters["Username"] = EMAIL
    with pytest.raises(cognito_client.exceptions.ResourceNotFoundException) as caught:
        getattr(cognito_client, operation)(**parameters)
    assert "User pool eu-central-1_Other0000 does not exist." in str(caught.value)


def test_attributes_are_changed_and_taken_away(site, alice, call):
    call("admin_update_user_attributes", Username=EMAIL, UserAttributes=name_value(name="A"))
    assert attributes(call("admin_get_user", Username=EMAIL))["name"] == "A"
    call("admin_update_user_attributes", Username=EMAIL, UserAttributes=name_value(name=""))
    assert "name" not in attributes(call("admin_get_user", Username=EMAIL))


def test_a_verified_new_address_counts_at_once(site, alice, call, browser):
    new = name_value(email="new@example.com", email_verified="true")
    call("admin_update_user_attributes", Username=EMAIL, UserAttributes=new)
    assert attributes(call("admin_get_user", Username=alice.sub))["email"] == "new@example.com"
    assert site.sign_in(browser, "new@example.com").answer["code"]
    assert site.sign_in(browser, prompt="login").status == 422


def test_an_unverified_new_address_counts_at_once_unless_the_pool_says_otherwise(site, alice, call):
    new = name_value(email="new@example.com")
    call("admin_update_user_attributes", Username=EMAIL, UserAttributes=new)
    found = attributes(call("admin_get_user", Username=alice.sub))
    assert (found["email"], found["email_verified"]) == ("new@example.com", "false")


def test_an_unverified_new_address_waits_for_its_code_if_the_pool_says_so(new_site, call_for):
    verified_first = {"AttributesRequireVerificationBeforeUpdate": ["email"]}
    site = new_site(pool={"UserAttributeUpdateSettings": verified_first})
    alice, call = site.person(), call_for(site)
    new = name_value(email="new@example.com")
    call("admin_update_user_attributes", Username=EMAIL, UserAttributes=new)
    found = attributes(call("admin_get_user", Username=alice.sub))
    assert (found["email"], found["email_verified"]) == (EMAIL, "true")
    granted = site.pool.grants.sign_in(next(iter(site.pool.app_clients.values())), alice)
    call.open(
        "verify_user_attribute",
        AccessToken=granted.tokens.access_token,
        AttributeName="email",
        Code=site.newest_code("new@example.com"),
    )
    found = attributes(call("admin_get_user", Username=alice.sub))
    assert (found["email"], found["email_verified"]) == ("new@example.com", "true")


def test_an_address_of_somebody_else_is_refused(site, alice, call):
    site.person("bob@example.com")
    new = name_value(email="Bob@example.com", email_verified="true")
    error = call.fails("admin_update_user_attributes", Username=EMAIL, UserAttributes=new)
    assert error[0] == "AliasExistsException"


def test_a_deleted_person_is_gone_with_their_tokens(site, alice, call, browser):
    tokens = site.tokens(browser)
    call("admin_delete_user", Username=EMAIL)
    assert call.fails("admin_get_user", Username=EMAIL)[0] == "UserNotFoundException"
    assert site.refresh(tokens["refresh_token"]).status_code == 400
    assert site.sign_in(browser).status == 422


def test_a_disabled_person_is_out_and_can_be_let_in_again(site, alice, call, browser):
    tokens = site.tokens(browser)
    call("admin_disable_user", Username=EMAIL)
    assert call("admin_get_user", Username=EMAIL)["Enabled"] is False
    assert site.pool.tokens.accept(tokens["access_token"]) is None
    assert site.refresh(tokens["refresh_token"]).status_code == 400
    call("admin_enable_user", Username=EMAIL)
    assert site.refresh(tokens["refresh_token"]).status_code == 400
    assert site.sign_in(browser, prompt="login").answer["code"]


def test_somebody_can_be_confirmed_without_a_code(site, call, browser):
    site.pool.accounts.sign_up(EMAIL, PASSWORD, {})
    call("admin_confirm_sign_up", Username=EMAIL)
    user = call("admin_get_user", Username=EMAIL)
    assert (user["UserStatus"], attributes(user)["email_verified"]) == ("CONFIRMED", "false")
    assert call.fails("admin_confirm_sign_up", Username=EMAIL) == (
        "NotAuthorizedException",
        "User cannot be confirmed. Current status is CONFIRMED",
    )


def test_a_reset_password_waits_for_a_mailed_code(site, alice, call, browser):
    call("admin_reset_user_password", Username=EMAIL)
    assert call("admin_get_user", Username=EMAIL)["UserStatus"] == "RESET_REQUIRED"
    page = site.sign_in(browser)
    page = browser.submit(
        page,
        code=site.newest_code(),
        password="Another-horse-8",
        confirm_password="Another-horse-8",
    )
    assert "Your password is changed" in page.text
    assert site.sign_in(browser, password="Another-horse-8").answer["code"]


@pytest.mark.parametrize(
    ("changes", "error"),
    [
        ({"status": Status.FORCE_CHANGE_PASSWORD}, "NotAuthorizedException"),
        ({"status": Status.UNCONFIRMED}, "NotAuthorizedException"),
        ({"email_verified": False}, "InvalidParameterException"),
    ],
)
def test_a_password_that_cannot_be_reset_is_refused(site, call, changes, error):
    site.person(**changes)
    assert call.fails("admin_reset_user_password", Username=EMAIL)[0] == error


def test_a_password_is_set_for_good_or_for_one_sign_in(site, alice, call, browser):
    new = {"Username": EMAIL, "Password": "Another-horse-8"}
    call("admin_set_user_password", **new, Permanent=True)
    assert site.sign_in(browser, password="Another-horse-8").answer["code"]
    call("admin_set_user_password", **new, Permanent=False)
    assert call("admin_get_user", Username=EMAIL)["UserStatus"] == "FORCE_CHANGE_PASSWORD"
    new["Password"] = "short"
    assert call.fails("admin_set_user_password", **new) == (
        "InvalidPasswordException",
        "Password did not conform with policy: Password not long enough",
    )


def test_signing_out_everywhere_ends_tokens_but_not_the_hosted_ui_s_cookie(
    site, alice, call, browser
):
    tokens = site.tokens(browser)
    call("admin_user_global_sign_out", Username=EMAIL)
    assert site.refresh(tokens["refresh_token"]).status_code == 400
    assert site.pool.tokens.accept(tokens["access_token"]) is None
    page = browser.open("/oauth2/authorize", **authorization())
    assert page.answer["code"]


def test_an_operation_that_is_not_imitated_says_so(call):
    error = call.fails("admin_list_devices", Username=EMAIL)
    assert error == (
        "UnknownOperationException",
        "The operation AdminListDevices is not imitated by devcloud.",
    )


def test_a_role_may_do_what_it_is_allowed(site, alice):
    asked = []

    def access(action, resource):
        asked.append((action, resource))
        return action == "cognito-idp:AdminGetUser"

    given = {"UserPoolId": POOL_ID, "Username": EMAIL}
    prefix = "AWSCognitoIdentityProviderService."
    assert site.pool.api(f"{prefix}AdminGetUser", given, access)[0] == 200
    status, headers, body = site.pool.api(f"{prefix}AdminDeleteUser", given, access)
    assert status == 400
    assert headers["x-amzn-ErrorType"] == "AccessDeniedException:"
    assert b"cognito-idp:AdminDeleteUser" in body
    arn = f"arn:aws:cognito-idp:eu-central-1:000000000000:userpool/{POOL_ID}"
    assert asked == [("cognito-idp:AdminGetUser", arn), ("cognito-idp:AdminDeleteUser", arn)]
    assert site.pool.people.find(EMAIL)


def test_a_request_without_what_it_needs_is_named(site):
    status, _, body = site.pool.api("AWSCognitoIdentityProviderService.AdminGetUser", {})
    assert status == 400
    assert b"Value at 'userPoolId' failed to satisfy constraint" in body


def test_half_a_surrogate_pair_is_refused(site):
    given = {"UserPoolId": POOL_ID, "Username": "\ud800@example.com"}
    for operation in ("AdminGetUser", "AdminCreateUser"):
        status, _, body = site.pool.api(f"AWSCognitoIdentityProviderService.{operation}", given)
        assert (status, b"InvalidParameterException" in body) == (400, True)
