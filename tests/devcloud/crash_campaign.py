"""Kills devcloud with `kill -9` again and again while notes are written.

Every write that was acknowledged must be there afterwards, byte for byte, and no write may be there
twice. `python -m tests.devcloud.crash_campaign --writes 1000` runs it at length.
"""

import argparse
import random
import sys
import tempfile
import threading
import time
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import urlencode

import requests

from tests.devcloud.running import Devcloud
from tests.devcloud.sign_in import sign_in

_WRITERS = 4
_PROGRESS_SECONDS = 60


@dataclass
class Ledger:
    """What was sent and what was acknowledged, by note id: texts by version."""

    sent: dict[str, dict[int, str]] = field(default_factory=dict)
    acknowledged: dict[str, int] = field(default_factory=dict)
    writes: int = 0
    changed: threading.Condition = field(default_factory=threading.Condition)

    def send(self, noteid, version, text):
        with self.changed:
            self.sent.setdefault(noteid, {})[version] = text

    def acknowledge(self, noteid, version):
        with self.changed:
            self.acknowledged[noteid] = version
            self.writes += 1
            self.changed.notify_all()

    def wait_for(self, writes):
        with self.changed:
            if not self.changed.wait_for(lambda: self.writes >= writes, _PROGRESS_SECONDS):
                raise AssertionError("no write is acknowledged any more")


class Writer(threading.Thread):
    """Creates notes and changes them until the connection breaks."""

    def __init__(self, number, life, devcloud, token, ledger):
        super().__init__()
        self._prefix = f"w{number}-{life}"
        self._api = devcloud.api
        self._headers = {"Authorization": token}
        self._ledger = ledger
        self._stopping = threading.Event()

    def stop(self):
        self._stopping.set()

    def run(self):
        with requests.Session() as session:
            session.headers.update(self._headers)
            count = 0
            try:
                while not self._stopping.is_set():
                    count += 1
                    self._write_note(session, f"{self._prefix}-{count}")
            except requests.RequestException:
                return

    def _write_note(self, session, noteid):
        text = f"{noteid} version 1 " + "x" * 500
        self._ledger.send(noteid, 1, text)
        given = {"noteid": noteid, "note": text}
        answer = session.post(f"{self._api}/notes", json=given, timeout=20)
        if answer.status_code != 201:
            return
        self._ledger.acknowledge(noteid, 1)
        text = f"{noteid} version 2 " + "y" * 500
        self._ledger.send(noteid, 2, text)
        given = {"title": "", "note": text, "tags": [], "pinned": False}
        answer = session.put(
            f"{self._api}/notes/{noteid}", json=given, headers={"If-Match": '"1"'}, timeout=20
        )
        if answer.status_code == 200:
            self._ledger.acknowledge(noteid, 2)


@dataclass(frozen=True)
class Outcome:
    """What a campaign found."""

    writes: int
    kills: int
    missing: list[str]
    doubled: list[str]
    changed: list[str]


def run(data_dir, writes, longest_life=40, seed=0):
    """Write until so many writes are acknowledged, and kill after 1 to ``longest_life`` of them.

    Of the other writers, each is at another point of its work then.
    """
    chance = random.Random(seed)
    ledger = Ledger()
    devcloud = Devcloud(data_dir)
    port = devcloud.port
    token = sign_in(devcloud)["id_token"]
    kills = 0
    while ledger.writes < writes:
        writers = [Writer(n, kills, devcloud, token, ledger) for n in range(_WRITERS)]
        for writer in writers:
            writer.start()
        ledger.wait_for(ledger.writes + chance.randint(1, longest_life))
        devcloud.kill()
        kills += 1
        for writer in writers:
            writer.stop()
            writer.join()
        devcloud = Devcloud(data_dir, port=port)
    try:
        return _outcome(devcloud, token, ledger, kills)
    finally:
        devcloud.stop()


def _outcome(devcloud, token, ledger, kills):
    with requests.Session() as session:
        session.headers["Authorization"] = token
        listed = _listed(session, devcloud.api)
        missing, changed = [], []
        for noteid, version in ledger.acknowledged.items():
            answer = _patient_get(session, f"{devcloud.api}/notes/{noteid}")
            if answer.status_code != 200 or answer.json()["version"] < version:
                missing.append(noteid)
                continue
            note = answer.json()
            if note["note"] != ledger.sent[noteid].get(note["version"]):
                changed.append(noteid)
    doubled = [noteid for noteid in set(listed) if listed.count(noteid) > 1]
    unknown = [noteid for noteid in listed if noteid not in ledger.sent]
    unlisted = [noteid for noteid in ledger.acknowledged if noteid not in listed]
    return Outcome(ledger.writes, kills, missing + unlisted, doubled + unknown, changed)


def _patient_get(session, url):
    """The answer; asked again for a while when the stage's throttling refuses to look."""
    deadline = time.monotonic() + _PROGRESS_SECONDS
    while True:
        answer = session.get(url, timeout=20)
        if answer.status_code != 429:
            return answer
        if time.monotonic() > deadline:
            raise AssertionError(f"{url} has been throttled for {_PROGRESS_SECONDS} s")


def _listed(session, api):
    found, cursor = [], None
    while True:
        params = {"limit": 100} | ({"cursor": cursor} if cursor else {})
        page = _patient_get(session, f"{api}/notes?{urlencode(params)}").json()
        found += [note["noteid"] for note in page["notes"]]
        cursor = page["cursor"]
        if cursor is None:
            return found


def main(arguments):
    parser = argparse.ArgumentParser(prog="python -m tests.devcloud.crash_campaign")
    parser.add_argument("--writes", type=int, default=1000)
    parser.add_argument("--seed", type=int, default=0)
    options = parser.parse_args(arguments)
    with tempfile.TemporaryDirectory(prefix="devcloud-crash-") as directory:
        outcome = run(Path(directory) / "data", options.writes, seed=options.seed)
    print(
        f"{outcome.writes} acknowledged writes, {outcome.kills} kills: "
        f"{len(outcome.missing)} missing, {len(outcome.doubled)} doubled, "
        f"{len(outcome.changed)} changed"
    )
    return 1 if outcome.missing or outcome.doubled or outcome.changed else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
