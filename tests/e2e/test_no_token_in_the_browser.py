"""The tokens themselves, read from the session rows, and everything that the browser saw."""

import json
import sqlite3
from collections.abc import Iterator

from cryptography.fernet import Fernet
from playwright.sync_api import Page

from tests.e2e.people import sign_in, sign_out, write
from tests.e2e.site import Site
from tests.e2e.traffic import Traffic

PAGES = ["/readyz", "/", "/notes/", "/notes/?q=tea", "/notes/new/", "/notes/trash/", "/account/"]


def tokens(site: Site) -> Iterator[str]:
    """Every token that the site holds, decrypted with its own key."""
    keys = json.loads((site.data_dir / "secrets.json").read_text())["SESSION_ENCRYPTION_KEYS"]
    with sqlite3.connect(site.data_dir / "web.sqlite3") as database:
        rows = database.execute("SELECT tokens FROM identity_browsersession WHERE tokens <> ''")
        sealed = [row[0] for row in rows]
    database.close()
    for text in sealed:
        values = json.loads(Fernet(keys.encode()).decrypt(text.encode()))["values"]
        yield from (values["id_token"], values["access_token"], values["refresh_token"])


class NoTokenTests:
    def test_no_token_is_in_any_body_header_cookie_or_address(
        self, page: Page, site: Site, traffic: Traffic
    ) -> None:
        sign_in(page, site)
        write(page, site, "Nothing to see", "text")
        for path in PAGES:
            page.goto(f"{site.url}{path}")
        held = list(tokens(site))
        stored = page.evaluate("JSON.stringify([{...localStorage}, {...sessionStorage}])")
        sign_out(page)

        assert len(held) >= 3 and all(len(token) > 40 for token in held)
        assert traffic.holding(*held) == []
        assert not any(token in stored for token in held)
        assert len(traffic.texts) > 20
