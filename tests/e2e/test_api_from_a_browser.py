"""A browser application of another origin that calls the notes API with a token of its own."""

import threading
from collections.abc import Iterator
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, Page

from tests.devcloud.running import Devcloud
from tests.devcloud.sign_in import sign_in

CALL = """async ([url, method, token, body]) => {
  try {
    const headers = { Authorization: token, "Content-Type": "application/json" };
    const answer = await fetch(url, { method, headers, body });
    return { status: answer.status, json: await answer.json(), etag: answer.headers.get("ETag") };
  } catch (error) {
    return { refused: error.name };
  }
}"""


class Quiet(SimpleHTTPRequestHandler):
    def log_message(self, *args: Any) -> None:
        """Nothing on the tests' output."""


@pytest.fixture(scope="module")
def origin(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """Where the browser application is."""
    folder = tmp_path_factory.mktemp("application")
    (folder / "index.html").write_text("<!doctype html><title>An application</title>")
    server = ThreadingHTTPServer(("127.0.0.1", 0), partial(Quiet, directory=str(folder)))
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    yield f"http://localhost:{server.server_port}"
    server.shutdown()
    thread.join()
    server.server_close()


@pytest.fixture(scope="module")
def devcloud(origin: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Devcloud]:
    """The API, which lets that origin's pages in, and another one's."""
    origins = f"https://app.example.com,{origin}"
    running = Devcloud(Path(tmp_path_factory.mktemp("cors")), AllowedOrigins=origins)
    yield running
    running.stop()


@pytest.fixture
def application(browser: Browser, origin: str) -> Iterator[Page]:
    """A page of the application."""
    opened = browser.new_context()
    page = opened.new_page()
    page.goto(origin)
    yield page
    opened.close()


class BrowserApplicationTests:
    def test_it_writes_and_reads_with_an_id_token(
        self, application: Page, devcloud: Devcloud
    ) -> None:
        token = sign_in(devcloud)["id_token"]
        note = '{"noteid": "note1", "note": "my first note"}'
        made = application.evaluate(CALL, [f"{devcloud.api}/notes", "POST", token, note])
        assert (made["status"], made["json"]["message"]) == (201, "Note created")
        assert made["etag"] == '"1"'
        read = application.evaluate(CALL, [f"{devcloud.api}/notes/note1", "GET", token, None])
        assert read["json"]["note"] == "my first note"

    def test_it_can_read_why_it_is_refused(self, application: Page, devcloud: Devcloud) -> None:
        notes = f"{devcloud.api}/notes"
        refused = application.evaluate(CALL, [notes, "GET", "no token", None])
        assert (refused["status"], refused["json"]) == (401, {"message": "Unauthorized"})
        token = sign_in(devcloud)["id_token"]
        wrong = application.evaluate(CALL, [notes, "POST", token, "{}"])
        assert (wrong["status"], wrong["json"]) == (400, {"message": "Invalid request body"})

    def test_a_page_of_another_origin_reads_nothing(
        self, application: Page, devcloud: Devcloud, origin: str
    ) -> None:
        application.goto(origin.replace("localhost", "127.0.0.1"))
        token = sign_in(devcloud)["id_token"]
        read = application.evaluate(CALL, [f"{devcloud.api}/notes", "GET", token, None])
        assert read == {"refused": "TypeError"}

    def test_without_the_parameter_no_page_does(self, application: Page, tmp_path: Path) -> None:
        closed = Devcloud(tmp_path)
        try:
            token = sign_in(closed)["id_token"]
            read = application.evaluate(CALL, [f"{closed.api}/notes", "GET", token, None])
        finally:
            closed.stop()
        assert read == {"refused": "TypeError"}
