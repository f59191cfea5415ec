"""`python -m tests.service.schemathesis_campaign`: schemathesis against the API on devcloud.

All checks, with valid and invalid requests to each operation and chains of them; at least 1,000
different requests to each unless another number is given, and after it AccessToken where the API
is to take access tokens. Then valid ones alone to those that do something to one note. The answers
that it wants come from infra/openapi.json alone.
"""

import json
import os
import re
import shutil
import subprocess
import sys
import tempfile
from collections import Counter
from dataclasses import dataclass
from pathlib import Path

from tests.contract import contract, operations
from tests.devcloud.running import Devcloud
from tests.devcloud.sign_in import sign_in

CONFIGURATION = Path(__file__).with_name("schemathesis.toml")
HOOKS = Path(__file__).with_name("schemathesis_hooks.py")
ROOT = Path(__file__).resolve().parents[2]


CONDITIONS = {
    "UserPool": ("OffersUserSignIn",),
    "AccessToken": ("OffersUserSignIn", "TakesAccessTokens"),
}
MINUTES = 24 * 60
ACTS = ("createNote", "getNote", "updateNote", "deleteNote", "restoreNote")
TOKENS = {"UserPool": "id_token", "AccessToken": "access_token"}


@dataclass(frozen=True)
class Outcome:
    """No failure, or what it printed; how many different requests each operation got, and what
    they did to notes, by what it was.
    """

    is_clean: bool
    printed: str
    requests: dict[str, int]
    done: dict[str, int]


def campaign(requests: int, seed: int | None = None, authorizer: str = "UserPool") -> Outcome:
    """That many requests to each operation, and those of the chains besides."""
    with tempfile.TemporaryDirectory(prefix="notesite-campaign-") as folder:
        document = Path(folder) / "openapi.json"
        document.write_text(json.dumps(contract(*CONDITIONS[authorizer])), encoding="utf-8")
        # The throttle is not what is tested, and the token outlasts the campaign on a busy machine.
        devcloud = Devcloud(
            Path(folder) / "data",
            template=_without_limits(Path(folder) / "product"),
            TokenMinutes=str(MINUTES),
            UserSignIn="open",
            ApiAuthorizer=authorizer,
        )
        try:
            token = sign_in(devcloud)[TOKENS[authorizer]]
            environment = {
                **os.environ,
                "PYTHONPATH": str(ROOT),
                "SCHEMATHESIS_HOOKS": str(HOOKS),
                "CAMPAIGN_API": devcloud.api,
                "CAMPAIGN_TOKEN": token,
            }
            usual = [
                *("--config-file", str(CONFIGURATION)),
                *("run", str(document), "--url", devcloud.api, "--no-color", "--workers", "1"),
                *("--header", f"Authorization: {token}", "--suppress-health-check", "all"),
                *([] if seed is None else ["--seed", str(seed)]),
            ]
            parts = [
                _part(Path(folder), [*usual, *options(requests)], environment)
                for options in (_everything, _acts)
            ]
        finally:
            devcloud.stop()
    return Outcome(
        is_clean=all(part.is_clean for part in parts),
        printed="\n".join(part.printed for part in parts),
        requests={
            name: len(set().union(*(part.requests.get(name, ()) for part in parts)))
            for name in operations(*CONDITIONS[authorizer])
        },
        done=dict(sum((Counter(part.done) for part in parts), Counter())),
    )


def _everything(requests: int) -> list[str]:
    # Some of what is generated for the same operation is the same.
    return ["--max-examples", str(requests * 2)]


def _acts(requests: int) -> list[str]:
    """Requests that the contract allows alone: of those above, few are carried out."""
    return [
        *("--mode", "positive", "--phases", "fuzzing", "--max-examples", str(max(requests, 20))),
        *(word for name in ACTS for word in ("--include-operation-id", name)),
    ]


@dataclass(frozen=True)
class _Part:
    """What one run of schemathesis ended with."""

    is_clean: bool
    printed: str
    requests: dict[str, list[str]]
    done: dict[str, int]


def _part(folder: Path, arguments: list[str], environment: dict[str, str]) -> _Part:
    counted = folder / "counted.json"
    counted.unlink(missing_ok=True)
    run = subprocess.run(
        [sys.executable, "-m", "schemathesis.cli", *arguments],
        cwd=folder,
        env={**environment, "COUNTED": str(counted)},
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        check=False,
    )
    told = json.loads(counted.read_text()) if counted.exists() else {}
    return _Part(
        is_clean=run.returncode == 0 and told.get("misfits") == [],
        printed=f"{run.stdout}\n{told.get('misfits')}",
        requests=told.get("requests", {}),
        done=told.get("done", {}),
    )


def _without_limits(folder: Path) -> Path:
    """The product's template, with no throttle and tokens that last as long as Cognito's may."""
    shutil.copytree(ROOT / "service", folder / "service")
    shutil.copytree(ROOT / "infra", folder / "infra")
    template = folder / "infra" / "backend.yaml"
    text = template.read_text(encoding="utf-8")
    for pattern, limit, places in (
        (r"(Throttling(?:Rate|Burst)Limit:) .*", 5000, 4),
        (r"(  TokenMinutes:\n(?:    .*\n)*?    MaxValue:) .*", MINUTES, 1),
    ):
        text, changed = re.subn(pattern, rf"\1 {limit}", text)
        assert changed == places, pattern
    template.write_text(text, encoding="utf-8")
    return template


def main(requests: int, authorizer: str) -> int:
    outcome = campaign(requests, authorizer=authorizer)
    print(outcome.printed)
    for name, count in outcome.requests.items():
        print(f"{name:12} {count} different requests")
    for name, count in sorted(outcome.done.items()):
        print(f"{name:16} {count} times")
    is_enough = min(outcome.requests.values()) >= requests
    return 0 if outcome.is_clean and is_enough and not too_rare(outcome, requests) else 1


def too_rare(outcome: Outcome, requests: int) -> dict[str, int]:
    """What was done to notes less often than once in ten requests to an operation."""
    acts = ("create", "update", "delete", "delete for good", "restore", "get in the trash")
    return {act: n for act in acts if (n := outcome.done.get(act, 0)) < requests / 10}


if __name__ == "__main__":
    sys.exit(
        main(
            int(sys.argv[1]) if len(sys.argv) > 1 else 1000,
            sys.argv[2] if len(sys.argv) > 2 else "UserPool",
        )
    )
