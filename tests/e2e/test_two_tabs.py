"""The same note in two tabs: nothing is overwritten, nothing is lost."""

from playwright.sync_api import BrowserContext, expect

from tests.e2e.people import sign_in, text_of, write
from tests.e2e.site import Site


class TwoTabsTests:
    def test_the_second_save_shows_both_texts_and_loses_neither(
        self, context: BrowserContext, site: Site
    ) -> None:
        one, two = context.new_page(), context.new_page()
        sign_in(one, site)
        address = write(one, site, "Shared", "first line\nsecond line\n")
        one.goto(f"{address}edit/")
        two.goto(f"{address}edit/")

        one.locator("textarea[name=note]").fill("first line, by tab one\nsecond line\n")
        one.get_by_role("button", name="Save", exact=True).click()
        expect(one.get_by_role("heading", name="Shared", level=1)).to_be_visible()
        two.locator("textarea[name=note]").fill("first line\nsecond line, by tab two\n")
        two.get_by_role("button", name="Save", exact=True).click()

        expect(two.get_by_role("heading", name="Two versions of this note")).to_be_visible()
        expect(two.get_by_role("region", name="Saved version")).to_contain_text("by tab one")
        expect(two.get_by_role("region", name="Your version")).to_contain_text("by tab two")
        two.get_by_role("button", name="Save merged note").click()
        expect(two.get_by_role("heading", name="Shared", level=1)).to_be_visible()
        merged = text_of(two, address)
        assert "by tab one" in merged and "by tab two" in merged

    def test_a_double_click_on_save_makes_one_note(
        self, context: BrowserContext, site: Site
    ) -> None:
        page = context.new_page()
        sign_in(page, site)
        page.goto(f"{site.url}/notes/new/")
        page.get_by_label("Title").fill("Only once")
        page.locator("textarea[name=note]").fill("text")
        page.get_by_role("button", name="Save", exact=True).dblclick()
        expect(page.get_by_role("heading", name="Only once", level=1)).to_be_visible()
        page.goto(f"{site.url}/notes/?q=only+once")
        expect(page.get_by_role("link", name="Only once")).to_have_count(1)
