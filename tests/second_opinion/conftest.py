"""The deployed stack by devcloud and, when `python -m tests.second_opinion` asks, by MiniStack."""

import os

import pytest

from tests.devcloud.running import Devcloud
from tests.second_opinion.differences import DIFFERENCES
from tests.second_opinion.ministack import MiniStack
from tests.second_opinion.running_stack import stack_of

INTERPRETER = os.environ.get("MINISTACK_PYTHON")
STAND_INS = ["devcloud", "ministack"] if INTERPRETER else ["devcloud"]
ALICE = "alice@example.com"
BOB = "bob@example.com"


def pytest_collection_modifyitems(items):
    """What MiniStack is known to answer otherwise must still be so."""
    for item in items:
        call = getattr(item, "callspec", None)
        if call and call.params.get("stand_in") == "ministack":
            difference = DIFFERENCES.get(item.originalname)
            if difference:
                item.add_marker(pytest.mark.xfail(strict=True, reason=difference.ministack))


@pytest.fixture(scope="session", params=STAND_INS)
def stand_in(request):
    return request.param


@pytest.fixture(scope="session")
def ministack(tmp_path_factory):
    if not INTERPRETER:
        pytest.skip("only with `make second-opinion`")
    running = MiniStack(INTERPRETER, tmp_path_factory.mktemp("ministack"))
    yield running
    running.stop()


@pytest.fixture(scope="session")
def deploy(stand_in, request, tmp_path_factory):
    """Makes running stacks of one stand-in."""
    started = []

    def deploy_one(name, **parameters):
        if stand_in == "ministack":
            ministack = request.getfixturevalue("ministack")
            stack = ministack.deploy(name, **parameters)
        else:
            devcloud = Devcloud(tmp_path_factory.mktemp(name), **parameters)
            started.append(devcloud)
            stack = stack_of(devcloud)
        for email in (ALICE, BOB):
            stack.add_person(email)
        return stack

    yield deploy_one
    for devcloud in started:
        devcloud.stop()


@pytest.fixture(scope="session")
def stack(deploy):
    """The stack as its parameters' defaults make it."""
    return deploy("notesite")


@pytest.fixture(scope="session")
def open_stack(deploy):
    """The stack that gives tokens for a password."""
    return deploy("open", UserSignIn="open", TableName="OpenNotes", DomainPrefix="open")


@pytest.fixture(scope="session")
def access_stack(deploy):
    """The stack whose API asks its own function about access tokens."""
    return deploy(
        "access", ApiAuthorizer="AccessToken", TableName="AccessNotes", DomainPrefix="access"
    )


@pytest.fixture(scope="session")
def tokens(stack):
    return stack.sign_in(ALICE)


@pytest.fixture(scope="session")
def access_tokens(access_stack):
    """What Alice has after signing in there; the one stack knows nothing of the other."""
    return access_stack.sign_in(ALICE)
