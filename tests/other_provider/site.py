"""The web application as it is deployed, with the other provider in the place of the user pool."""

import os
import sqlite3
import subprocess
import sys
from collections.abc import Iterator
from contextlib import ExitStack, closing, contextmanager
from pathlib import Path
from typing import Any

import requests

from tests.clients.environments import ROOT
from tests.e2e.form_browser import FormBrowser
from tests.environment import variables
from tests.machine import free_ports
from tests.other_provider.notes_api import NotesApi
from tests.other_provider.provider import POOL_ID, Provider


class Browser(FormBrowser):
    """Halts before the callback while ``halts`` is on, so that a test sees its address."""

    halts = False

    def __init__(self, callback: str) -> None:
        # Everything is on loopback by http, so there is no certificate.
        super().__init__(certificate="")
        self._callback = callback

    def get_redirect_target(self, resp: requests.Response) -> str | None:
        target: str | None = super().get_redirect_target(resp)
        return None if self.halts and target and target.startswith(self._callback) else target


class Site:
    """Where it runs, what stands behind it, and people with a browser that has no scripts."""

    def __init__(self, url: str, provider: Provider, api: NotesApi, database: Path) -> None:
        self.url = url
        self.provider = provider
        self.api = api
        self.browsers = ExitStack()
        self._database = database

    def browser(self) -> Browser:
        return self.browsers.enter_context(Browser(f"{self.url}/oidc/callback/"))

    def callback_of(self, browser: Browser, name: str) -> str:
        """Sign in and consent at the provider; the address it would send the browser back to."""
        browser.halts = True
        page = browser.get(f"{self.url}/oidc/authenticate/?next=/notes/")
        page = browser.submit(page, login=name, password="any")
        answer = browser.submit(page, prompt="consent")
        browser.halts = False
        return answer.headers["Location"]

    def signed_in(self, name: str, *, id_token_lasts: int = 3_600) -> Browser:
        """The browser of somebody who has just signed in."""
        browser = self.browser()
        address = self.callback_of(browser, name)
        self.provider.let_id_tokens_last(id_token_lasts)
        answer = browser.get(address, allow_redirects=False)
        self.provider.let_id_tokens_last(3_600)
        assert (answer.status_code, answer.headers["Location"]) == (302, "/notes/")
        return browser

    def rows(self, query: str, *values: Any) -> list[tuple[Any, ...]]:
        """What the web application's database answers."""
        with closing(sqlite3.connect(f"file:{self._database}?mode=ro", uri=True)) as connection:
            return connection.execute(query, values).fetchall()

    def sessions_of(self, name: str) -> int:
        """How many browsers the person is signed in with."""
        ((count,),) = self.rows(
            "SELECT count(*) FROM identity_browsersession JOIN identity_user"
            " ON identity_user.id = user_id WHERE sub = ?",
            name,
        )
        return int(count)


@contextmanager
def running(installed: str, folder: Path) -> Iterator[Site]:
    """The site in two gunicorn processes until the end of the block."""
    (port,) = free_ports(1)
    url, database = f"http://localhost:{port}", folder / "web.sqlite3"
    api = NotesApi()
    with ExitStack() as ending:
        provider = Provider(installed, url, folder / "provider.log")
        ending.callback(provider.stop)
        api.trust(provider.issuer)
        ending.enter_context(api.running())
        environment = {
            **variables(),
            **{name: os.environ[name] for name in ("PATH", "HOME") if name in os.environ},
            "PUBLIC_URL": url,
            "PORT": str(port),
            "WEB_CONCURRENCY": "2",
            "WEB_THREADS": "24",
            "DATABASE_URL": f"sqlite:///{database}",
            "COGNITO_DOMAIN": provider.url,
            "COGNITO_ENDPOINT_URL": provider.url,
            "COGNITO_USER_POOL_ID": POOL_ID,
            "NOTES_API_URL": api.url,
        }
        migrate = [sys.executable, "manage.py", "migrate", "-v", "0"]
        subprocess.run(migrate, cwd=ROOT, env=environment, check=True)
        with (folder / "web.log").open("ab") as log:
            process = subprocess.Popen(
                [sys.executable, "-m", "gunicorn", "--config", "gunicorn.conf.py",
                 "notesite.wsgi:application"],
                cwd=ROOT,
                env=environment,
                stdout=log,
                stderr=log,
            )  # fmt: skip
        ending.callback(process.wait, 30)
        ending.callback(process.terminate)
        site = Site(url, provider, api, database)
        ending.enter_context(site.browsers)
        # It retries until gunicorn takes connections.
        assert site.browser().get(f"{url}/healthz").status_code == 200
        yield site
