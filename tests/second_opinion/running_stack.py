"""A deployed stack as its callers see it, whatever stands in for AWS."""

import base64
import hashlib
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import boto3
import requests
from botocore.config import Config

from tests.devcloud.cognito.browser import Browser

REGION = "eu-central-1"
CALLBACK = "http://localhost:8000/oidc/callback/"
PASSWORD = "Right-passw0rd!"
_DAY = 24 * 3600
_VERIFIER = "a-verifier-that-is-long-enough-for-the-rule-of-pkce"


def aws_client(service, base):
    """A boto3 client of a stand-in."""
    return boto3.client(
        service,
        endpoint_url=base,
        region_name=REGION,
        aws_access_key_id="test",
        aws_secret_access_key="test",
        config=Config(retries={"total_max_attempts": 1}),
    )


@dataclass(frozen=True)
class RunningStack:
    """Where everything is, and how somebody signs in."""

    base: str
    api: str
    user_pool_id: str
    app_client_id: str
    app_client_secret: str
    user_pool: Any
    # (stack, email): the tokens of a sign-in that are no longer valid.
    expired_tokens: Callable[["RunningStack", str], dict[str, str]]

    def add_person(self, email):
        """A confirmed person whose password is PASSWORD."""
        self.user_pool.admin_create_user(
            UserPoolId=self.user_pool_id,
            Username=email,
            MessageAction="SUPPRESS",
            UserAttributes=[
                {"Name": "email", "Value": email},
                {"Name": "email_verified", "Value": "true"},
            ],
        )
        self.user_pool.admin_set_user_password(
            UserPoolId=self.user_pool_id, Username=email, Password=PASSWORD, Permanent=True
        )

    def authorization(self, **changed):
        """The parameters of a right authorization request; None takes one out."""
        challenge = base64.urlsafe_b64encode(hashlib.sha256(_VERIFIER.encode()).digest())
        parameters = {
            "response_type": "code",
            "client_id": self.app_client_id,
            "redirect_uri": CALLBACK,
            "scope": "openid email",
            "state": "a-state",
            "nonce": "a-nonce",
            "code_challenge": challenge.rstrip(b"=").decode(),
            "code_challenge_method": "S256",
        }
        return {name: value for name, value in (parameters | changed).items() if value}

    def authorize(self, **changed):
        """The page that the browser lands on when sign-in begins."""
        browser = Browser(self.base)
        page = browser.open("/oauth2/authorize", **self.authorization(**changed))
        return browser, page

    def code_for(self, email, **changed):
        """The authorization code of a sign-in on the hosted UI."""
        browser, page = self.authorize(**changed)
        answer = browser.submit(page, username=email, password=PASSWORD).answer
        browser.session.close()
        return answer["code"]

    def token_request(self, secret=None, **fields):
        """The token endpoint's answer."""
        return requests.post(
            f"{self.base}/oauth2/token",
            data=fields,
            auth=(self.app_client_id, secret or self.app_client_secret),
            timeout=20,
        )

    def exchange(self, code, **changed):
        """The token endpoint's answer to a code."""
        fields = {
            "grant_type": "authorization_code",
            "code": code,
            "redirect_uri": CALLBACK,
            "code_verifier": _VERIFIER,
        }
        return self.token_request(**(fields | changed))

    def sign_in(self, email, **changed):
        """ID, access and refresh token of this person."""
        answer = self.exchange(self.code_for(email, **changed))
        answer.raise_for_status()
        return answer.json()


def stack_of(devcloud):
    """The stack of a devcloud."""
    environment = devcloud.environment
    return RunningStack(
        base=devcloud.base,
        api=devcloud.api,
        user_pool_id=environment["COGNITO_USER_POOL_ID"],
        app_client_id=environment["OIDC_RP_CLIENT_ID"],
        app_client_secret=environment["OIDC_RP_CLIENT_SECRET"],
        user_pool=aws_client("cognito-idp", devcloud.base),
        expired_tokens=lambda stack, email: _tokens_of_yesterday(devcloud, stack, email),
    )


def _tokens_of_yesterday(devcloud, stack, email):
    devcloud.move_clock(-_DAY)
    try:
        return stack.sign_in(email)
    finally:
        devcloud.move_clock(_DAY)


class Api:
    """The API with one token."""

    def __init__(self, stack, token=None):
        self._url = stack.api
        self._headers = {"Authorization": token} if token else {}

    def __call__(self, method, path, *, version=None, headers=None, **arguments):
        sent = self._headers | ({"If-Match": f'"{version}"'} if version else {}) | (headers or {})
        return requests.request(method, self._url + path, headers=sent, timeout=30, **arguments)
