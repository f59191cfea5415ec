"""The certified oidc-provider in a process of its own, and what a test can ask of it."""

import json
import subprocess
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import requests

from tests.environment import variables

POOL_ID = "eu-central-1_Other01"
_EXAMPLE = variables()
APP_CLIENT = (_EXAMPLE["OIDC_RP_CLIENT_ID"], _EXAMPLE["OIDC_RP_CLIENT_SECRET"])


@dataclass(frozen=True)
class TokenAnswer:
    """What the token endpoint answered: to which grant, and a refresh token or an error."""

    grant: str
    refresh_token: str = ""
    error: str = ""


class Provider:
    """A running provider; ``stop`` must follow."""

    def __init__(self, installed: str, web_url: str, log: Path) -> None:
        with log.open("ab") as notices:
            self._process = subprocess.Popen(
                ["node", "provider.js"],
                cwd=installed,
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=notices,
                text=True,
            )
        client_id, client_secret = APP_CLIENT
        started = self._tell(
            poolId=POOL_ID, clientId=client_id, clientSecret=client_secret, webUrl=web_url
        )
        self.url: str = started["url"]
        self.issuer: str = started["issuer"]

    def stop(self) -> None:
        """It ends with its input."""
        self._process.communicate(timeout=20)

    def let_id_tokens_last(self, seconds: int) -> None:
        self._tell(idTokenSeconds=seconds)

    def put_in_groups(self, person: str, *groups: str) -> None:
        """What that person's next ID token says."""
        self._tell(groups={person: groups})

    def add_signing_key(self) -> None:
        """Sign with a new key; the former ones stay published."""
        self._tell(keys="added")

    def replace_signing_keys(self) -> None:
        """Sign with a new key; the former ones are withdrawn."""
        self._tell(keys="replaced")

    @property
    def signing_keys(self) -> list[str]:
        """The ids of the published keys, the one that signs first."""
        keys: list[str] = self._tell()["keys"]
        return keys

    @property
    def token_answers(self) -> list[TokenAnswer]:
        """All that the token endpoint answered so far."""
        return [TokenAnswer(**answer) for answer in self._tell()["tokenAnswers"]]

    @property
    def newest_refresh_token(self) -> str:
        return self.token_answers[-1].refresh_token

    def refresh(self, refresh_token: str) -> requests.Response:
        """What whoever has the refresh token and the secret of the app client would get."""
        return requests.post(
            f"{self.url}/oauth2/token",
            data={"grant_type": "refresh_token", "refresh_token": refresh_token},
            auth=APP_CLIENT,
            timeout=20,
        )

    def _tell(self, **changes: Any) -> dict[str, Any]:
        assert self._process.stdin and self._process.stdout
        self._process.stdin.write(f"{json.dumps(changes)}\n")
        self._process.stdin.flush()
        line = self._process.stdout.readline()
        assert line, "the provider has ended; its log says why"
        report: dict[str, Any] = json.loads(line)
        return report
