"""`python -m tests.service.schemathesis_campaign`: schemathesis against the API on devcloud.

All checks, with valid and invalid requests to each operation and chains of them; at least 1,000
different requests to each unless another number is given. The answers that it wants come from
infra/openapi.json alone.
"""

import json
import os
import subprocess
import sys
import tempfile
from dataclasses import dataclass
from pathlib import Path

from tests.contract import contract, operations
from tests.devcloud.running import Devcloud
from tests.devcloud.sign_in import sign_in

CONFIGURATION = Path(__file__).with_name("schemathesis.toml")
HOOKS = Path(__file__).with_name("schemathesis_hooks.py")
ROOT = Path(__file__).resolve().parents[2]


@dataclass(frozen=True)
class Outcome:
    """No failure, or what it printed; and how many different requests each operation got."""

    is_clean: bool
    printed: str
    requests: dict[str, int]


def campaign(requests: int, seed: int | None = None) -> Outcome:
    """That many requests to each operation, and those of the chains besides."""
    with tempfile.TemporaryDirectory(prefix="notesite-campaign-") as folder:
        document = Path(folder) / "openapi.json"
        document.write_text(json.dumps(contract()), encoding="utf-8")
        counted = Path(folder) / "counted.json"
        # The throttle is not what is tested, and the token outlasts the campaign.
        devcloud = Devcloud(
            Path(folder) / "data", ThrottlingRate="10000", ThrottlingBurst="5000", TokenMinutes="60"
        )
        try:
            id_token = sign_in(devcloud)["id_token"]
            done = subprocess.run(
                [
                    *(sys.executable, "-m", "schemathesis.cli"),
                    *("--config-file", str(CONFIGURATION), "run", str(document)),
                    *("--url", devcloud.api, "--no-color", "--workers", "1"),
                    # What is deleted goes to the trash, where it can be read: the hooks hold that
                    # against a check of their own.
                    *("--checks", "all", "--exclude-checks", "use_after_free"),
                    *("--header", f"Authorization: {id_token}"),
                    # Some of what is generated for the same operation is the same.
                    *("--max-examples", str(requests * 2), "--suppress-health-check", "all"),
                    *([] if seed is None else ["--seed", str(seed)]),
                ],
                cwd=folder,
                env={
                    **os.environ,
                    "PYTHONPATH": str(ROOT),
                    "SCHEMATHESIS_HOOKS": str(HOOKS),
                    "REQUESTS_COUNTED": str(counted),
                },
                stdout=subprocess.PIPE,
                stderr=subprocess.STDOUT,
                text=True,
                check=False,
            )
            sent = json.loads(counted.read_text()) if counted.exists() else {}
        finally:
            devcloud.stop()
    return Outcome(done.returncode == 0, done.stdout, {n: sent.get(n, 0) for n in operations()})


def main(requests: int) -> int:
    outcome = campaign(requests)
    print(outcome.printed)
    for name, count in outcome.requests.items():
        print(f"{name:12} {count} different requests")
    return 0 if outcome.is_clean and min(outcome.requests.values()) >= requests else 1


if __name__ == "__main__":
    sys.exit(main(int(sys.argv[1]) if len(sys.argv) > 1 else 1000))
