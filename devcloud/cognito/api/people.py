"""What an administrator does to one person."""

from collections.abc import Mapping
from typing import Any

from devcloud.cognito import passwords
from devcloud.cognito.accounts import check_email
from devcloud.cognito.api.operation import (
    Body,
    Operation,
    Parameters,
    attribute_list,
    check_pool,
    mfa_settings,
    seconds,
    user_type,
)
from devcloud.cognito.attributes import check_attributes
from devcloud.cognito.codes import Purpose
from devcloud.cognito.errors import (
    InvalidParameter,
    NotAuthorized,
    UnsupportedUserState,
)
from devcloud.cognito.people import Person, Status
from devcloud.cognito.pool import UserPool


def person_of(pool: UserPool, parameters: Parameters) -> Person:
    """The person that the request names, by user name or e-mail; raises UserNotFound."""
    check_pool(pool, parameters)
    return pool.people.get(parameters.text("Username"))


def admin_create_user(pool: UserPool, parameters: Parameters) -> Body:
    """Invite a person: a temporary password by mail, which they change at the first sign-in."""
    check_pool(pool, parameters)
    email = parameters.text("Username")
    check_email(email)
    action = parameters.optional("MessageAction")
    policy = pool.settings.password_policy
    password = parameters.optional("TemporaryPassword")
    if password is not None:
        passwords.check_policy(policy, password)
    password = password or passwords.temporary(policy)
    password_hash = passwords.hashed(password)
    status = Status.FORCE_CHANGE_PASSWORD
    with pool.database.transaction() as connection:
        if action == "RESEND":
            person = pool.people.get(email)
            if person.status is not status:
                raise UnsupportedUserState(
                    f"Resend not possible. {email} status is not FORCE_CHANGE_PASSWORD"
                )
            person = pool.people.set_password(connection, person.sub, password_hash, status)
        else:
            given = parameters.attributes()
            if given.pop("email", email) != email:
                raise InvalidParameter("Username and email must be the same.")
            check_attributes(pool.settings.attributes, given)
            verified = given.pop("email_verified", "").lower() == "true"
            person = pool.people.add(
                connection,
                email=email,
                email_verified=verified,
                status=status,
                password_hash=password_hash,
                attributes=given,
            )
        if action != "SUPPRESS":
            settings = pool.settings
            body = settings.invitation_message.replace("{username}", email)
            pool.mailbox.deliver(
                connection,
                email,
                settings.invitation_subject,
                body.replace("{####}", password),
                password,
            )
    return {"User": user_type(person)}


def admin_get_user(pool: UserPool, parameters: Parameters) -> Body:
    person = person_of(pool, parameters)
    return {
        "Username": person.sub,
        "UserAttributes": attribute_list(person),
        "UserCreateDate": seconds(person.created_at),
        "UserLastModifiedDate": seconds(person.updated_at),
        "Enabled": person.enabled,
        "UserStatus": person.status.value,
        **mfa_settings(person),
    }


def admin_update_user_attributes(pool: UserPool, parameters: Parameters) -> Body:
    """Change attributes; a new e-mail address has to be proved unless it is given as verified.

    AWS, AttributesRequireVerificationBeforeUpdate: until then the old address stays.
    """
    given = parameters.attributes()
    check_attributes(pool.settings.attributes, given)
    new_email = given.pop("email", None)
    verified = given.pop("email_verified", None)
    if new_email is not None:
        check_email(new_email)
    with pool.database.transaction() as connection:
        person = person_of(pool, parameters)
        changes: dict[str, Any] = {"other_attributes": changed(person.other_attributes, given)}
        if verified is not None:
            changes["email_verified"] = verified.lower() == "true"
        email = person.email if new_email is None else new_email
        is_new = email != person.email
        proved = changes.get("email_verified") is True
        pool.people.check_free(email, person.sub)
        if is_new and not proved and pool.settings.verifies_email_before_update:
            pool.codes.send(connection, person, Purpose.VERIFY_EMAIL, new_email=email)
        elif is_new:
            changes |= {"email": email, "email_verified": proved}
        pool.people.change(connection, person.sub, **changes)
    return {}


def admin_delete_user(pool: UserPool, parameters: Parameters) -> Body:
    with pool.database.transaction() as connection:
        person = person_of(pool, parameters)
        pool.people.delete(connection, person.sub)
    return {}


def admin_enable_user(pool: UserPool, parameters: Parameters) -> Body:
    with pool.database.transaction() as connection:
        person = person_of(pool, parameters)
        pool.people.change(connection, person.sub, enabled=True)
    return {}


def admin_disable_user(pool: UserPool, parameters: Parameters) -> Body:
    """Shut a person out; AWS: this revokes all their tokens."""
    with pool.database.transaction() as connection:
        person = person_of(pool, parameters)
        pool.people.change(connection, person.sub, enabled=False)
        pool.token_sessions.revoke_all(connection, person.sub)
    return {}


def admin_confirm_sign_up(pool: UserPool, parameters: Parameters) -> Body:
    with pool.database.transaction() as connection:
        person = person_of(pool, parameters)
        if person.status is not Status.UNCONFIRMED:
            raise NotAuthorized(f"User cannot be confirmed. Current status is {person.status}")
        pool.people.change(connection, person.sub, status=Status.CONFIRMED)
    return {}


def admin_reset_user_password(pool: UserPool, parameters: Parameters) -> Body:
    """Make a person set a new password by a code that is mailed."""
    with pool.database.transaction() as connection:
        person = person_of(pool, parameters)
        if person.status not in (Status.CONFIRMED, Status.RESET_REQUIRED):
            raise NotAuthorized("User password cannot be reset in the current state.")
        if not person.email_verified:
            raise InvalidParameter(
                "Cannot reset password for the user as there is no registered/verified email or"
                " phone_number"
            )
        pool.people.change(connection, person.sub, status=Status.RESET_REQUIRED)
        pool.codes.send(connection, person, Purpose.FORGOT_PASSWORD)
    return {}


def admin_set_user_password(pool: UserPool, parameters: Parameters) -> Body:
    person = person_of(pool, parameters)
    status = Status.FORCE_CHANGE_PASSWORD
    if parameters.boolean("Permanent"):
        status = Status.CONFIRMED
    pool.accounts.set_password(person, parameters.text("Password"), status)
    return {}


def admin_user_global_sign_out(pool: UserPool, parameters: Parameters) -> Body:
    pool.accounts.sign_out_everywhere(person_of(pool, parameters).sub)
    return {}


def changed(old: Mapping[str, str], given: Mapping[str, str]) -> dict[str, str]:
    """Attributes after a change; an empty value takes one away."""
    return {name: value for name, value in {**old, **given}.items() if value}


OPERATIONS = {
    "AdminCreateUser": Operation(admin_create_user),
    "AdminGetUser": Operation(admin_get_user),
    "AdminUpdateUserAttributes": Operation(admin_update_user_attributes),
    "AdminDeleteUser": Operation(admin_delete_user),
    "AdminEnableUser": Operation(admin_enable_user),
    "AdminDisableUser": Operation(admin_disable_user),
    "AdminConfirmSignUp": Operation(admin_confirm_sign_up),
    "AdminResetUserPassword": Operation(admin_reset_user_password),
    "AdminSetUserPassword": Operation(admin_set_user_password),
    "AdminUserGlobalSignOut": Operation(admin_user_global_sign_out),
}
