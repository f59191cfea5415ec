"""A new person's first day: account, notes, search, undo, sign-out."""

import re
from pathlib import Path

from playwright.sync_api import Page, expect

from tests.e2e.people import sign_out, sign_up, text_of, write
from tests.e2e.site import Site
from tests.e2e.traffic import Traffic

ROOT = Path(__file__).resolve().parents[2]

# Whole documents, and what breaks careless form handling.
TEXTS = {
    "The contract": (ROOT / "infra/openapi.json").read_text(),
    "The template": (ROOT / "infra/backend.yaml").read_text(),
    "The licence of an emoji": "👩‍👩‍👧‍👦 Ünïcödé — “quotes” \u2028 and \u00a0 spaces\t.",
    "Edges": "\n\n  leading lines and spaces, trailing ones too  \n\n\n",
    "Markup": "<b>&amp;</b> </textarea><script>alert(1)</script> {{ x }} {% y %}\n\n# Heading",
}


class FirstDayTests:
    def test_it_goes_from_no_account_to_notes_and_out_again(
        self, page: Page, site: Site, traffic: Traffic
    ) -> None:
        sign_up(page, site, "grace@example.com", "Grace-passw0rd!")
        page.wait_for_url(f"{site.url}/notes/")
        expect(page.get_by_role("heading", name="Your notes will be here")).to_be_visible()

        addresses = {title: write(page, site, title, text) for title, text in TEXTS.items()}
        for title, address in addresses.items():
            assert text_of(page, address) == TEXTS[title]

        page.goto(f"{site.url}/notes/")
        headings = page.locator(".note-card h2").all_inner_texts()
        assert headings == list(reversed(TEXTS))
        page.get_by_role("button", name="Pin The contract").click()
        expect(page.get_by_role("button", name="Unpin The contract")).to_be_focused()
        assert page.locator(".note-card h2").first.inner_text() == "The contract"
        page.get_by_role("button", name="Unpin The contract").click()
        expect(page.get_by_text("“The contract” is no longer pinned.")).to_be_visible()

        page.get_by_role("searchbox").first.fill("WITH-NOTHING-LIKE-IT")
        page.get_by_role("searchbox").first.press("Enter")
        expect(page.get_by_role("heading", name="Nothing found")).to_be_visible()
        page.get_by_role("searchbox").first.fill("ünïcödé")
        page.get_by_role("searchbox").first.press("Enter")
        page.get_by_role("link", name="The licence of an emoji").click()
        expect(page.get_by_role("heading", level=1)).to_have_text("The licence of an emoji")

        page.get_by_role("link", name="Edit").click()
        page.locator("textarea[name=note]").fill("Changed.")
        page.get_by_role("button", name="Save", exact=True).click()
        expect(page.get_by_text("Changed.")).to_be_visible()

        page.get_by_role("button", name="Delete").click()
        expect(page.get_by_role("link", name="The licence of an emoji")).to_have_count(0)
        page.get_by_role("button", name="Undo").click()
        page.goto(f"{site.url}/notes/")
        expect(page.get_by_role("link", name="The licence of an emoji")).to_have_count(1)

        page.goto(addresses["Edges"])
        sign_out(page)
        for _ in range(3):
            page.go_back()
            page.wait_for_load_state()
            assert "leading lines" not in page.content()
        # With a value: the contract, which is one of the notes, has the name alone.
        forms = ('"refresh_token":"', '"refresh_token": "', "refresh_token=")
        assert traffic.holding(*forms) == []

    def test_a_note_is_never_run_as_markup(self, page: Page, site: Site) -> None:
        dialogs: list[str] = []
        page.on("dialog", lambda dialog: (dialogs.append(dialog.message), dialog.dismiss()))
        sign_up(page, site, "mallory@example.com", "Mallory-passw0rd!")
        page.wait_for_url(f"{site.url}/notes/")
        address = write(page, site, "<img src=x onerror=alert(1)>", TEXTS["Markup"])
        page.goto(address)
        page.goto(f"{site.url}/notes/?q=%3Cscript%3Ealert(1)%3C/script%3E")
        assert dialogs == []
        assert re.search(r"<script>alert", page.content()) is None
