"""A user pool on a real socket, for each test its own."""

import shutil
import sqlite3
import time
from types import SimpleNamespace

import flask
import pytest

from devcloud.clock import Clock
from devcloud.cognito import AppClientInput, UserPool, create_blueprint, passwords
from devcloud.database import Database
from devcloud.mailbox import Mailbox
from devcloud.server import LoopbackServer
from tests.devcloud.cognito.browser import Browser
from tests.devcloud.cognito.site import (
    CLIENT_ID,
    CLIENT_SECRET,
    POOL_ID,
    Site,
    client_properties,
    pool_properties,
)


@pytest.fixture(autouse=True)
def quick_hashing(monkeypatch):
    """A real hash takes a tenth of a second, and these tests make hundreds."""
    monkeypatch.setattr(passwords, "METHOD", "pbkdf2:sha256:1")


class Switch:
    """A WSGI application that stands for whichever site the running test has made."""

    application = None

    def __call__(self, environ, start_response):
        return self.application(environ, start_response)


@pytest.fixture(scope="session")
def switch():
    return Switch()


@pytest.fixture(scope="session")
def base(switch):
    server = LoopbackServer(0, threads=8)
    server.start(switch)
    yield server.url
    server.stop()


@pytest.fixture(scope="session")
def database_with_keys(tmp_path_factory, base):
    """Signing keys take long to make, so all tests begin with the same ones."""
    path = tmp_path_factory.mktemp("keys") / "devcloud.sqlite3"
    make_site(base, path)
    with sqlite3.connect(path) as connection:
        connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    connection.close()
    return path


@pytest.fixture
def new_site(base, switch, database_with_keys, tmp_path):
    """Makes the site of a test; call it again to start another process on the same data."""
    path = tmp_path / "devcloud.sqlite3"

    def make(*, keep_data=False, **changes):
        if not keep_data:
            shutil.copy(database_with_keys, path)
        site = make_site(base, path, **changes)
        application = flask.Flask("tests")
        application.register_blueprint(create_blueprint(site.pool))

        @application.post("/")
        def api():
            target = flask.request.headers.get("X-Amz-Target", "")
            status, headers, body = site.pool.api(target, flask.request.get_json(force=True))
            return flask.Response(body, status, headers)

        switch.application = application
        return site

    return make


@pytest.fixture
def still_clock(monkeypatch):
    """Sites' time moves only when it is moved: a lock of a second outlasts a busy machine."""
    now = time.time()
    monkeypatch.setattr("devcloud.clock.time", SimpleNamespace(time=lambda: now))


@pytest.fixture
def site(new_site):
    return new_site()


@pytest.fixture
def browser(site):
    return Browser(site.base)


@pytest.fixture
def browser_of():
    """A new browser for a site that the test made itself."""
    return lambda site: Browser(site.base)


def make_site(
    base,
    path,
    *,
    pool=None,
    client=None,
    client_id=CLIENT_ID,
    groups=None,
    secret=CLIENT_SECRET,
    domain=None,
):
    database, clock = Database(path), Clock()
    return Site(
        base,
        UserPool(
            database,
            clock,
            pool_id=POOL_ID,
            issuer=f"{base}/{POOL_ID}",
            domain_url=base,
            pool_properties=pool_properties(**(pool or {})),
            app_clients=[AppClientInput(client_id, secret, client_properties(**(client or {})))],
            groups=[{"GroupName": "admins", "Precedence": 1}] if groups is None else groups,
            mailbox=Mailbox(database, clock),
            domain_properties=domain or {"Domain": "notesite", "ManagedLoginVersion": 2},
        ),
    )
