"""An admin in one browser, a person in another."""

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.e2e.people import ADMIN, sign_in
from tests.e2e.site import Site


@pytest.fixture
def admin(browser: Browser) -> Iterator[Page]:
    """A tab in the admin's own browser."""
    context = browser.new_context()
    yield context.new_page()
    context.close()


class AdminTests:
    def test_an_admin_ends_a_persons_session(self, admin: Page, page: Page, site: Site) -> None:
        sign_in(page, site)
        sign_in(admin, site, ADMIN, "/admin/")
        admin.get_by_role("link", name="Browser sessions").first.click()
        sessions = admin.get_by_role("row", name="demo@example.com")
        expect(sessions.first).to_be_visible()
        for box in sessions.get_by_role("checkbox").all():
            box.check()
        admin.locator("select[name=action]").select_option(label="End the selected sessions")
        admin.locator("button[name=index]").click()
        expect(admin.get_by_text("ended.")).to_be_visible()

        page.goto(f"{site.url}/notes/new/")
        expect(page.get_by_role("heading", name="Your session has ended")).to_be_visible()
        page.get_by_role("link", name="Sign in again").click()
        expect(page.get_by_label("Password", exact=True)).to_be_visible()
        admin.goto(f"{site.url}/admin/")
        expect(admin.get_by_role("heading", name="Administration")).to_be_visible()

    def test_somebody_else_is_refused_politely(self, page: Page, site: Site) -> None:
        sign_in(page, site)
        answer = page.goto(f"{site.url}/admin/")
        assert answer and answer.status == 403
        expect(page.get_by_text("demo@example.com").first).to_be_visible()
