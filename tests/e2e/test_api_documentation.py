"""docs/api.md: its commands are run, and its answers are those that come."""

import re
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest
import requests

from tests.devcloud.running import Devcloud
from tests.devcloud.sign_in import sign_in

PAGE = (Path(__file__).resolve().parents[2] / "docs" / "api.md").read_text(encoding="utf-8")
FUNCTION = next(line.strip() for line in PAGE.splitlines() if line.startswith("    call() {"))


def examples() -> Iterator[tuple[str, str]]:
    """Each command with the answer below it."""
    for command, answer in re.findall(r"^    \$ (.+)\n((?:    (?!\$ ).+\n)+)", PAGE, re.MULTILINE):
        yield command, "".join(line.strip() + "\n" for line in answer.splitlines())


def without_what_differs(answer: str) -> str:
    answer = re.sub(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}", "<uuid>", answer)
    return re.sub(r"20\d\d-\d\d-\d\dT[\d:.]+Z", "<time>", answer).replace("\r", "")


@pytest.fixture(scope="module")
def environment(tmp_path_factory: pytest.TempPathFactory) -> Iterator[dict[str, str]]:
    """The variables that the page speaks of, for an API that has all it describes."""
    devcloud = Devcloud(
        tmp_path_factory.mktemp("documentation"),
        UserSignIn="open",
        AllowedOrigins="https://app.example.com,http://localhost:5173",
    )
    tokens = sign_in(devcloud)
    yield {
        "PATH": "/usr/bin:/bin",
        "API": devcloud.api,
        "ID_TOKEN": tokens["id_token"],
        "ACCESS_TOKEN": tokens["access_token"],
    }
    devcloud.stop()


class DocumentationTests:
    def test_each_command_is_answered_as_it_says(self, environment: dict[str, str]) -> None:
        asked = list(examples())
        assert len(asked) == PAGE.count("\n    $ ") > 15
        for command, expected in asked:
            outcome = subprocess.run(
                ["bash", "-c", f"{FUNCTION}\n{command}"],
                env=environment,
                capture_output=True,
                text=True,
                check=False,
            )
            assert without_what_differs(outcome.stdout) == expected, command

    def test_a_password_gives_what_it_says(self, environment: dict[str, str]) -> None:
        person = {"username": "demo@example.com", "password": "Demo-passw0rd!"}
        answer = requests.post(f"{environment['API']}/user-sign-in", json=person, timeout=10)
        named = {"id_token", "access_token", "refresh_token", "expires_in", "token_type"}
        assert set(answer.json()["data"]) == named
        assert answer.json()["code"] == "10024"
