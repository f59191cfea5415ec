"""An admin invites somebody, makes them an admin, locks them out: each at their next request."""

from collections.abc import Iterator
from uuid import uuid4

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.e2e.people import ADMIN, mailed_code, sign_in
from tests.e2e.site import Site

PASSWORD = "Grace-passw0rd!"


@pytest.fixture
def admin(browser: Browser, site: Site) -> Iterator[Page]:
    """A tab in the admin's own browser, on the list of people."""
    context = browser.new_context()
    tab = context.new_page()
    sign_in(tab, site, ADMIN, "/admin/")
    tab.get_by_role("link", name="People of the user pool").first.click()
    yield tab
    context.close()


def invite(admin: Page, site: Site) -> str:
    email = f"grace-{uuid4().hex[:12]}@example.org"
    admin.get_by_role("link", name="Invite a person").click()
    admin.get_by_label("E-mail address").fill(email)
    admin.get_by_role("button", name="Invite").click()
    expect(admin.get_by_text("a temporary password is on its way")).to_be_visible()
    return email


def accept(page: Page, site: Site, email: str) -> None:
    """Sign in with the mailed password and choose one's own."""
    page.goto(f"{site.url}/notes/")
    page.get_by_label("E-mail address").fill(email)
    page.get_by_label("Password", exact=True).fill(mailed_code(site, email))
    page.get_by_role("button", name="Sign in").click()
    page.get_by_label("New password", exact=True).fill(PASSWORD)
    page.get_by_label("The same once more").fill(PASSWORD)
    page.get_by_role("button", name="Save and continue").click()
    page.wait_for_url(f"{site.url}/notes/")


def find(admin: Page, site: Site, email: str) -> None:
    admin.get_by_role("link", name="People", exact=True).click()
    admin.get_by_role("textbox", name="Find").fill(email[:14])
    admin.get_by_role("button", name="Search").click()
    admin.get_by_role("link", name=email).click()
    expect(admin.get_by_role("heading", name=email)).to_be_visible()


class AdminTests:
    def test_from_the_invitation_to_the_lock_out(self, admin: Page, page: Page, site: Site) -> None:
        email = invite(admin, site)
        accept(page, site, email)
        refused = page.goto(f"{site.url}/admin/")
        assert refused and refused.status == 403

        find(admin, site, email)
        admin.get_by_label("Add to").select_option("admins")
        admin.get_by_role("button", name="Add", exact=True).click()
        expect(admin.get_by_text("Added to the group admins.")).to_be_visible()
        page.goto(f"{site.url}/admin/")
        expect(page.get_by_role("heading", name="Administration", exact=True)).to_be_visible()

        admin.get_by_role("button", name="Disable").click()
        expect(admin.get_by_text("1 browser session ended")).to_be_visible()
        expect(admin.get_by_text("Disabled in the user pool.")).to_be_visible()
        page.goto(f"{site.url}/admin/")
        expect(page.get_by_role("heading", name="Your session has ended")).to_be_visible()
        page.get_by_role("link", name="Sign in again").click()
        page.get_by_label("E-mail address").fill(email)
        page.get_by_label("Password", exact=True).fill(PASSWORD)
        page.get_by_role("button", name="Sign in").click()
        expect(page.get_by_role("alert")).to_be_visible()
        assert page.url.startswith(f"{site.devcloud}/login")

    def test_who_has_left_the_admins_is_out_at_the_next_request(
        self, admin: Page, page: Page, site: Site
    ) -> None:
        email = invite(admin, site)
        admin.get_by_label("Add to").select_option("admins")
        admin.get_by_role("button", name="Add", exact=True).click()
        accept(page, site, email)
        page.goto(f"{site.url}/admin/")
        expect(page.get_by_role("heading", name="Administration", exact=True)).to_be_visible()

        admin.get_by_role("button", name="Take out of admins").click()
        expect(admin.get_by_text("Taken out of the group admins.")).to_be_visible()
        refused = page.goto(f"{site.url}/admin/")
        assert refused and refused.status == 403
