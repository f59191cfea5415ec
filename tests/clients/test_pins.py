"""What the clients are pinned to, and that the comparison names the versions that were tried."""

import json

from tests.clients.__main__ import pinned_versions
from tests.clients.environments import HERE, ROOT


class PinTests:
    def test_the_comparison_names_the_pinned_versions(self):
        comparison = (ROOT / "devcloud" / "COMPARISON.md").read_text().lower()
        missing = {
            f"{name} {version}"
            for name, version in pinned_versions().items()
            if f"| {name} {version} |" not in comparison
        }
        assert not missing

    def test_the_lock_names_no_registry(self):
        lock = json.loads((HERE / "node" / "package-lock.json").read_text())
        packages = [entry for place, entry in lock["packages"].items() if place]
        assert packages
        assert not [entry for entry in packages if "resolved" in entry]
        assert all(entry["integrity"] for entry in packages)
