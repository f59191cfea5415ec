"""Connections to the notes API are pooled and kept alive, counted on the wire."""

import contextlib
import os
import shlex
import socket
import subprocess
import sys
import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from urllib.parse import urlsplit

import pytest
import requests
from requests.adapters import HTTPAdapter
from urllib3.util import Retry

from tests.e2e.form_browser import FormBrowser
from tests.e2e.people import DEMO
from tests.e2e.site import ROOT, Site

THREADS = 4
PAGES = 100


class CountingProxy:
    """Passes bytes on to one address and counts the connections that were opened to it."""

    def __init__(self, host: str, port: int) -> None:
        self.opened = 0
        self._target = (host, port)
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.port: int = self._listener.getsockname()[1]
        threading.Thread(target=self._accept, daemon=True).start()

    def _accept(self) -> None:
        with contextlib.suppress(OSError):
            while True:
                client, _ = self._listener.accept()
                self.opened += 1
                threading.Thread(target=self._join, args=(client,), daemon=True).start()

    def _join(self, client: socket.socket) -> None:
        with client, socket.create_connection(self._target) as server:
            back = threading.Thread(target=_pump, args=(server, client), daemon=True)
            back.start()
            _pump(client, server)
            back.join()

    def close(self) -> None:
        """Take no more connections."""
        self._listener.shutdown(socket.SHUT_RDWR)
        self._listener.close()


def _pump(source: socket.socket, sink: socket.socket) -> None:
    """Pass on until one end closes, then let the other end know."""
    with contextlib.suppress(OSError):
        while data := source.recv(65_536):
            sink.sendall(data)
    with contextlib.suppress(OSError):
        sink.shutdown(socket.SHUT_WR)


@pytest.fixture
def proxy(site: Site) -> Iterator[CountingProxy]:
    """Between the web application and the API."""
    address = urlsplit(site.devcloud)
    counting = CountingProxy(str(address.hostname), int(address.port or 0))
    yield counting
    counting.close()


@pytest.fixture
def web(site: Site, proxy: CountingProxy) -> Iterator[str]:
    """A second web process on the same database, which calls the API through the proxy."""
    lines = shlex.split((site.data_dir / "web.env").read_text())
    environment = dict(line.split("=", 1) for line in lines)
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    api = urlsplit(environment["NOTES_API_URL"])
    environment |= {
        "PATH": os.environ["PATH"],
        "PORT": str(port),
        "WEB_CONCURRENCY": "1",
        # A try that is given up takes its connection with it; that is not what is counted here.
        "NOTES_API_TIMEOUT": "9",
        "WEB_THREADS": str(THREADS),
        "NOTES_API_URL": api._replace(netloc=f"127.0.0.1:{proxy.port}").geturl(),
    }
    process = subprocess.Popen(
        [sys.executable, "-m", "gunicorn", "--config", "gunicorn.conf.py", "notesite.wsgi"],
        cwd=ROOT,
        env=environment,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    yield f"http://localhost:{port}"
    process.terminate()
    process.wait(30)


class ConnectionTests:
    def test_a_hundred_pages_open_no_more_connections_than_there_are_threads(
        self, site: Site, web: str, proxy: CountingProxy
    ) -> None:
        person = FormBrowser("")
        page = person.get(f"{site.url}/notes/")
        person.submit(page, username=DEMO[0], password=DEMO[1])
        starting = requests.Session()
        patience = Retry(None, connect=60, read=0, backoff_factor=0.1, backoff_max=1)
        starting.mount("http://", HTTPAdapter(max_retries=patience))
        starting.get(f"{web}/healthz", timeout=30)

        def list_page(_: int) -> int:
            cookies = {"notesite": person.cookies["notesite"]}
            return requests.get(f"{web}/notes/", cookies=cookies, timeout=30).status_code

        with ThreadPoolExecutor(2 * THREADS) as visitors:
            statuses = list(visitors.map(list_page, range(PAGES)))
        assert statuses == [200] * PAGES
        assert 1 <= proxy.opened <= THREADS
