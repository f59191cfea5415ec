"""What several rows read and send."""

import base64
import hmac

import jwt
import requests


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
