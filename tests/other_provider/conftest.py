"""The running site with the other provider, for `python -m tests.other_provider` alone."""

import os
import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, BrowserContext, Page

from tests.e2e.traffic import Traffic
from tests.other_provider.site import Site, running

HERE = Path(__file__).parent
INSTALLED = os.environ.get("OTHER_PROVIDER")
ELSEWHERE = re.compile(r"^https?://(?!127\.0\.0\.1[:/]|localhost[:/])")


def pytest_collection_modifyitems(items: list[pytest.Function]) -> None:
    """Skips, in one line for each file, what needs the provider where it is not installed."""
    for item in items:
        if "installed" in item.fixturenames and item.path.parent == HERE and not INSTALLED:
            item.add_marker(pytest.mark.skip("only with `make other-provider`"))


@pytest.fixture(scope="session")
def installed() -> str:
    """Where the provider is installed."""
    assert INSTALLED
    return INSTALLED


@pytest.fixture(scope="session")
def site(installed: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    """One for all tests, each of which has people of its own."""
    with running(installed, tmp_path_factory.mktemp("other-provider")) as site:
        yield site


@pytest.fixture
def page(site: Site, chromium: Browser) -> Iterator[Page]:
    """A tab of Chromium, without a way out of this machine, that no token may reach."""
    context: BrowserContext = chromium.new_context()
    context.set_default_timeout(10_000)
    # The provider's own pages ask for a font of elsewhere.
    context.route(ELSEWHERE, lambda route: route.abort())
    traffic = Traffic()
    traffic.watch(context)
    yield context.new_page()
    context.close()
    assert traffic.texts and traffic.holding() == []
