"""One running site and one browser for all tests of the whole."""

import os
from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, BrowserContext, Page

from tests.e2e.site import Site
from tests.e2e.traffic import Traffic


@pytest.fixture(scope="session")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    """The site as `make run` starts it; ``API_AUTHORIZER=AccessToken`` is the campaign."""
    authorizer = os.environ.get("API_AUTHORIZER", "UserPool")
    running = Site(tmp_path_factory.mktemp("site"), ApiAuthorizer=authorizer)
    running.start()
    yield running
    running.stop()


@pytest.fixture(scope="session")
def browser(chromium: Browser) -> Browser:
    """Debian's Chromium."""
    return chromium


@pytest.fixture
def traffic() -> Traffic:
    """What the browser of this test sent and received."""
    return Traffic()


@pytest.fixture
def context(browser: Browser, traffic: Traffic) -> Iterator[BrowserContext]:
    """A browser profile of its own, watched for tokens: none may ever reach it."""
    opened = browser.new_context()
    opened.set_default_timeout(10_000)
    traffic.watch(opened)
    yield opened
    cookies = [f"{cookie['name']}={cookie['value']}" for cookie in opened.cookies()]
    traffic.texts.append("cookies\n" + "\n".join(cookies))
    opened.close()
    assert traffic.holding() == []


@pytest.fixture
def page(context: BrowserContext) -> Page:
    """A tab in that profile."""
    return context.new_page()
