"""Writers that insist: a write that nobody answered is repeated until it is acknowledged."""

import threading
import time
from dataclasses import dataclass, field

import requests
from botocore.exceptions import HTTPClientError

from tests.devcloud.sign_in import sign_in
from tests.second_opinion.running_stack import PASSWORD, aws_client

PATIENCE_SECONDS = 120


class Busy(Exception):
    """It answered that nothing was done: try again."""


class Refused(Exception):
    """It answered something that a right write never gets."""


@dataclass
class Ledger:
    """How many writes were acknowledged, how many not answered, and what was refused."""

    writes: int = 0
    unanswered: int = 0
    refused: list[str] = field(default_factory=list)
    changed: threading.Condition = field(default_factory=threading.Condition)

    def acknowledge(self):
        with self.changed:
            self.writes += 1
            self.changed.notify_all()

    def miss(self):
        with self.changed:
            self.unanswered += 1
            self.changed.notify_all()

    def refuse(self, what):
        with self.changed:
            self.refused.append(what)

    def wait_for(self, *, writes=0, unanswered=0):
        def is_reached():
            return self.writes >= writes and self.unanswered >= unanswered

        with self.changed:
            if not self.changed.wait_for(is_reached, PATIENCE_SECONDS):
                raise AssertionError(f"nothing goes on any more; {self.refused}")


class Writer(threading.Thread):
    """Writes whole rounds until it is stopped; ``up`` is set while devcloud runs."""

    def __init__(self, devcloud, ledger, up):
        super().__init__()
        self._devcloud, self._ledger, self._up = devcloud, ledger, up
        self._stopping = threading.Event()

    def stop(self):
        self._stopping.set()

    def run(self):
        number = 0
        while not self._stopping.is_set():
            number += 1
            try:
                self.write_round(number)
            except Refused as refused:
                self._ledger.refuse(str(refused))
                return

    def insist(self, write):
        """What the write returns; it is told whether it may have been done before."""
        deadline, is_repeat = time.monotonic() + PATIENCE_SECONDS, False
        while time.monotonic() < deadline:
            try:
                result = write(is_repeat)
            except Busy:
                continue
            except (requests.RequestException, HTTPClientError):
                is_repeat = True
                self._ledger.miss()
                self._up.wait(PATIENCE_SECONDS)
                continue
            self._ledger.acknowledge()
            return result
        raise Refused(f"a write was not acknowledged for {PATIENCE_SECONDS} s")


class NoteWriter(Writer):
    """Creates notes and changes each of them once."""

    def __init__(self, name, devcloud, token, ledger, up):
        super().__init__(devcloud, ledger, up)
        self._name = name
        self._session = requests.Session()
        self._session.headers["Authorization"] = token
        # The texts that were sent, by note id: as many as the note has versions.
        self.notes = {}

    def run(self):
        with self._session:
            super().run()

    def write_round(self, number):
        noteid, url = f"{self._name}-{number}", f"{self._devcloud.api}/notes"
        first, second = (f"{noteid} version {n} " + "x" * 500 for n in (1, 2))
        self.notes[noteid] = [first]
        self.insist(lambda _: self._send("POST", url, json={"noteid": noteid, "note": first}))
        self.notes[noteid].append(second)
        given = {"title": "", "note": second, "tags": [], "pinned": False}
        self.insist(
            lambda _: self._send("PUT", f"{url}/{noteid}", json=given, headers={"If-Match": '"1"'})
        )

    def _send(self, method, url, **arguments):
        answer = self._session.request(method, url, timeout=20, **arguments)
        if answer.status_code == 429:
            raise Busy
        # A function that takes too long on a busy machine: it may have done its work.
        if answer.status_code >= 500:
            raise requests.HTTPError(response=answer)
        if answer.status_code not in (200, 201):
            raise Refused(f"{method} {url}: {answer.status_code} {answer.text}")


@dataclass
class Member:
    """Somebody in a group of their own who signed in, and perhaps was signed out."""

    email: str
    group: str
    refresh_token: str = ""
    is_signed_out: bool = False


class PeopleWriter(Writer):
    """Invites people, makes groups, signs people in, renews their tokens, signs some out."""

    def __init__(self, name, devcloud, ledger, up):
        super().__init__(devcloud, ledger, up)
        self._name = name
        self._pool_id = devcloud.environment["COGNITO_USER_POOL_ID"]
        self._client = aws_client("cognito-idp", devcloud.base)
        self.members = []

    def write_round(self, number):
        member = Member(f"{self._name}-{number}@example.com", f"{self._name}-{number}")
        self.members.append(member)
        person = {"Username": member.email}
        verified = [{"Name": "email_verified", "Value": "true"}]
        self._call("admin_create_user", **person, MessageAction="SUPPRESS", UserAttributes=verified)
        self._call("admin_set_user_password", **person, Password=PASSWORD, Permanent=True)
        self._call("create_group", GroupName=member.group)
        self._call("admin_add_user_to_group", **person, GroupName=member.group)
        tokens = self.insist(lambda _: sign_in(self._devcloud, member.email, PASSWORD))
        tokens = self.insist(lambda _: renewed(self._devcloud, tokens["refresh_token"]))
        member.refresh_token = tokens["refresh_token"]
        if number % 2:
            self._call("admin_user_global_sign_out", **person)
            member.is_signed_out = True

    def _call(self, operation, **parameters):
        errors = self._client.exceptions

        def write(is_repeat):
            try:
                getattr(self._client, operation)(UserPoolId=self._pool_id, **parameters)
            except (errors.UsernameExistsException, errors.GroupExistsException):
                if not is_repeat:
                    raise Refused(f"{operation} found what nobody had made") from None
            except errors.ClientError as error:
                raise Refused(str(error)) from None

        self.insist(write)


def renewed(devcloud, refresh_token):
    """New tokens; raises Refused when the refresh token is worth nothing."""
    environment = devcloud.environment
    answer = requests.post(
        f"{devcloud.base}/oauth2/token",
        data={"grant_type": "refresh_token", "refresh_token": refresh_token},
        auth=(environment["OIDC_RP_CLIENT_ID"], environment["OIDC_RP_CLIENT_SECRET"]),
        timeout=20,
    )
    if answer.status_code != 200:
        raise Refused(f"refresh: {answer.status_code} {answer.text}")
    return answer.json()
