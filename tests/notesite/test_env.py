"""A wrong environment stops the start with one sentence that names the variable."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.environment import variables

ROOT = Path(__file__).resolve().parents[2]

WRONG = {
    "PUBLIC_URL": ["", "notes.example.com", "http://notes.example.com", "https://a.example/path"],
    "SECRET_KEY": ["", "short"],
    "SESSION_ENCRYPTION_KEYS": ["", "not-base64!", "c2hvcnQ="],
    "DATABASE_URL": ["", "nonsense", "mysql://u:p@h/n"],
    "ALLOWED_HOSTS": ["*"],
    "DEBUG": ["yes", "1"],
    "COGNITO_REGION": ["", "Frankfurt"],
    "COGNITO_USER_POOL_ID": ["", "pool"],
    "COGNITO_DOMAIN": ["", "auth.example.com", "http://auth.example.com", "https://["],
    "COGNITO_ENDPOINT_URL": ["ftp://127.0.0.1"],
    "OIDC_RP_CLIENT_ID": ["", "with space"],
    "OIDC_RP_CLIENT_SECRET": [""],
    "OIDC_TIMEOUT": ["0", "soon", "-1", "6"],
    "NOTES_API_URL": ["", "/v1", "https://api.example.com/v1?x=1"],
    "NOTES_API_TIMEOUT": ["ten", "60"],
    "NOTES_API_TOKEN": ["refresh"],
    "NOTES_TRASH_DAYS": ["0", "366", "a month"],
    "SESSION_IDLE_MINUTES": ["0", "a"],
    "SESSION_MAX_HOURS": ["0", "9999"],
    "TRUSTED_PROTO_HEADER": ["X Forwarded"],
    "WEB_THREADS": ["many"],
    "LOG_LEVEL": ["LOUD"],
}
CASES = [(name, value) for name, values in WRONG.items() for value in values]


def start(**changes: str) -> subprocess.CompletedProcess[str]:
    """Load the settings in a process of their own, as every start does."""
    return subprocess.run(
        [sys.executable, "-c", "import notesite.settings"],
        cwd=ROOT,
        env={"PATH": os.environ["PATH"], **variables(), **changes},
        capture_output=True,
        text=True,
        check=False,
    )


class EnvironmentTests:
    def test_the_example_starts(self) -> None:
        assert start().returncode == 0

    @pytest.mark.parametrize(("name", "value"), CASES, ids=[f"{n}={v}" for n, v in CASES])
    def test_a_wrong_variable_stops_the_start(self, name: str, value: str) -> None:
        outcome = start(**{name: value})
        assert outcome.returncode == 1
        assert len(outcome.stderr.strip().splitlines()) == 1
        assert outcome.stderr.startswith(f"notesite cannot start: {name} ")

    @pytest.mark.parametrize(
        ("name", "value", "problem"),
        [
            ("NOTES_API_URL", "https://api.example.com/v1?x=1", "a query, a fragment or"),
            ("COGNITO_DOMAIN", "https://auth.example.com/v1", "a path, a query, a fragment or"),
        ],
    )
    def test_a_path_is_refused_only_where_none_may_be(
        self, name: str, value: str, problem: str
    ) -> None:
        sentence = f"notesite cannot start: {name} must not carry {problem} a user name."
        assert start(**{name: value}).stderr.strip() == sentence

    def test_gunicorn_gives_up_with_the_same_sentence(self) -> None:
        """And does not start workers again and again that cannot run."""
        outcome = subprocess.run(
            [sys.executable, "-m", "gunicorn", "--bind", "127.0.0.1:0", "notesite.wsgi"],
            cwd=ROOT,
            env={"PATH": os.environ["PATH"], **variables(), "NOTES_API_URL": "nonsense"},
            capture_output=True,
            text=True,
            check=False,
            timeout=30,
        )
        assert outcome.returncode == 1
        assert "notesite cannot start: NOTES_API_URL must" in outcome.stderr
        assert "Traceback" not in outcome.stderr

    def test_https_needs_the_name_of_the_proxys_header(self) -> None:
        outcome = start(PUBLIC_URL="https://notes.example.com")
        assert "TRUSTED_PROTO_HEADER" in outcome.stderr and outcome.returncode == 1

    def test_a_key_may_come_without_its_padding(self) -> None:
        assert start(SESSION_ENCRYPTION_KEYS="A" * 43).returncode == 0
