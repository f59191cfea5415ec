"""The processes that `make run` starts, each with a log of its own."""

import os
import signal
import subprocess
from pathlib import Path

STOP_SECONDS = 15


class Processes:
    """The processes that were started, ended together in reverse order."""

    def __init__(self, directory: Path, logs: Path) -> None:
        self._directory = directory
        self._logs = logs
        self._started: list[tuple[str, subprocess.Popen[bytes]]] = []

    def start(self, name: str, command: list[str], environment: dict[str, str]) -> None:
        """Start a command with its output in a log file; in its own process group, so that
        Ctrl-C reaches it through ``stop`` alone, once."""
        with (self._logs / f"{name}.log").open("ab") as log:
            process = subprocess.Popen(
                command,
                cwd=self._directory,
                env=environment,
                stdout=log,
                stderr=subprocess.STDOUT,
                stdin=subprocess.DEVNULL,
                start_new_session=True,
            )
        self._started.append((name, process))

    def ended(self) -> str | None:
        """The name of a process that is no longer running."""
        return next((name for name, process in self._started if process.poll() is not None), None)

    def last_words(self, name: str) -> str:
        """The last line of that process's log: its reason, when it refused to start."""
        lines = (self._logs / f"{name}.log").read_text(errors="replace").strip().splitlines()
        return lines[-1] if lines else "it said nothing"

    def stop(self) -> None:
        """Ask each to end, and end by force what does not."""
        for _, process in reversed(self._started):
            if process.poll() is None:
                process.terminate()
            try:
                process.wait(STOP_SECONDS)
            except subprocess.TimeoutExpired:
                os.killpg(process.pid, signal.SIGKILL)
