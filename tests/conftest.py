"""What every test gets and can ask for: no leak, the user pool at the wire, somebody signed in."""

import os
import shutil
import tempfile
import time
from collections.abc import Callable, Iterator
from importlib import import_module
from pathlib import Path
from typing import Any

import pytest
import responses
from django.conf import settings
from django.http import HttpRequest
from django.test import Client
from playwright.sync_api import Browser, sync_playwright
from pytest_django import Settings
from time_machine import TimeMachineFixture

from cognito import jwks
from cognito.verify import verify_id_token
from identity import people, sessions
from identity.token_set import TokenSet
from tests import builders, canaries
from tests.identity.hostile_provider import HostileProvider

CHROMIUM = shutil.which("chromium")
CHROMIUM_FLAGS = [
    "--headless",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--no-first-run",
]


def pytest_configure() -> None:
    """Static files without a manifest, so that no test depends on an earlier collectstatic."""
    plain = "django.contrib.staticfiles.storage.StaticFilesStorage"
    settings.STORAGES = {**settings.STORAGES, "staticfiles": {"BACKEND": plain}}
    # And none scans the folder that another process's collectstatic is just writing.
    settings.STATIC_ROOT = Path(tempfile.mkdtemp(prefix="notesite-static-"))
    # A file, as locally: threads with connections of their own cannot share one in memory.
    database = Path(tempfile.mkdtemp(prefix="notesite-tests-")) / "test.sqlite3"
    settings.DATABASES["default"].setdefault("TEST", {})["NAME"] = str(database)


@pytest.fixture(scope="session")
def chromium() -> Iterator[Browser]:
    """Debian's Chromium, one for all tests of the process: Playwright can be started once."""
    if CHROMIUM is None:
        if os.environ.get("CI") == "true":
            pytest.fail("there is no chromium: make system-packages installs it")
        pytest.skip("there is no chromium; make system-packages says how to install it")
    with sync_playwright() as playwright:
        started = playwright.chromium.launch(executable_path=CHROMIUM, args=CHROMIUM_FLAGS)
        yield started
        started.close()


@pytest.fixture(autouse=True)
def watch() -> Iterator[canaries.Watch]:
    """In whatever a test does: no secret in a log, on an error page or in a session's row."""
    watch = canaries.Watch()
    with watch.everything():
        yield watch
    assert watch.leaks() == {}


@pytest.fixture
def clock(time_machine: TimeMachineFixture) -> TimeMachineFixture:
    """The clock, standing at now; ``shift`` moves it by seconds."""
    time_machine.move_to(time.time())
    return time_machine


@pytest.fixture
def wire() -> Iterator[responses.RequestsMock]:
    """Answers at the wire; a call that no test set up fails, and JWKS is served already."""
    jwks.forget()
    with responses.RequestsMock(assert_all_requests_are_fired=False) as mock:
        mock.get(settings.OIDC_OP_JWKS_ENDPOINT, json=builders.jwks())
        yield mock


@pytest.fixture
def provider(settings: Settings) -> Iterator[HostileProvider]:
    """The site's user pool, on a real socket, valid until a test makes it hostile."""
    hostile = HostileProvider()
    for name, value in hostile.settings().items():
        setattr(settings, name, value)
    # What waits for it is to wait no longer than a test should take.
    settings.OIDC_TIMEOUT = 1.5
    jwks.forget()
    with hostile.running():
        yield hostile
    jwks.forget()


@pytest.fixture
def sign_in(wire: responses.RequestsMock, db: None) -> Callable[..., Client]:
    """A function that signs somebody in, by ID token claims, and returns their browser."""

    def signed_in(*, enforce_csrf_checks: bool = False, **claims: Any) -> Client:
        client = Client(enforce_csrf_checks=enforce_csrf_checks)
        request = HttpRequest()
        request.META["HTTP_USER_AGENT"] = "Mozilla/5.0 (X11; Linux x86_64) Firefox/150.0"
        request.session = import_module(settings.SESSION_ENGINE).SessionStore()
        tokens = token_set(**claims)
        # Somebody with an expired token was signed in with it while it was good.
        valid = builders.id_token(**{**claims, "exp": int(time.time()) + 600})
        sessions.begin(request, people.person(verify_id_token(valid)), tokens)
        client.cookies[settings.SESSION_COOKIE_NAME] = request.session.session_key or ""
        return client

    return signed_in


@pytest.fixture
def signed_in_client(sign_in: Callable[..., Client]) -> Client:
    """The browser of Ada, whose tokens are good for an hour."""
    return sign_in()


def token_set(**claims: Any) -> TokenSet:
    """The tokens of a sign-in with those ID token claims."""
    return TokenSet(
        id_token=builders.id_token(**claims),
        access_token=canaries.ACCESS_TOKEN,
        refresh_token=canaries.REFRESH_TOKEN,
        expires_at=builders.claims(**claims)["exp"],
        obtained_at=time.time(),
    )
