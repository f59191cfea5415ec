"""A provider on a socket, and the two relying parties that sign in through it."""

from pathlib import Path

import pytest
from django.test import Client
from pytest_django import Settings

from tests.identity import stock
from tests.identity.hostile_provider import HostileProvider


@pytest.fixture(autouse=True)
def _no_static_files(settings: Settings, tmp_path: Path) -> None:
    """A running site elsewhere may just be collecting them, while WhiteNoise looks at them here."""
    settings.STATIC_ROOT = tmp_path


@pytest.fixture
def stock_client(provider: HostileProvider, settings: Settings, db: None) -> Client:
    """A browser at a site that uses the library as it comes."""
    for name, value in stock.SETTINGS.items():
        setattr(settings, name, value)
    return Client()
