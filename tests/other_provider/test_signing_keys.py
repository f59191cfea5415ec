"""The certified provider changes its signing keys while people are signed in."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.other_provider.site import Site, running

TOO_SHORT = 30


@pytest.fixture
def site(installed: str, tmp_path: Path) -> Iterator[Site]:
    """One for each test: an unknown key is asked for at most every 10 s by each process."""
    with running(installed, tmp_path) as site:
        yield site


class SigningKeyTests:
    @pytest.mark.parametrize("change", ["add_signing_key", "replace_signing_keys"])
    def test_sessions_and_sign_ins_go_on(self, site: Site, change: str) -> None:
        browser = site.signed_in("before", id_token_lasts=TOO_SHORT)
        former = site.provider.signing_keys[0]
        getattr(site.provider, change)()
        assert site.provider.signing_keys[0] != former
        assert "Of before" in browser.get(f"{site.url}/notes/").text
        later = site.signed_in("after")
        assert "Of after" in later.get(f"{site.url}/notes/").text
