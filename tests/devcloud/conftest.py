"""Running stand-ins that tests share, and ones of their own."""

import pytest

from tests.devcloud.running import ECHO_TEMPLATE, Devcloud
from tests.devcloud.sign_in import sign_in


@pytest.fixture(scope="session")
def echo_devcloud(tmp_path_factory):
    devcloud = Devcloud(tmp_path_factory.mktemp("echo"), template=ECHO_TEMPLATE)
    yield devcloud
    devcloud.stop()


@pytest.fixture
def echo(echo_devcloud):
    """The stack whose functions do what a test asks for."""
    yield echo_devcloud
    echo_devcloud.reset_faults()


@pytest.fixture(scope="session")
def tokens(echo_devcloud):
    """What the demo person has after signing in to the echo stack."""
    return sign_in(echo_devcloud)


@pytest.fixture(scope="session")
def notes_devcloud(tmp_path_factory):
    """The stack that is deployed."""
    devcloud = Devcloud(tmp_path_factory.mktemp("notes"))
    yield devcloud
    devcloud.stop()


@pytest.fixture
def start(tmp_path):
    """Starts stand-ins of the test's own."""
    started = []

    def start_one(**arguments):
        started.append(Devcloud(tmp_path / "data", **arguments))
        return started[-1]

    yield start_one
    for devcloud in started:
        devcloud.stop()
