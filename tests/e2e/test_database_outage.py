"""PostgreSQL stops and comes back while people work: pages say so, and nobody is signed out."""

import re
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import requests

from tests.e2e import local_postgresql
from tests.identity.two_processes import TwoProcesses, two_processes
from tests.machine import require


def get(site: TwoProcesses, browser: requests.Session, path: str) -> requests.Response:
    return browser.get(f"{site.url}{path}", allow_redirects=False, timeout=30)


def test_sessions_survive_a_failover(tmp_path: Path) -> None:
    require("PostgreSQL", local_postgresql.is_installed())
    with (
        local_postgresql.for_a_site(tmp_path) as (server, variables),
        two_processes(tmp_path, variables) as site,
    ):
        people = [site.signed_in(f"person-{number}") for number in range(4)]
        visitor = site.browser()
        server.stop()
        try:
            with ThreadPoolExecutor(len(people)) as pool:
                answers = list(pool.map(lambda browser: get(site, browser, "/notes/"), people))
            public = [get(site, visitor, path).status_code for path in ("/", "/healthz")]
        finally:
            server.start()
        back = [get(site, browser, "/notes/").status_code for browser in people]

        assert {answer.status_code for answer in answers} == {503}
        assert all(int(answer.headers["Retry-After"]) for answer in answers)
        assert not any(answer.cookies for answer in answers)
        assert public == [200, 200]
        assert back == [200] * 4
        assert not re.search("Traceback", (tmp_path / "web.log").read_text())
        for browser in [*people, visitor]:
            browser.close()
