"""A browser in which Ada is signed in, and an API with one note behind the site."""

import json
import os
import re
import shutil
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
import responses
from django.conf import settings
from django.test import Client
from playwright.sync_api import Page, sync_playwright
from requests import PreparedRequest

from tests.builders import note_json, page_json, summary_json

CHROMIUM = shutil.which("chromium")
FLAGS = ["--no-sandbox", "--disable-gpu", "--disable-background-networking"]
needs_chromium = pytest.mark.skipif(
    CHROMIUM is None and "CI" not in os.environ, reason="there is no Chromium"
)
# What a tab is told when its person looks at it again.
COME_BACK = "document.dispatchEvent(new Event('visibilitychange'))"
Script = Callable[[Page], Any]
Run = Callable[[Script], Any]


class OneNote:
    """An API with one note, which can be changed behind the page's back or be down."""

    def __init__(self, wire: responses.RequestsMock) -> None:
        self.note = note_json(noteid="note1", title="Garden", note="Plant the bulbs.", version=1)
        self.is_down = False
        self.saves = 0
        api = re.escape(settings.NOTES_API_URL)
        wire.add_callback("GET", re.compile(f"{api}/notes([?]|$)"), self._list)
        for method in ("GET", "PUT", "POST", "DELETE"):
            wire.add_callback(method, re.compile(f"{api}/notes(/.*)?$"), self._answer)

    def _list(self, request: PreparedRequest) -> tuple[int, dict[str, str], str]:
        shown = {name: value for name, value in self.note.items() if name != "note"}
        return 200, {}, json.dumps(page_json(summary_json(**shown)))

    def _answer(self, request: PreparedRequest) -> tuple[int, dict[str, str], str]:
        if self.is_down:
            return 503, {}, "{}"
        if request.method == "PUT":
            self.saves += 1
            sent = json.loads(request.body or "{}")
            # The same once more is no conflict.
            is_stored = all(self.note[name] == value for name, value in sent.items())
            if request.headers["If-Match"] != f'"{self.note["version"]}"' and not is_stored:
                return 412, {}, json.dumps({"code": "NoteChanged", "current": self.note})
        if request.method in ("PUT", "POST"):
            self.note |= {**json.loads(request.body or "{}"), "version": self.note["version"] + 1}
        return 201 if request.method == "POST" and request.body else 200, {}, json.dumps(self.note)


@pytest.fixture
def api(wire: responses.RequestsMock) -> OneNote:
    return OneNote(wire)


@pytest.fixture(scope="module")
def thread() -> Iterator[ThreadPoolExecutor]:
    """Playwright's own thread: its event loop would make Django refuse this one the database."""
    with ThreadPoolExecutor(1) as executor:
        yield executor


@pytest.fixture(scope="module")
def chromium(thread: ThreadPoolExecutor) -> Iterator[Any]:
    playwright = thread.submit(lambda: sync_playwright().start()).result()
    start = playwright.chromium.launch
    yield thread.submit(lambda: start(executable_path=CHROMIUM, args=FLAGS)).result()
    thread.submit(playwright.stop).result()


@pytest.fixture
def run(
    chromium: Any, thread: ThreadPoolExecutor, browser: Client, live_server: Any
) -> Iterator[Run]:
    """Runs a script with a tab in which Ada is signed in, and wants no complaint of the browser."""
    complaints: list[str] = []
    session = browser.cookies[settings.SESSION_COOKIE_NAME].value

    def opened() -> Page:
        context = chromium.new_context(base_url=live_server.url)
        context.set_default_timeout(10_000)
        context.add_cookies(
            [{"name": settings.SESSION_COOKIE_NAME, "value": session, "url": live_server.url}]
        )
        page = context.new_page()
        page.on("pageerror", lambda error: complaints.append(str(error)))
        page.on("dialog", lambda dialog: dialog.accept())
        return page

    page = thread.submit(opened).result()
    yield lambda script: thread.submit(script, page).result()
    thread.submit(page.context.close).result()
    assert complaints == []


def text_of(page: Page) -> Any:
    return page.get_by_label("Text", exact=True).last
