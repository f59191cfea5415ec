"""docs/api.md: its commands are run from top to bottom, and its answers are those that come."""

import os
import re
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest
import requests

from tests.devcloud.running import Devcloud

PAGE = (Path(__file__).resolve().parents[2] / "docs" / "api.md").read_text(encoding="utf-8")
END = "= the end of an answer =\n"


def blocks() -> Iterator[str]:
    """What stands indented on the page, without the commands that need AWS and the JavaScript."""
    for block in re.findall(r"(?:^    .+\n)+", PAGE, re.MULTILINE):
        if not block.startswith(("    aws ", "    const ")):
            yield re.sub("^    ", "", block, flags=re.MULTILINE)


def examples() -> Iterator[tuple[str, str]]:
    """Each command with the answer below it."""
    for block in blocks():
        yield from re.findall(r"^\$ (.+)\n((?:(?!\$ ).+\n)+)", block, re.MULTILINE)


def script() -> str:
    """The page as somebody types it: examples' commands, and what has no answer as it stands."""
    lines = []
    for block in blocks():
        if block.startswith("$ "):
            commands = re.findall(r"^\$ (.+)$", block, re.MULTILINE)
            lines += [f"{command}; echo '{END.strip()}'" for command in commands]
        else:
            lines.append(block)
    return "\n".join(lines)


def without_what_differs(answer: str) -> str:
    answer = re.sub(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}", "<uuid>", answer)
    return re.sub(r"20\d\d-\d\d-\d\dT[\d:.]+Z", "<time>", answer).replace("\r", "")


@pytest.fixture(scope="module")
def devcloud(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Devcloud]:
    """An API that has all the page describes."""
    started = Devcloud(
        tmp_path_factory.mktemp("documentation"),
        UserSignIn="open",
        AllowedOrigins="https://app.example.com,http://localhost:5173",
    )
    yield started
    started.stop()


class DocumentationTests:
    def test_each_command_is_answered_as_it_says(self, devcloud: Devcloud, tmp_path: Path) -> None:
        (tmp_path / ".local").mkdir()
        (tmp_path / ".local/web.env").write_text(f"NOTES_API_URL='{devcloud.api}'\n")
        outcome = subprocess.run(
            ["bash", "-c", script()],
            cwd=tmp_path,
            env={"PATH": os.environ["PATH"]},
            capture_output=True,
            text=True,
            check=False,
        )
        asked, answers = list(examples()), without_what_differs(outcome.stdout).split(END)
        assert len(asked) == PAGE.count("\n    $ ") == len(answers) - 1 > 15, outcome.stderr
        for (command, expected), answer in zip(asked, answers, strict=False):
            assert answer == expected, command

    def test_a_password_gives_what_it_says(self, devcloud: Devcloud) -> None:
        person = {"username": "demo@example.com", "password": "Demo-passw0rd!"}
        answer = requests.post(f"{devcloud.api}/user-sign-in", json=person, timeout=10)
        named = {"id_token", "access_token", "refresh_token", "expires_in", "token_type"}
        assert set(answer.json()["data"]) == named
        assert answer.json()["code"] == "10024"
