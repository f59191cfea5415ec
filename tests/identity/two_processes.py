"""The site in two gunicorn processes on a database of its own, with a provider that rotates."""

import json
import os
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit
from uuid import uuid4

import requests
from requests.adapters import HTTPAdapter
from urllib3.util import Retry

from tests import builders, canaries, environment
from tests.identity.hostile_provider import Asked, HostileProvider, Reply, signed
from tests.machine import free_ports

ROOT = Path(__file__).resolve().parents[2]
# What a real token endpoint takes, so that requests really overlap.
LATENCY_SECONDS = 0.03


class RotatingProvider(HostileProvider):
    """Refresh tokens are good for one use, without grace; and the notes API beside it.

    ``refuse_issued()`` makes the API answer 401 to every ID token issued so far.
    """

    def __init__(self) -> None:
        super().__init__()
        self.refreshes = 0
        self.lasts_seconds = 3_600
        self.nonces: dict[str, str] = {}
        self._usable: dict[str, str] = {}
        self._issued: set[str] = set()
        self._refused: set[str] = set()
        self._lock = threading.Lock()
        self.answers = {"token": self._token, "notes": self._notes, "userInfo": self._user_info}
        self.issuer = ""

    def refuse_issued(self) -> None:
        self._refused = set(self._issued)

    def _token(self, asked: Asked) -> Reply:
        self.over.wait(LATENCY_SECONDS)
        with self._lock:
            if asked.form["grant_type"] == "authorization_code":
                sub, _, nonce = asked.form["code"].partition("|")
                return self._issue(sub, self.lasts_seconds, nonce=nonce)
            self.refreshes += 1
            used = self._usable.pop(asked.form["refresh_token"], None)
            if used is None:
                return Reply(status=400, body={"error": "invalid_grant"})
            return self._issue(used, 3_600)

    def _issue(self, sub: str, lasts: int, **claims: Any) -> Reply:
        refresh_token = f"refresh-{uuid4()}"
        self._usable[refresh_token] = sub
        id_token = signed(
            builders.claims(
                sub=sub,
                iss=self.issuer,
                exp=int(time.time()) + lasts,
                jti=str(uuid4()),
                **claims,
            )
        )
        self._issued.add(id_token)
        return Reply(
            body={
                "id_token": id_token,
                "access_token": f"access-{sub}",
                "refresh_token": refresh_token,
            }
        )

    def _user_info(self, asked: Asked) -> Reply:
        return Reply(body={"sub": asked.headers["Authorization"].removeprefix("Bearer access-")})

    def _notes(self, asked: Asked) -> Reply:
        if asked.headers.get("Authorization") in self._refused:
            return Reply(status=401, body={"message": "Unauthorized"})
        return Reply(body=builders.page_json(builders.summary_json()))


class TwoProcesses:
    """Where the site runs, and browsers for it."""

    def __init__(self, url: str, provider: RotatingProvider) -> None:
        self.url = url
        self.provider = provider

    def browser(self) -> requests.Session:
        browser = requests.Session()
        browser.trust_env = False
        browser.headers["Sec-Fetch-Mode"] = "navigate"
        return browser

    def begin(self, browser: requests.Session, sub: str) -> dict[str, str]:
        """Start a sign-in; the parameters of the callback that will end it."""
        answer = browser.get(f"{self.url}/oidc/authenticate/", allow_redirects=False, timeout=30)
        sent = parse_qs(urlsplit(answer.headers["Location"]).query)
        return {"code": f"{sub}|{sent['nonce'][0]}", "state": sent["state"][0]}

    def finish(self, browser: requests.Session, query: dict[str, str]) -> requests.Response:
        return browser.get(
            f"{self.url}/oidc/callback/", params=query, allow_redirects=False, timeout=30
        )

    def signed_in(self, sub: str, *, lasts: int = 3_600) -> requests.Session:
        browser = self.browser()
        self.provider.lasts_seconds = lasts
        assert self.finish(browser, self.begin(browser, sub)).status_code == 302
        return browser


@contextmanager
def two_processes(folder: Path, variables: dict[str, str]) -> Iterator[TwoProcesses]:
    """Runs them until the end of the block, with those environment variables."""
    provider = RotatingProvider()
    with provider.running():
        (port,) = free_ports(1)
        provider.issuer = f"{provider.url}/eu-central-1_Hostile01"
        environ = {
            **environment.variables(),
            **{name: os.environ[name] for name in ("PATH", "HOME") if name in os.environ},
            "PUBLIC_URL": f"http://localhost:{port}",
            "PORT": str(port),
            "WEB_CONCURRENCY": "2",
            "WEB_THREADS": "24",
            "COGNITO_DOMAIN": provider.url,
            "COGNITO_ENDPOINT_URL": provider.url,
            "COGNITO_USER_POOL_ID": "eu-central-1_Hostile01",
            "NOTES_API_URL": f"{provider.url}/execute-api/v1",
            "STATIC_ROOT": str(folder / "staticfiles"),
            **variables,
        }
        for command in (["migrate", "-v", "0"], ["collectstatic", "--noinput", "-v", "0"]):
            subprocess.run(
                [sys.executable, "manage.py", *command], cwd=ROOT, env=environ, check=True
            )
        log = (folder / "web.log").open("ab")
        process = subprocess.Popen(
            [sys.executable, "-m", "gunicorn", "--config", "gunicorn.conf.py",
             "notesite.wsgi:application"],
            cwd=ROOT,
            env=environ,
            stdout=log,
            stderr=log,
        )  # fmt: skip
        try:
            _wait_until_it_answers(f"http://localhost:{port}/healthz")
            yield TwoProcesses(f"http://localhost:{port}", provider)
        finally:
            process.terminate()
            process.wait(30)
            log.close()
        assert not canaries.in_log((folder / "web.log").read_text())


def events(folder: Path) -> list[dict[str, Any]]:
    """What the site logged."""
    lines = (folder / "web.log").read_text().splitlines()
    return [json.loads(line) for line in lines if line.startswith("{")]


def _wait_until_it_answers(url: str) -> None:
    with requests.Session() as patient:
        patient.trust_env = False
        patient.mount(
            "http://",
            HTTPAdapter(max_retries=Retry(None, connect=100, backoff_factor=0.1, backoff_max=0.5)),
        )
        assert patient.get(url, timeout=30).status_code == 200
