"""While Cognito or the notes API hangs for some people, the others get their pages.

On PostgreSQL, whose connections are fewer than the threads of a process.
"""

import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor

import pytest
import requests

from notesite.database import POOL
from tests.e2e import local_postgresql
from tests.identity.hostile_provider import Asked, Reply
from tests.identity.two_processes import TwoProcesses, two_processes
from tests.machine import require

ONE_PROCESS = {"WEB_CONCURRENCY": "1", "WEB_THREADS": "40"}
WAITING = int(POOL["max_size"]) + 4


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[TwoProcesses]:
    require("PostgreSQL", local_postgresql.is_installed())
    folder = tmp_path_factory.mktemp("slow-neighbours")
    with (
        local_postgresql.for_a_site(folder) as (_, variables),
        two_processes(folder, {**variables, **ONE_PROCESS}) as running,
    ):
        yield running


class Hang:
    """An answer that is kept back until the end of the block, and who waits for it."""

    def __init__(self, count: int) -> None:
        self.all_wait = threading.Semaphore(0)
        self.go_on = threading.Event()
        self.count = count

    def __call__(self, asked: Asked) -> Reply:
        self.all_wait.release()
        self.go_on.wait(20)
        return Reply(status=503)

    def until_all_wait(self) -> None:
        for _ in range(self.count):
            assert self.all_wait.acquire(timeout=20)


def pages_of_others(
    site: TwoProcesses, slow: list[requests.Session], endpoint: str, bystander: requests.Session
) -> list[int]:
    """The statuses of a bystander's pages while all of ``slow`` wait for that endpoint."""
    hang = Hang(len(slow))
    usual = site.provider.answers[endpoint]
    site.provider.answers[endpoint] = hang

    def ask(browser: requests.Session) -> int:
        answer = browser.get(f"{site.url}/notes/", allow_redirects=False, timeout=60)
        return answer.status_code

    with ThreadPoolExecutor(len(slow)) as pool:
        asked = [pool.submit(ask, browser) for browser in slow]
        try:
            hang.until_all_wait()
            pages = [bystander.get(f"{site.url}/notes/new/", timeout=60) for _ in range(3)]
            # None of those who wait has been answered and has given its connection back.
            assert not any(one.done() for one in asked)
        finally:
            hang.go_on.set()
            site.provider.answers[endpoint] = usual
        assert {one.result() for one in asked} <= {200, 503}
    return [page.status_code for page in pages]


@pytest.mark.parametrize(("endpoint", "lasts"), [("token", -30), ("notes", 3_600)])
def test_a_bystander_is_served(site: TwoProcesses, endpoint: str, lasts: int) -> None:
    slow = [site.signed_in(f"{endpoint}-{number}", lasts=lasts) for number in range(WAITING)]
    bystander = site.signed_in(f"bystander-{endpoint}")
    try:
        assert pages_of_others(site, slow, endpoint, bystander) == [200] * 3
    finally:
        for browser in [*slow, bystander]:
            browser.close()
