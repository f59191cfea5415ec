"""`python -m bench.web_bench`: what a page costs the web tier's processors.

Counted in gunicorn's processes; other work on the same cores makes it more nevertheless. The
figures are what docs/scale.md calculates with; there is no bar.
"""

import os
import re
import statistics
import sys
import tempfile
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urljoin

from tests.e2e.form_browser import FormBrowser, parse
from tests.e2e.people import DEMO
from tests.e2e.site import Site

NOTES = 60
PARAGRAPH = "A line of a note that somebody wrote, with *two* marks of `Markdown`.\n\n"
TEXT = PARAGRAPH * 28  # 2 KB
REQUESTS = 200
TICKS = os.sysconf("SC_CLK_TCK")


@dataclass(frozen=True)
class PageCost:
    """Of one page: processor time of the web tier, and how long the browser waited."""

    page: str
    processor_ms: float
    waited_ms: float

    def __str__(self) -> str:
        return f"{self.page:<28} {self.processor_ms:6.1f} ms of CPU, {self.waited_ms:6.1f} ms"


def main() -> int:
    with tempfile.TemporaryDirectory() as folder:
        # The stage's own limit is not what is measured.
        site = Site(Path(folder), ThrottlingRate="10000", ThrottlingBurst="5000")
        site.start()
        try:
            with FormBrowser("") as browser:
                for cost in page_costs(site, browser):
                    print(cost)
        finally:
            site.end()
    print("load of this machine: {:.1f} {:.1f} {:.1f}".format(*os.getloadavg()))
    return 0


def page_costs(site: Site, browser: FormBrowser) -> list[PageCost]:
    page = browser.get(f"{site.url}/oidc/authenticate/")
    browser.submit(page, username=DEMO[0], password=DEMO[1]).raise_for_status()
    address = [write(site, browser, number) for number in range(NOTES)][0]
    counted = {
        "the list": lambda: browser.get(f"{site.url}/notes/"),
        "a note": lambda: browser.get(address),
        "its editor": lambda: browser.get(f"{address}edit/"),
        "editor, save and note": lambda: save(browser, f"{address}edit/"),
        "a search in 60 notes": lambda: browser.get(f"{site.url}/notes/", params={"q": "wrote"}),
        # Last: an editor with a draft offers it in a form of its own.
        "a draft that is kept": keeper(browser, f"{address}edit/"),
    }
    return [cost_of(site, page, ask) for page, ask in counted.items()]


def write(site: Site, browser: FormBrowser, number: int) -> str:
    """A new note; the address of its page."""
    editor = browser.get(f"{site.url}/notes/new/")
    title = f"Note {number}"
    return browser.submit(editor, title=title, note=TEXT, tags="home, garden").url


def keeper(browser: FormBrowser, editor_address: str) -> Callable[[], object]:
    """Sends what is typed, as static/js/keep-on-server.js does every few seconds."""
    editor = browser.get(editor_address)
    (form,) = (form for form in parse(editor).forms if "note" in form.fields)
    (path,) = re.findall(r'data-keep-url="([^"]+)"', editor.text)
    url, headers = urljoin(editor.url, path), {"Referer": editor.url, "Sec-Fetch-Mode": "cors"}

    def keep() -> None:
        form.fields["note"] = f"{TEXT}{time.monotonic_ns()}"
        answer = browser.post(url, data=form.fields, headers=headers)
        # The next one takes its place.
        form.fields["draft"] = answer.json()["draft"]

    return keep


def save(browser: FormBrowser, editor_address: str) -> None:
    """Open the editor, change the text, save, arrive at the note."""
    editor = browser.get(editor_address)
    browser.submit(editor, note=f"{TEXT}{time.monotonic_ns()}").raise_for_status()


def cost_of(site: Site, page: str, ask: Callable[[], object]) -> PageCost:
    for _ in range(10):
        ask()
    processes = [pid for pid in site.processes() if b"gunicorn" in command_line(pid)]
    assert len(processes) > 1
    before = sum(map(processor_seconds, processes))
    waited = []
    for _ in range(REQUESTS):
        began = time.perf_counter()
        ask()
        waited.append(time.perf_counter() - began)
    spent = sum(map(processor_seconds, processes)) - before
    return PageCost(page, spent / REQUESTS * 1000, statistics.median(waited) * 1000)


def command_line(pid: int) -> bytes:
    return Path(f"/proc/{pid}/cmdline").read_bytes()


def processor_seconds(pid: int) -> float:
    """User and system time of that process (proc(5), stat: fields 14 and 15)."""
    fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / TICKS


if __name__ == "__main__":
    sys.exit(main())
