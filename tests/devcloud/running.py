"""A devcloud in a process of its own, on a free port."""

import os
import select
import signal
import subprocess
import sys
import time
from pathlib import Path

import requests

ROOT = Path(__file__).resolve().parents[2]
ECHO_TEMPLATE = Path(__file__).parent / "echo_stack" / "infra" / "backend.yaml"
NOTES_TEMPLATE = ROOT / "infra" / "backend.yaml"
_START_SECONDS = 60


def command(data_dir, *, port=0, template=NOTES_TEMPLATE, mint=False, **parameters):
    """How devcloud is started."""
    given = {"WebAppUrl": "http://localhost:8000", **parameters}
    return [
        *(sys.executable, "-W", "error", "-m", "devcloud", "--port", str(port)),
        *("--data-dir", str(data_dir), "--template", str(template)),
        *(f"--parameter={name}={value}" for name, value in given.items()),
        *(["--mint"] if mint else []),
    ]


class Devcloud:
    """A started devcloud; ``stop`` or ``kill`` must follow."""

    def __init__(self, data_dir, *, port=0, template=NOTES_TEMPLATE, **parameters):
        self.data_dir = Path(data_dir)
        self._arguments = {"template": template, **parameters}
        self._process = subprocess.Popen(
            command(data_dir, port=port, **self._arguments),
            cwd=ROOT,
            stdout=subprocess.PIPE,
            text=True,
        )
        self.base = self._announced()
        self.port = int(self.base.rpartition(":")[2])
        self.environment = requests.get(f"{self.base}/_local/environment", timeout=5).json()
        self.api = self.environment["NOTES_API_URL"]

    @property
    def pid(self):
        return self._process.pid

    def stop(self):
        """End it as Ctrl-C or an operator would; returns the exit status."""
        if self._process.poll() is None:
            self._process.terminate()
        status = self._process.wait(20)
        self._process.stdout.close()
        return status

    def kill(self):
        """End it as the kernel does when memory is short."""
        os.kill(self.pid, signal.SIGKILL)
        self._process.wait()
        self._process.stdout.close()

    def started_again(self):
        """Another one on the same data and the same port."""
        return Devcloud(self.data_dir, port=self.port, **self._arguments)

    def set_fault(self, operation, kind, **details):
        description = {"operation": operation, "kind": kind, **details}
        requests.post(f"{self.base}/_local/faults", json=description, timeout=5).raise_for_status()

    def reset_faults(self):
        requests.delete(f"{self.base}/_local/faults", timeout=5).raise_for_status()

    def move_clock(self, seconds):
        requests.post(
            f"{self.base}/_local/clock", json={"seconds": seconds}, timeout=5
        ).raise_for_status()

    def _announced(self):
        deadline = time.monotonic() + _START_SECONDS
        readable, _, _ = select.select([self._process.stdout], [], [], deadline - time.monotonic())
        line = self._process.stdout.readline() if readable else ""
        if "listens on" not in line:
            self.kill()
            raise AssertionError("devcloud did not start")
        return line.split()[-1]
