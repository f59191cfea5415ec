"""A provider on a socket, and the two relying parties that sign in through it."""

from pathlib import Path

import pytest
from django.contrib.sessions.backends.file import SessionStore
from django.test import Client
from pytest_django import Settings

from tests.identity import stock
from tests.identity.hostile_provider import HostileProvider


@pytest.fixture(autouse=True)
def _no_static_files(settings: Settings, tmp_path: Path) -> None:
    """A running site elsewhere may just be collecting them, while WhiteNoise looks at them here."""
    settings.STATIC_ROOT = tmp_path


@pytest.fixture
def stock_sessions(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The folder with the stock site's sessions, a file each."""
    folder = tmp_path / "sessions"
    folder.mkdir()
    # Django looks at SESSION_FILE_PATH once a process.
    monkeypatch.setattr(SessionStore, "_storage_path", str(folder), raising=False)
    return folder


@pytest.fixture
def stock_client(
    provider: HostileProvider, settings: Settings, stock_sessions: Path, db: None
) -> Client:
    """A browser at a site that uses the library as it comes."""
    for name, value in stock.SETTINGS.items():
        setattr(settings, name, value)
    return Client()


@pytest.fixture
def plain(stock_client: Client) -> Client:
    """The same, for which an exception is a page with status 500, as for a real browser."""
    stock_client.raise_request_exception = False
    return stock_client


@pytest.fixture
def ours(client: Client) -> Client:
    """A browser at our site."""
    client.raise_request_exception = False
    return client
