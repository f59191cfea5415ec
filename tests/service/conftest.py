"""The service on a table built from the template, with time and answers under control."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

import boto3
import pytest
from moto import mock_aws

from service import authorizer, deadline, handler
from service.dynamodb import notes_table
from service.jwks import KeySet
from service.settings import AuthorizerSettings, Settings
from service.store import NotesStore
from tests import backend_template
from tests.service.access_tokens import ISSUER, Endpoint
from tests.service.api import NotesApi
from tests.service.dynamodb_faults import dynamodb
from tests.service.dynamodb_limits import keep_to_aws_limits

if TYPE_CHECKING:
    from types_boto3_dynamodb.service_resource import Table

APP_CLIENT_ID = "1example23456789"


class MovableTime:
    """A clock that moves only when a test says so, but never stands still between two looks."""

    def __init__(self) -> None:
        self.moment = datetime(2026, 11, 21, 8, 30, tzinfo=UTC)

    def __call__(self) -> datetime:
        self.moment += timedelta(microseconds=1)
        return self.moment

    def move(self, **kwargs: float) -> None:
        self.moment += timedelta(**kwargs)


@pytest.fixture(scope="package", autouse=True)
def _aws() -> Iterator[None]:
    """moto instead of AWS, with no credentials but made-up ones."""
    with pytest.MonkeyPatch.context() as patch, mock_aws():
        patch.setenv("AWS_DEFAULT_REGION", "eu-central-1")
        patch.setenv("AWS_ACCESS_KEY_ID", "testing")
        patch.setenv("AWS_SECRET_ACCESS_KEY", "testing")
        patch.delenv("AWS_PROFILE", raising=False)
        keep_to_aws_limits(patch)
        yield


@pytest.fixture(scope="package")
def empty_table(_aws: None) -> "Table":
    """The notes table exactly as the template defines it."""
    definition = backend_template.properties("NotesTable")
    creation = {
        name: definition[name]
        for name in ("AttributeDefinitions", "KeySchema", "BillingMode", "LocalSecondaryIndexes")
    }
    boto3.client("dynamodb").create_table(TableName="Notes", **creation)
    return notes_table("Notes")


@pytest.fixture
def table(empty_table: "Table") -> Iterator["Table"]:
    """That table, emptied after each test."""
    yield empty_table
    while items := empty_table.scan()["Items"]:
        for item in items:
            key = {"userId": item["userId"], "noteId": item["noteId"]}
            empty_table.delete_item(Key=key)


@pytest.fixture
def clock() -> MovableTime:
    return MovableTime()


@pytest.fixture
def store(table: "Table", clock: MovableTime) -> NotesStore:
    return NotesStore(table, trash_days=30, now=clock)


@pytest.fixture
def api(store: NotesStore, monkeypatch: pytest.MonkeyPatch) -> NotesApi:
    """Calls the function as API Gateway does for Ada, and checks every answer with the contract."""
    settings = Settings("Notes", frozenset({APP_CLIENT_ID}), 30, "UserPool")
    monkeypatch.setattr(handler, "settings", lambda: settings)
    monkeypatch.setattr(handler, "notes_store", lambda: store)
    return NotesApi()


@pytest.fixture
def no_pauses(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("botocore.endpoint.time.sleep", lambda seconds: None)


class SlowTime:
    """The time of deadlines, which passes only while DynamoDB answers, so long for each request."""

    def __init__(self) -> None:
        self.passed = 0.0
        self.each = 0.0
        self.begun: list[float] = []

    def __call__(self) -> float:
        return self.passed

    def answer(self, request: object) -> None:
        self.begun.append(self.passed)
        self.passed += self.each


@pytest.fixture
def slow(monkeypatch: pytest.MonkeyPatch) -> Iterator[SlowTime]:
    """Lets DynamoDB take its time: ``slow.each`` seconds for each request."""
    time = SlowTime()
    monkeypatch.setattr(deadline, "monotonic", time)
    with dynamodb(time.answer):
        yield time


@pytest.fixture
def fresh_table(table: "Table", store: NotesStore, monkeypatch: pytest.MonkeyPatch) -> "Table":
    """The same table through a new connection: one that has seen many faults stops retrying."""
    fresh = notes_table(table.name)
    monkeypatch.setattr(store, "_table", fresh)
    return fresh


@pytest.fixture
def endpoint(monkeypatch: pytest.MonkeyPatch) -> Endpoint:
    endpoint = Endpoint()
    keys = KeySet(ISSUER, endpoint)
    monkeypatch.setattr(authorizer, "settings", lambda: AuthorizerSettings(ISSUER))
    monkeypatch.setattr(authorizer, "key_set", lambda: keys)
    return endpoint
