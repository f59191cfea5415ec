"""`python -m tests.service.schemathesis_campaign`: schemathesis against the API on devcloud.

All checks, with valid and invalid requests to each operation and chains of them, 1,000 for each
unless another number is given. The answers that it wants come from infra/openapi.json alone.
"""

import json
import subprocess
import sys
import tempfile
from pathlib import Path

from tests.contract import contract
from tests.devcloud.running import Devcloud
from tests.devcloud.sign_in import sign_in

CONFIGURATION = Path(__file__).with_name("schemathesis.toml")


def campaign(examples: int, seed: int | None = None) -> subprocess.CompletedProcess[str]:
    """Its outcome: status 0 means no failure; what it printed says how many cases there were."""
    with tempfile.TemporaryDirectory(prefix="notesite-campaign-") as folder:
        document = Path(folder) / "openapi.json"
        document.write_text(json.dumps(contract()), encoding="utf-8")
        # The throttle is not what is tested, and the token outlasts the campaign.
        devcloud = Devcloud(
            Path(folder) / "data", ThrottlingRate="10000", ThrottlingBurst="5000", TokenMinutes="60"
        )
        try:
            id_token = sign_in(devcloud)["id_token"]
            return subprocess.run(
                [
                    *(sys.executable, "-m", "schemathesis.cli"),
                    *("--config-file", str(CONFIGURATION), "run", str(document)),
                    *("--url", devcloud.api, "--no-color"),
                    # What is deleted goes to the trash, where it can be read and brought back:
                    # tests/service/test_store_model.py holds that whole life against a model.
                    *("--checks", "all", "--exclude-checks", "use_after_free"),
                    *("--header", f"Authorization: {id_token}"),
                    *("--max-examples", str(examples), "--suppress-health-check", "all"),
                    *([] if seed is None else ["--seed", str(seed)]),
                ],
                cwd=folder,
                stdout=subprocess.PIPE,
                stderr=subprocess.STDOUT,
                text=True,
                check=False,
            )
        finally:
            devcloud.stop()


if __name__ == "__main__":
    outcome = campaign(int(sys.argv[1]) if len(sys.argv) > 1 else 1000)
    print(outcome.stdout)
    sys.exit(outcome.returncode)
