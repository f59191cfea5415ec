"""What each row is held against: stacks that run, and a clock that is put right afterwards."""

import dataclasses
import secrets
import shutil
import subprocess

import pytest
import requests

from tests.devcloud.running import ECHO_TEMPLATE, ROOT, Devcloud, command
from tests.second_opinion.running_stack import stack_of


class StandIn:
    """A running devcloud with the echo stack, as people and programs see it."""

    def __init__(self, devcloud, place, tokens=None):
        self.devcloud = devcloud
        # The demo person's, from one sign-in for all tests.
        self.tokens = tokens
        self.stack = stack_of(devcloud)
        self._place = place
        self._moved = 0
        self._started = []

    def app_client(self, name):
        """The same stack with another of its app clients."""
        client_id = self.devcloud.environment[f"{name}_CLIENT_ID"]
        described = self.stack.user_pool.describe_user_pool_client(
            UserPoolId=self.stack.user_pool_id, ClientId=client_id
        )
        return dataclasses.replace(
            self.stack,
            app_client_id=client_id,
            app_client_secret=described["UserPoolClient"]["ClientSecret"],
        )

    def person(self):
        """The e-mail address of somebody new, who may sign in."""
        email = f"{secrets.token_hex(8)}@example.com"
        self.stack.add_person(email)
        return email

    def later(self, seconds):
        """Let time pass; it is now again when the test has ended."""
        self.devcloud.move_clock(seconds)
        self._moved += seconds

    def get(self, path, **headers):
        return requests.get(self.devcloud.api + path, headers=headers, timeout=20)

    def post(self, path, **arguments):
        return requests.post(self.devcloud.api + path, timeout=30, **arguments)

    def started_with(self, *changes, file="backend.yaml", **parameters):
        """Another devcloud whose template or contract has been changed."""
        template = self._changed(file, changes)
        directory = template.parents[1] / "data"
        self._started.append(Devcloud(directory, template=template, **parameters))
        return self._started[-1]

    def variant(self, *changes, **arguments):
        """The same for a devcloud that has been changed so."""
        return StandIn(self.started_with(*changes, **arguments), self._place)

    def refusal_of(self, *changes, file="backend.yaml", **parameters):
        """What devcloud says that does not start so."""
        template = self._changed(file, changes)
        done = subprocess.run(
            command(template.parents[1] / "data", template=template, **parameters),
            cwd=ROOT,
            stderr=subprocess.PIPE,
            text=True,
            timeout=60,
        )
        assert done.returncode == 1
        return done.stderr

    def end(self):
        if self._moved:
            self.devcloud.move_clock(-self._moved)
        for devcloud in self._started:
            devcloud.stop()

    def _changed(self, file, changes):
        place = self._place / secrets.token_hex(4)
        shutil.copytree(ECHO_TEMPLATE.parents[1], place)
        path = place / "infra" / file
        text = path.read_text()
        for old, new in changes:
            assert text.count(old) == 1
            text = text.replace(old, new)
        path.write_text(text)
        return place / "infra" / "backend.yaml"


@pytest.fixture
def aws(echo, tokens, tmp_path):
    stand_in = StandIn(echo, tmp_path, tokens)
    yield stand_in
    stand_in.end()
