"""The service on a table built from the template, with time and answers under control."""

from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta

import boto3
import pytest
from moto import mock_aws

from service import handler
from service.settings import Settings
from service.store import NotesStore
from tests import backend_template
from tests.service.api import NotesApi

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


@pytest.fixture(autouse=True)
def _aws(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """moto instead of AWS, with no credentials but made-up ones."""
    monkeypatch.setenv("AWS_DEFAULT_REGION", "eu-central-1")
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "testing")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "testing")
    monkeypatch.delenv("AWS_PROFILE", raising=False)
    with mock_aws():
        yield


@pytest.fixture
def table() -> Iterator[object]:
    """The notes table exactly as the template defines it."""
    definition = dict(backend_template.properties("NotesTable"))
    creation = {
        name: definition[name]
        for name in ("AttributeDefinitions", "KeySchema", "BillingMode", "LocalSecondaryIndexes")
    }
    yield boto3.resource("dynamodb").create_table(TableName="Notes", **creation)


@pytest.fixture
def clock() -> MovableTime:
    return MovableTime()


@pytest.fixture
def store(table: object, clock: MovableTime) -> NotesStore:
    return NotesStore(table, trash_days=30, now=clock)


@pytest.fixture
def api(store: NotesStore, monkeypatch: pytest.MonkeyPatch) -> Callable[..., NotesApi]:
    """Calls the function as API Gateway does for Ada, and checks every answer with the contract."""
    settings = Settings("Notes", APP_CLIENT_ID, 30)
    monkeypatch.setattr(handler, "settings", lambda: settings)
    monkeypatch.setattr(handler, "notes_store", lambda: store)
    return NotesApi()
