"""boto3's own client, talking to the user pool over a socket."""

import base64
import hmac
import threading

import boto3
import pytest
from botocore.config import Config

from tests.devcloud.cognito.site import CLIENT_ID, CLIENT_SECRET, POOL_ID


@pytest.fixture(scope="session")
def cognito_client(base):
    return boto3.client(
        "cognito-idp",
        endpoint_url=base,
        region_name="eu-central-1",
        aws_access_key_id="test",
        aws_secret_access_key="test",
        config=Config(retries={"total_max_attempts": 1}),
    )


class Caller:
    """Calls an operation of the test's pool and keeps a failure's name and text."""

    def __init__(self, client):
        self.client = client

    def __call__(self, operation, **parameters):
        return getattr(self.client, operation)(UserPoolId=POOL_ID, **parameters)

    def open(self, operation, **parameters):
        """An operation without credentials and pool id."""
        return getattr(self.client, operation)(**parameters)

    def fails(self, operation, **parameters):
        return self._failure(self, operation, parameters)

    def open_fails(self, operation, **parameters):
        return self._failure(self.open, operation, parameters)

    def _failure(self, call, operation, parameters):
        with pytest.raises(self.client.exceptions.ClientError) as caught:
            call(operation, **parameters)
        error = caught.value.response["Error"]
        assert caught.value.response["ResponseMetadata"]["HTTPStatusCode"] == 400
        return error["Code"], error["Message"]


@pytest.fixture
def call(site, cognito_client):
    return Caller(cognito_client)


@pytest.fixture
def call_for(cognito_client):
    """The same for a site that the test made itself."""
    return lambda site: Caller(cognito_client)


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


def secret_hash(username):
    message = (username + CLIENT_ID).encode()
    return base64.b64encode(hmac.digest(CLIENT_SECRET.encode(), message, "sha256")).decode()


def attributes(answer, name="UserAttributes"):
    return {item["Name"]: item["Value"] for item in answer[name]}
