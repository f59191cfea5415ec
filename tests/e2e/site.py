"""The whole site as `make run` starts it, on free ports and with local data of its own."""

import contextlib
import json
import os
import signal
import sqlite3
import subprocess
import sys
from pathlib import Path
from urllib.request import urlopen

from tests import canaries
from tests.machine import free_ports

ROOT = Path(__file__).resolve().parents[2]


class Site:
    """`python -m devcloud.run` in a process of its own, with those parameters of the template."""

    def __init__(self, data_dir: Path, **parameters: str) -> None:
        self.data_dir = data_dir
        port, devcloud_port = free_ports(2)
        self.url = f"http://localhost:{port}"
        self.devcloud = f"http://127.0.0.1:{devcloud_port}"
        self._environment = {
            **{name: os.environ[name] for name in ("PATH", "HOME", "LANG") if name in os.environ},
            "PORT": str(port),
            "DEVCLOUD_PORT": str(devcloud_port),
            "DATA_DIR": str(data_dir),
            "DEVCLOUD_PARAMETERS": " ".join(f"{name}={it}" for name, it in parameters.items()),
        }
        self._process: subprocess.Popen[str] | None = None

    def start(self) -> str:
        """Start everything; what was printed once the site was ready."""
        self._process = subprocess.Popen(
            [sys.executable, "-m", "devcloud.run"],
            cwd=ROOT,
            env=self._environment,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
        )
        assert self._process.stdout
        printed = ""
        for line in self._process.stdout:
            printed += line
            if "Ctrl-C" in line:
                return printed
        raise AssertionError(f"the site did not start: {printed}")

    def stop(self) -> None:
        """Ctrl-C; and nothing secret is in what was logged until then."""
        if self.end():
            self._search_the_logs()

    def end(self) -> bool:
        """Ctrl-C; whether it was still running."""
        if self._process is None or self._process.poll() is not None:
            return False
        self._process.send_signal(signal.SIGINT)
        self._process.communicate(timeout=30)
        return True

    def kill(self) -> None:
        """``kill -9`` for every process, as when the machine loses power."""
        while left := self.processes():
            # gunicorn may have replaced a worker since the list was made.
            for pid in left:
                with contextlib.suppress(ProcessLookupError):
                    os.kill(pid, signal.SIGKILL)
        assert self._process
        self._process.communicate(timeout=30)
        self._search_the_logs()

    def _search_the_logs(self) -> None:
        with sqlite3.connect(self.data_dir / "web.sqlite3") as database:
            rows = database.execute("SELECT session_key FROM identity_browsersession")
            session_keys = [key for (key,) in rows]
        database.close()
        secrets = json.loads((self.data_dir / "secrets.json").read_text())
        logged = [path.read_text() for path in (self.data_dir / "logs").iterdir()]
        assert "Booting worker" in "".join(logged)
        assert not canaries.in_log("\n".join(logged), *session_keys, *secrets.values())

    def processes(self) -> list[int]:
        """Everything that runs with this site's data, found by its environment."""
        mark = f"DATA_DIR={self.data_dir}".encode()
        return [
            int(entry.name)
            for entry in Path("/proc").iterdir()
            if entry.name.isdecimal() and mark in _environment_of(entry)
        ]

    def environment(self) -> dict[str, str]:
        """What devcloud tells the web application: the app client, the pool, the API's address."""
        with urlopen(f"{self.devcloud}/_local/environment", timeout=10) as answer:
            values: dict[str, str] = json.load(answer)
        return values


def _environment_of(process: Path) -> list[bytes]:
    try:
        return (process / "environ").read_bytes().split(b"\0")
    except OSError:
        return []
