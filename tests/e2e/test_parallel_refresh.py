"""However many ask at once, over two processes: one refresh, and nobody fails.

Refresh tokens rotate without grace, so a second use of one would end the session. ``ROUNDS=100``
is the campaign; the suite does a few.
"""

import os
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor

import pytest
import requests

from tests.e2e import local_postgresql
from tests.identity.two_processes import TwoProcesses, two_processes
from tests.machine import require

ROUNDS = int(os.environ.get("ROUNDS", "3"))
# A first sign-in in two tabs: the races of the campaign are twice its rounds.
RACES = 2 * ROUNDS


@pytest.fixture(scope="module", params=["sqlite", "postgresql"])
def site(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[TwoProcesses]:
    folder = tmp_path_factory.mktemp("two-processes")
    if request.param == "sqlite":
        with two_processes(folder, {"DATABASE_URL": f"sqlite:///{folder}/web.sqlite3"}) as running:
            yield running
        return
    require("PostgreSQL", local_postgresql.is_installed())
    with (
        local_postgresql.for_a_site(folder) as (_, variables),
        two_processes(folder, variables) as running,
    ):
        yield running


def at_once(site: TwoProcesses, browser: requests.Session, count: int) -> list[int]:
    """The statuses of that many requests for the notes, all with this browser's cookie."""
    cookies = browser.cookies.get_dict()

    def ask(_: int) -> int:
        # Each on a connection of its own, as it falls to one process or the other.
        with site.browser() as tab:
            return tab.get(
                f"{site.url}/notes/", cookies=cookies, allow_redirects=False, timeout=30
            ).status_code

    with ThreadPoolExecutor(count) as pool:
        return list(pool.map(ask, range(count)))


@pytest.mark.parametrize("count", [2, 5, 20])
class ParallelRefreshTests:
    def test_an_expired_token_is_refreshed_once(self, site: TwoProcesses, count: int) -> None:
        for number in range(ROUNDS):
            with site.signed_in(f"expired-{count}-{number}", lasts=-30) as browser:
                before = site.provider.refreshes
                assert at_once(site, browser, count) == [200] * count
                assert site.provider.refreshes - before == 1

    def test_a_token_that_the_api_refuses_is_refreshed_once(
        self, site: TwoProcesses, count: int
    ) -> None:
        """One chain of rotations: had one been lost, the next round would end the session."""
        with site.signed_in(f"refused-{count}") as browser:
            for _ in range(ROUNDS):
                site.provider.refuse_issued()
                before = site.provider.refreshes
                assert at_once(site, browser, count) == [200] * count
                assert site.provider.refreshes - before == 1


class FirstSignInTests:
    def test_two_tabs_make_one_person(self, site: TwoProcesses) -> None:
        for number in range(RACES):
            sub = f"new-{number}"
            tabs = [site.browser(), site.browser()]
            site.provider.lasts_seconds = 3_600
            queries = [site.begin(tab, sub) for tab in tabs]
            with ThreadPoolExecutor(2) as pool:
                answers = list(pool.map(site.finish, tabs, queries))
            assert [answer.status_code for answer in answers] == [302, 302]
            assert [tab.get(f"{site.url}/notes/new/").status_code for tab in tabs] == [200, 200]
            for tab in tabs:
                tab.close()
