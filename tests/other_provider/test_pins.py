"""What the other provider is installed from."""

import json

from tests.other_provider.__main__ import HERE


class PinTests:
    def test_the_lock_names_no_registry(self) -> None:
        lock = json.loads((HERE / "node" / "package-lock.json").read_text())
        packages = [entry for place, entry in lock["packages"].items() if place]
        assert packages
        assert not [entry for entry in packages if "resolved" in entry]
        assert all(entry["integrity"] for entry in packages)
