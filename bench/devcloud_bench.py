"""`python -m bench.devcloud_bench`: how fast devcloud is ready and lists, how much memory it takes.

The bars are for a machine that does nothing else; the load is printed beside the figures.
"""

import os
import statistics
import subprocess
import sys
import tempfile
import time
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path

import requests

from tests.devcloud.running import ROOT, Devcloud, command
from tests.devcloud.sign_in import sign_in

NOTES = 5_000
TEXT = "A line of a note that somebody wrote.\n" * 54  # 2 KB
WRITERS = 4
STARTS = 5
LISTS = 100
# The stage's own limit would slow the writing down.
FAST = {"ThrottlingRate": "10000", "ThrottlingBurst": "5000"}


@dataclass(frozen=True)
class Figure:
    """What was measured, and what it must stay below."""

    what: str
    value: float
    unit: str
    bar: float

    def __str__(self) -> str:
        verdict = "ok" if self.value < self.bar else "OVER THE BAR"
        return f"{self.what:<44} {self.value:8.2f} {self.unit} (bar {self.bar:g}) {verdict}"


def main() -> int:
    with tempfile.TemporaryDirectory() as folder:
        data, empty = Path(folder, "notes"), Path(folder, "empty")
        one_start(empty)
        figures = [
            Figure("ready without notes, median of 5 starts", ready_seconds(empty), "s", 1.5),
            Figure("memory after writing 5,000 notes of 2 KB", fill(data), "MB", 200),
            Figure("ready with them, median of 5 starts", ready_seconds(data), "s", 1.5),
        ]
        devcloud = Devcloud(data, **FAST)
        try:
            figures += running_figures(devcloud)
        finally:
            devcloud.stop()
    for figure in figures:
        print(figure)
    print("load of this machine: {:.1f} {:.1f} {:.1f}".format(*os.getloadavg()))
    return 0 if all(figure.value < figure.bar for figure in figures) else 1


def fill(data: Path) -> float:
    """Write 5,000 notes of the demo person through the API; the memory that it took."""
    devcloud = Devcloud(data, **FAST)
    try:
        token = sign_in(devcloud)["id_token"]
        with ThreadPoolExecutor(WRITERS) as writers:
            list(writers.map(lambda part: write(devcloud, token, part), range(WRITERS)))
        return resident_megabytes(devcloud.pid)
    finally:
        devcloud.stop()


def write(devcloud: Devcloud, token: str, part: int) -> None:
    with requests.Session() as session:
        session.headers["Authorization"] = token
        for number in range(part, NOTES, WRITERS):
            body = {"noteid": f"note-{number}", "title": f"Note {number}", "note": TEXT}
            session.post(f"{devcloud.api}/notes", json=body, timeout=60).raise_for_status()


def ready_seconds(data: Path) -> float:
    """From the start of the process to the line that says where it listens."""
    return statistics.median(one_start(data) for _ in range(STARTS))


def one_start(data: Path) -> float:
    began = time.perf_counter()
    process = subprocess.Popen(command(data), cwd=ROOT, stdout=subprocess.PIPE, text=True)
    assert process.stdout
    line = process.stdout.readline()
    base = line.split()[-1]
    requests.get(f"{base}/_local/ready", timeout=10).raise_for_status()
    took = time.perf_counter() - began
    process.terminate()
    process.wait(20)
    process.stdout.close()
    return took


def running_figures(devcloud: Devcloud) -> list[Figure]:
    token = sign_in(devcloud)["id_token"]
    with requests.Session() as session:
        session.headers["Authorization"] = token

        def one_list() -> float:
            began = time.perf_counter()
            answer = session.get(f"{devcloud.api}/notes", params={"limit": 50}, timeout=60)
            took = time.perf_counter() - began
            assert len(answer.json()["notes"]) == 50
            return took

        # The function's first process starts meanwhile.
        one_list()
        listed = sorted(one_list() for _ in range(LISTS))
    return [
        Figure(
            "list of 50 of 5,000 notes, median of 100", statistics.median(listed) * 1000, "ms", 100
        ),
        Figure("the same, the 95th", listed[LISTS * 95 // 100] * 1000, "ms", 100),
        Figure("memory after a start and these lists", resident_megabytes(devcloud.pid), "MB", 200),
    ]


def resident_megabytes(pid: int) -> float:
    """Of the one process; the functions' processes are not counted."""
    status = Path(f"/proc/{pid}/status").read_text()
    (line,) = (one for one in status.splitlines() if one.startswith("VmRSS:"))
    return int(line.split()[1]) / 1024


if __name__ == "__main__":
    sys.exit(main())
