"""What AWS documents of the user pool's API."""

import pytest

from tests.devcloud.rows.exchanges import (
    INVALID_GRANT,
    claims,
    error_of,
    failure,
    known_as,
    newest_mail,
    password_sign_in,
    refresh,
    secret_hash,
    user_info,
)
from tests.devcloud.rows.row import Rows

row = Rows()


@row(
    "SECRET_HASH is base64(HMAC-SHA256(secret, username + client id)); without it `Client X is"
    " configured with secret but SECRET_HASH was not received`, with a wrong one `Unable to verify"
    " secret hash for client X` (NotAuthorizedException, 400)"
)
def the_secret_hash_is_checked(aws):
    client = aws.app_client("API")
    email = aws.person()
    assert password_sign_in(client, email)["AuthenticationResult"]["IdToken"]
    known = known_as(client, email)
    forgot = client.user_pool.forgot_password
    wrong = failure(forgot, **known | {"SecretHash": secret_hash(client, "another")})
    client_id = client.app_client_id
    assert wrong == (
        "NotAuthorizedException",
        f"Unable to verify secret hash for client {client_id}",
    )
    del known["SecretHash"]
    assert failure(forgot, **known) == (
        "NotAuthorizedException",
        f"Client {client_id} is configured with secret but SECRET_HASH was not received",
    )


@row(
    "PreventUserExistenceErrors is LEGACY by default, which tells who exists; ENABLED answers"
    " `Incorrect username or password.`"
)
def who_exists_is_told_by_default(aws):
    assert failure(password_sign_in, aws.app_client("API"), "nobody@example.com") == (
        "UserNotFoundException",
        "User does not exist.",
    )
    for stack, told in ((aws.stack, "User does not exist."), (aws.app_client("FULL"), None)):
        browser, page = stack.authorize()
        alert = browser.submit(page, username="nobody@example.com", password="x").alert
        assert alert == (told or "Incorrect username or password.")


@row(
    "AdminDisableUser revokes all access tokens; AdminResetUserPassword makes RESET_REQUIRED and"
    " mails a code; with UsernameAttributes=email the user name is the sub"
)
def administrators_end_sign_ins(aws):
    email, stack = aws.person(), aws.stack
    person = {"UserPoolId": stack.user_pool_id, "Username": email}
    tokens = stack.sign_in(email)
    found = stack.user_pool.admin_get_user(**person)
    assert found["Username"] == claims(tokens["id_token"])["sub"]
    stack.user_pool.admin_reset_user_password(**person)
    assert stack.user_pool.admin_get_user(**person)["UserStatus"] == "RESET_REQUIRED"
    assert newest_mail(aws, email)["code"]
    other = aws.person()
    tokens = stack.sign_in(other)
    stack.user_pool.admin_disable_user(UserPoolId=stack.user_pool_id, Username=other)
    assert user_info(stack, tokens["access_token"]).status_code == 401
    assert error_of(refresh(stack, tokens)) == INVALID_GRANT
    stack.user_pool.admin_enable_user(UserPoolId=stack.user_pool_id, Username=other)
    assert user_info(stack, tokens["access_token"]).status_code == 401


@pytest.mark.parametrize("check", row.cases)
def test_row(check, aws):
    check(aws)
