"""What people do about their own account, by the app client or by their access token."""

from typing import Any

from devcloud.cognito.accounts import masked
from devcloud.cognito.api.operation import (
    Body,
    Operation,
    Parameters,
    app_client_of,
    attribute_list,
    check_secret_hash,
    mfa_settings,
)
from devcloud.cognito.app_client import AppClient
from devcloud.cognito.attributes import check_attributes
from devcloud.cognito.codes import Purpose
from devcloud.cognito.errors import InvalidParameter, NotAuthorized
from devcloud.cognito.people import Person
from devcloud.cognito.pool import UserPool
from devcloud.cognito.tokens import ADMIN_SCOPE, AcceptedAccessToken


def sign_up(pool: UserPool, parameters: Parameters) -> Body:
    app_client, email = _asked_by(pool, parameters)
    given = parameters.attributes()
    if given.pop("email", email) != email:
        raise InvalidParameter("Username and email must be the same.")
    check_attributes(pool.settings.attributes, given)
    for name in given:
        if not app_client.may_write(name) or name.endswith("_verified"):
            raise NotAuthorized("A client attempted to write unauthorized attribute")
    person = pool.accounts.sign_up(email, parameters.text("Password"), given)
    body: dict[str, object] = {"UserConfirmed": False, "UserSub": person.sub}
    if pool.settings.verifies_email:
        body["CodeDeliveryDetails"] = _delivery(email)
    return body


def confirm_sign_up(pool: UserPool, parameters: Parameters) -> Body:
    app_client, username = _asked_by(pool, parameters)
    pool.accounts.confirm_sign_up(app_client, username, parameters.text("ConfirmationCode"))
    return {}


def resend_confirmation_code(pool: UserPool, parameters: Parameters) -> Body:
    app_client, username = _asked_by(pool, parameters)
    pool.accounts.resend_code(app_client, username)
    return {"CodeDeliveryDetails": _delivery(_address(pool, username))}


def forgot_password(pool: UserPool, parameters: Parameters) -> Body:
    app_client, username = _asked_by(pool, parameters)
    pool.accounts.forgot_password(app_client, username)
    return {"CodeDeliveryDetails": _delivery(_address(pool, username))}


def confirm_forgot_password(pool: UserPool, parameters: Parameters) -> Body:
    app_client, username = _asked_by(pool, parameters)
    pool.accounts.confirm_forgot_password(
        app_client, username, parameters.text("ConfirmationCode"), parameters.text("Password")
    )
    return {}


def get_user(pool: UserPool, parameters: Parameters) -> Body:
    accepted = speaker(pool, parameters)
    person, may_read = accepted.person, accepted.app_client.may_read
    readable = [name for name in person.attributes if name == "sub" or may_read(name)]
    return {
        "Username": person.sub,
        "UserAttributes": attribute_list(person, readable),
        **mfa_settings(person),
    }


def change_password(pool: UserPool, parameters: Parameters) -> Body:
    """A new password by somebody who is signed in and knows the old one."""
    person = speaker(pool, parameters).person
    person = pool.authentication.prove(person, parameters.text("PreviousPassword"))
    pool.accounts.replace_password(person, parameters.text("ProposedPassword"))
    return {}


def verify_user_attribute(pool: UserPool, parameters: Parameters) -> Body:
    """Prove an e-mail address that was changed."""
    person = speaker(pool, parameters).person
    if parameters.text("AttributeName") != "email":
        raise InvalidParameter("Only the attribute email can be verified.")
    code = parameters.text("Code")
    pool.codes.check(person, Purpose.VERIFY_EMAIL, code)
    with pool.database.transaction() as connection:
        changes: dict[str, Any] = {"email_verified": True}
        new_email = pool.codes.spend(connection, person, Purpose.VERIFY_EMAIL, code)
        if new_email is not None:
            pool.people.check_free(new_email, person.sub)
            changes["email"] = new_email
        pool.people.change(connection, person.sub, **changes)
    return {}


def global_sign_out(pool: UserPool, parameters: Parameters) -> Body:
    pool.accounts.sign_out_everywhere(speaker(pool, parameters).person.sub)
    return {}


def speaker(pool: UserPool, parameters: Parameters) -> AcceptedAccessToken:
    """Whose access token it is; raises NotAuthorized."""
    accepted = pool.tokens.accept(parameters.text("AccessToken"))
    if accepted is None:
        raise NotAuthorized("Invalid Access Token")
    if ADMIN_SCOPE not in accepted.scopes:
        raise NotAuthorized("Access Token does not have required scopes")
    return accepted


def _asked_by(pool: UserPool, parameters: Parameters) -> tuple[AppClient, str]:
    """The app client, which proved its secret, and the user name."""
    app_client, username = app_client_of(pool, parameters), parameters.text("Username")
    check_secret_hash(app_client, [username], parameters.optional("SecretHash"))
    return app_client, username


def _address(pool: UserPool, username: str) -> str:
    """Where a code went or, for somebody who does not exist, would have gone."""
    person: Person | None = pool.people.find(username)
    return person.email if person else username


def _delivery(email: str) -> dict[str, str]:
    return {"Destination": masked(email), "DeliveryMedium": "EMAIL", "AttributeName": "email"}


OPERATIONS = {
    name: Operation(carry_out, needs_credentials=False)
    for name, carry_out in {
        "SignUp": sign_up,
        "ConfirmSignUp": confirm_sign_up,
        "ResendConfirmationCode": resend_confirmation_code,
        "ForgotPassword": forgot_password,
        "ConfirmForgotPassword": confirm_forgot_password,
        "GetUser": get_user,
        "ChangePassword": change_password,
        "VerifyUserAttribute": verify_user_attribute,
        "GlobalSignOut": global_sign_out,
    }.items()
}
