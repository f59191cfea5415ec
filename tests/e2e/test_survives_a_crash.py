"""`make run`, `kill -9`, `make run`: what was saved is there, byte for byte."""

import os
import signal
from pathlib import Path

from playwright.sync_api import Browser

from tests.e2e.people import sign_in, sign_up, text_of, write
from tests.e2e.site import Site
from tests.e2e.test_first_day import TEXTS


class CrashTests:
    def test_notes_and_people_survive_kill_minus_nine(
        self, browser: Browser, tmp_path: Path
    ) -> None:
        site = Site(tmp_path)
        assert "demo@example.com" in site.start()
        person = ("linus@example.com", "Linus-passw0rd!")
        try:
            page = browser.new_page()
            sign_up(page, site, *person)
            page.wait_for_url(f"{site.url}/notes/")
            addresses = {title: write(page, site, title, text) for title, text in TEXTS.items()}
            site.kill()
            assert site.processes() == []

            site.start()
            page = browser.new_page()
            sign_in(page, site, person)
            for title, address in addresses.items():
                assert text_of(page, address) == TEXTS[title]
        finally:
            site.stop()

    def test_ctrl_c_ends_every_process(self, tmp_path: Path) -> None:
        site = Site(tmp_path)
        site.start()
        running = site.processes()
        assert len(running) >= 3
        functions = [pid for parent in running for pid in children(parent)]
        site.stop()
        assert not [pid for pid in (*running, *functions) if is_alive(pid)]


def children(pid: int) -> list[int]:
    """The processes that the process has started."""
    return [
        int(entry.name)
        for entry in Path("/proc").iterdir()
        if entry.name.isdecimal() and f" {pid} " in stat_after_name(entry)
    ]


def stat_after_name(entry: Path) -> str:
    """State and parent's id from /proc/*/stat, behind the name in parentheses."""
    try:
        return " ".join(["", *(entry / "stat").read_text().rpartition(")")[2].split()[1:2], ""])
    except OSError:
        return ""


def is_alive(pid: int) -> bool:
    """Whether there is such a process."""
    try:
        os.kill(pid, signal.SIG_DFL)
    except ProcessLookupError:
        return False
    return True
