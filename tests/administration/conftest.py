"""An admin's browser, and a user pool to manage: devcloud's, or one that a test answers for."""

from collections.abc import Callable, Iterator
from functools import cache
from typing import TYPE_CHECKING, Any
from uuid import uuid4

import pytest
import responses
from botocore.retries.standard import ExponentialBackoff
from botocore.stub import Stubber
from django.conf import settings as site_settings
from django.test import Client
from pytest_django import Settings

from cognito import pool
from identity.models import User
from tests.devcloud.running import Devcloud

if TYPE_CHECKING:
    from types_boto3_cognito_idp import CognitoIdentityProviderClient

ADMINS = {"cognito:groups": ["admins"]}
ADMIN_SUB = "5f3c1d1e-0000-4000-8000-0000000000ad"
PEOPLE = "/admin/administration/poolperson/"


@pytest.fixture
def admin(sign_in: Callable[..., Client], wire: responses.RequestsMock) -> Client:
    wire.post(f"{site_settings.COGNITO_DOMAIN}/oauth2/revoke")
    return sign_in(sub=ADMIN_SUB, email="admin@example.com", **ADMINS)


@pytest.fixture(scope="session")
def devcloud(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Devcloud]:
    """The stack that is deployed."""
    running = Devcloud(tmp_path_factory.mktemp("user-pool"))
    yield running
    running.stop()


@cache
def client_of(endpoint_url: str) -> "CognitoIdentityProviderClient":
    """The site's own client for that address; to make one takes a third of a second."""
    return pool._client.__wrapped__()


@pytest.fixture
def pool_at(
    monkeypatch: pytest.MonkeyPatch, settings: Settings
) -> Callable[[str], "CognitoIdentityProviderClient"]:
    """Lets the site ask for the pool at that address, with keys that open nothing."""

    def asked_at(url: str) -> "CognitoIdentityProviderClient":
        monkeypatch.setenv("AWS_ACCESS_KEY_ID", "local")
        monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "local")
        settings.COGNITO_ENDPOINT_URL = url
        # A second try waits up to a second, by chance.
        monkeypatch.setattr(ExponentialBackoff, "delay_amount", lambda *_: 0)
        client = client_of(url)
        monkeypatch.setattr(pool, "_client", lambda: client)
        return client

    return asked_at


class UserPool:
    """devcloud's user pool, beside the site: what a test prepares and finds there."""

    def __init__(self, devcloud: Devcloud, api: "CognitoIdentityProviderClient") -> None:
        self.devcloud = devcloud
        self.pool_id = devcloud.environment["COGNITO_USER_POOL_ID"]
        self.api = api

    def does(self, operation: str, **parameters: Any) -> dict[str, Any]:
        """The answer to a call of the test's own."""
        answer: dict[str, Any] = getattr(self.api, operation)(UserPoolId=self.pool_id, **parameters)
        return answer

    def add(self, name: str = "grace") -> tuple[str, str]:
        """Somebody new who has confirmed their address: e-mail and ``sub``."""
        email = f"{name}-{uuid4().hex[:12]}@example.org"
        verified = [{"Name": "email_verified", "Value": "true"}]
        made = self.does(
            "admin_create_user", Username=email, MessageAction="SUPPRESS", UserAttributes=verified
        )
        self.does(
            "admin_set_user_password", Username=email, Password="Grace-passw0rd!", Permanent=True
        )
        return email, made["User"]["Username"]

    def get(self, sub: str) -> dict[str, Any]:
        return self.does("admin_get_user", Username=sub)

    def groups_of(self, sub: str) -> list[str]:
        found = self.does("admin_list_groups_for_user", Username=sub)["Groups"]
        return [group["GroupName"] for group in found]


@pytest.fixture
def user_pool(
    devcloud: Devcloud,
    settings: Settings,
    wire: responses.RequestsMock,
    pool_at: Callable[[str], "CognitoIdentityProviderClient"],
) -> Iterator[UserPool]:
    wire.add_passthru(devcloud.base)
    running = UserPool(devcloud, pool_at(devcloud.base))
    settings.COGNITO_USER_POOL_ID = running.pool_id
    yield running
    devcloud.reset_faults()


@pytest.fixture
def stub(pool_at: Callable[[str], "CognitoIdentityProviderClient"]) -> Iterator[Stubber]:
    """Answers of the pool that a test sets up; any other call fails."""
    with Stubber(pool_at("http://127.0.0.1:9")) as stubbed:
        yield stubbed


@pytest.fixture
def grace(user_pool: UserPool, sign_in: Callable[..., Client]) -> tuple[Client, str]:
    """Somebody of the pool who is signed in here: their browser and their ``sub``."""
    email, sub = user_pool.add()
    return sign_in(sub=sub, email=email), sub


def local(sub: str) -> User:
    """The user here, as they are now."""
    return User.objects.get(sub=sub)


def said(client: Client, path: str) -> str:
    """The text of the page."""
    return client.get(path).content.decode()
