"""What several rows read and send."""

import base64
import hmac

import jwt
import pytest
import requests
from botocore.exceptions import ClientError

from tests.second_opinion.running_stack import PASSWORD

INVALID_GRANT = (400, {"error": "invalid_grant"})


def claims(token):
    """What the token says, whoever signed it."""
    return jwt.decode(token, options={"verify_signature": False})


def secret_hash(stack, username):
    """What an app client with a secret sends to prove that it has it."""
    message = (username + stack.app_client_id).encode()
    return base64.b64encode(
        hmac.digest(stack.app_client_secret.encode(), message, "sha256")
    ).decode()


def known_as(stack, username):
    """The parameters that name a person to an operation without credentials."""
    return {
        "ClientId": stack.app_client_id,
        "Username": username,
        "SecretHash": secret_hash(stack, username),
    }


def newest_mail(aws, recipient):
    """The latest message to that address."""
    answer = requests.get(
        f"{aws.devcloud.base}/_local/mail",
        params={"to": recipient},
        headers={"Accept": "application/json"},
        timeout=10,
    )
    return answer.json()[0]


def error_of(answer):
    return answer.status_code, answer.json()


def refresh(stack, tokens):
    return stack.token_request(grant_type="refresh_token", refresh_token=tokens["refresh_token"])


def revoke(stack, token, **arguments):
    given = {"data": {"token": token}, "auth": (stack.app_client_id, stack.app_client_secret)}
    return requests.post(f"{stack.base}/oauth2/revoke", timeout=10, **given | arguments)


def user_info(stack, access_token):
    return requests.get(
        f"{stack.base}/oauth2/userInfo",
        headers={"Authorization": f"Bearer {access_token}"},
        timeout=10,
    )


def password_sign_in(stack, email, password=PASSWORD):
    """What AdminInitiateAuth gives."""
    return stack.user_pool.admin_initiate_auth(
        UserPoolId=stack.user_pool_id,
        ClientId=stack.app_client_id,
        AuthFlow="ADMIN_USER_PASSWORD_AUTH",
        AuthParameters={
            "USERNAME": email,
            "PASSWORD": password,
            "SECRET_HASH": secret_hash(stack, email),
        },
    )


def failure(call, *arguments, **parameters):
    """The name and text of the error that boto3 raises."""
    with pytest.raises(ClientError) as caught:
        call(*arguments, **parameters)
    response = caught.value.response
    assert response["ResponseMetadata"]["HTTPStatusCode"] == 400
    return response["Error"]["Code"], response["Error"]["Message"]
