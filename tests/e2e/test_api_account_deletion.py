"""Somebody leaves: their notes, their account, and nothing of anybody else's."""

import re

from playwright.sync_api import Page, expect

from tests.e2e.people import sign_up, write
from tests.e2e.site import Site

LEAVER = ("leaver@example.com", "Leaver-passw0rd!")


class AccountDeletionTests:
    def test_a_person_leaves_for_good_and_may_begin_anew(self, page: Page, site: Site) -> None:
        sign_up(page, site, *LEAVER)
        page.wait_for_url(f"{site.url}/notes/")
        address = write(page, site, "Farewell", "Nobody shall read this.")
        page.goto(f"{site.url}/account/")
        page.get_by_role("link", name="Delete account").click()
        confirm = page.get_by_label(re.compile("Type leaver@example.com"))
        confirm.fill("somebody@example.com")
        page.get_by_role("button", name="Delete my account").click()
        expect(page.get_by_text("Nothing has been deleted.")).to_be_visible()
        confirm.fill("leaver@example.com")
        page.get_by_role("button", name="Delete my account").click()
        expect(page.get_by_role("heading", name="Your account is deleted")).to_be_visible()
        page.get_by_role("link", name="Leave the sign-in page").click()
        page.wait_for_url(re.compile(r"/signed-out/"))

        page.goto(f"{site.url}/notes/")
        page.get_by_label("E-mail address").fill(LEAVER[0])
        page.get_by_label("Password", exact=True).fill(LEAVER[1])
        page.get_by_role("button", name="Sign in").click()
        expect(page.get_by_text("Incorrect username or password.")).to_be_visible()

        sign_up(page, site, *LEAVER)
        page.wait_for_url(f"{site.url}/notes/")
        expect(page.get_by_role("heading", name="Your notes will be here")).to_be_visible()
        answer = page.goto(address)
        assert answer and answer.status == 404
