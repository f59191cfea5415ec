"""A provider on a socket, and the two relying parties that sign in through it."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from django.test import Client
from pytest_django import Settings

from tests.identity import relying_parties, stock
from tests.identity.hostile_provider import HostileProvider


@pytest.fixture(autouse=True)
def _no_static_files(settings: Settings, tmp_path: Path) -> None:
    """A running site elsewhere may just be collecting them, while WhiteNoise looks at them here."""
    settings.STATIC_ROOT = tmp_path


@pytest.fixture
def provider(settings: Settings) -> Iterator[HostileProvider]:
    """The site's user pool, on a real socket, valid until a test makes it hostile."""
    hostile = HostileProvider()
    for name, value in hostile.settings().items():
        setattr(settings, name, value)
    # What waits for it is to wait no longer than a test should take.
    settings.OIDC_TIMEOUT = 0.5
    relying_parties.forget_keys()
    with hostile.running():
        yield hostile
    relying_parties.forget_keys()


@pytest.fixture
def stock_client(provider: HostileProvider, settings: Settings, db: None) -> Client:
    """A browser at a site that uses the library as it comes."""
    for name, value in stock.SETTINGS.items():
        setattr(settings, name, value)
    return Client()
