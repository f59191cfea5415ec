"""Kills devcloud with `kill -9` again and again while notes, people and groups are written.

Every write that was acknowledged must be there afterwards, byte for byte. A write that nobody
answered is repeated after the restart, as clients do, and must not have been done twice.
`python -m tests.devcloud.crash_campaign --writes 1000` runs it at length.
"""

import argparse
import random
import sys
import tempfile
import threading
import time
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import urlencode

import requests

from tests.devcloud.crash_writers import (
    PATIENCE_SECONDS,
    Ledger,
    NoteWriter,
    PeopleWriter,
    Refused,
    renewed,
)
from tests.devcloud.running import Devcloud
from tests.devcloud.sign_in import sign_in
from tests.second_opinion.running_stack import aws_client

_NOTE_WRITERS = 4


@dataclass
class Outcome:
    """What a campaign found."""

    writes: int
    kills: int
    notes: int
    people: int
    refused: list[str]
    missing: list[str] = field(default_factory=list)
    doubled: list[str] = field(default_factory=list)
    changed: list[str] = field(default_factory=list)

    @property
    def faults(self):
        return self.refused + self.missing + self.doubled + self.changed


def run(data_dir, writes, longest_life=40, seed=0):
    """Write until so many writes are acknowledged, and kill after 1 to ``longest_life`` of them.

    Of the other writers, each is at another point of its work then. Every second time some writes
    are done and not answered at the last, which a kill by chance seldom hits.
    """
    chance, ledger, up = random.Random(seed), Ledger(), threading.Event()
    devcloud = Devcloud(data_dir)
    try:
        token = sign_in(devcloud)["id_token"]
        note_writers = [
            NoteWriter(f"w{number}", devcloud, token, ledger, up) for number in range(_NOTE_WRITERS)
        ]
        people_writer = PeopleWriter("p", devcloud, ledger, up)
        kills = 0
        with _writing([*note_writers, people_writer], up):
            while ledger.writes < writes:
                ledger.wait_for(writes=ledger.writes + chance.randint(1, longest_life))
                up.clear()
                if kills % 2 == 0:
                    _leave_unanswered(devcloud, ledger)
                devcloud.kill()
                kills += 1
                devcloud = devcloud.started_again()
                up.set()
        notes = {noteid: texts for writer in note_writers for noteid, texts in writer.notes.items()}
        members = people_writer.members
        outcome = Outcome(ledger.writes, kills, len(notes), len(members), ledger.refused)
        _check_notes(outcome, devcloud, token, notes)
        _check_people(outcome, devcloud, members)
        return outcome
    finally:
        devcloud.stop()


@contextmanager
def _writing(writers, up):
    """All writers at work, at the end of which each has had its last answer."""
    up.set()
    for writer in writers:
        writer.start()
    try:
        yield
    finally:
        up.set()
        for writer in writers:
            writer.stop()
        for writer in writers:
            writer.join()


def _leave_unanswered(devcloud, ledger):
    """Two writes of notes, and the next of people if there is one before the kill."""
    devcloud.set_fault("cognito-idp", "drop", times=1)
    before = ledger.unanswered
    devcloud.set_fault("execute-api", "drop", times=2)
    ledger.wait_for(unanswered=before + 2)


def _check_notes(outcome, devcloud, token, notes):
    with requests.Session() as session:
        session.headers["Authorization"] = token
        listed = _listed(session, devcloud.api)
        outcome.missing += sorted(set(notes) - set(listed))
        outcome.doubled += sorted(set(listed) - set(notes))
        outcome.doubled += sorted(noteid for noteid in notes if listed.count(noteid) > 1)
        for noteid, texts in notes.items():
            answer = _patient_get(session, f"{devcloud.api}/notes/{noteid}")
            version = answer.json()["version"] if answer.status_code == 200 else 0
            if version < len(texts):
                outcome.missing.append(f"{noteid} version {len(texts)}")
            elif version > len(texts):
                outcome.doubled.append(f"{noteid} version {version}")
            elif answer.json()["note"] != texts[-1]:
                outcome.changed.append(noteid)


def _check_people(outcome, devcloud, members):
    client = aws_client("cognito-idp", devcloud.base)
    pool = {"UserPoolId": devcloud.environment["COGNITO_USER_POOL_ID"]}
    pages = client.get_paginator("list_groups").paginate(**pool)
    groups = [group["GroupName"] for page in pages for group in page["Groups"]]
    for member in members:
        users = client.list_users(**pool, Filter=f'email = "{member.email}"')["Users"]
        for what, count in ((member.email, len(users)), (member.group, groups.count(member.group))):
            if count != 1:
                (outcome.doubled if count else outcome.missing).append(what)
        if len(users) != 1:
            continue
        person = {**pool, "Username": member.email}
        theirs = [
            group["GroupName"] for group in client.admin_list_groups_for_user(**person)["Groups"]
        ]
        if theirs != [member.group]:
            outcome.missing.append(f"{member.email} in {member.group}")
        if users[0]["UserStatus"] != "CONFIRMED":
            outcome.missing.append(f"password of {member.email}")
        sessions = client.admin_list_user_sessions(**person)["Sessions"]
        if bool(sessions) == member.is_signed_out:
            outcome.changed.append(f"sessions of {member.email}")
        if _is_live(devcloud, member.refresh_token) == member.is_signed_out:
            outcome.changed.append(f"refresh token of {member.email}")
    client.close()


def _is_live(devcloud, refresh_token):
    try:
        return bool(renewed(devcloud, refresh_token))
    except Refused:
        return False


def _patient_get(session, url):
    """The answer; asked again for a while when the stage's throttling refuses to look."""
    deadline = time.monotonic() + PATIENCE_SECONDS
    while True:
        answer = session.get(url, timeout=20)
        if answer.status_code != 429:
            return answer
        if time.monotonic() > deadline:
            raise AssertionError(f"{url} has been throttled for {PATIENCE_SECONDS} s")


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
        f"{outcome.writes} acknowledged writes on {outcome.notes} notes and {outcome.people} "
        f"people with their groups and sessions, {outcome.kills} kills: "
        f"{len(outcome.missing)} missing, {len(outcome.doubled)} doubled, "
        f"{len(outcome.changed)} changed, {len(outcome.refused)} refused"
    )
    for fault in outcome.faults:
        print(fault)
    return 1 if outcome.faults else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
