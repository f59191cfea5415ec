"""Reading in a tab that stays open all day: places, moments, and scripts of any direction."""

from datetime import UTC, datetime

import pytest
from playwright.sync_api import Page, expect

from tests.notes.in_a_browser.conftest import COME_BACK, OneNote, Run, needs_chromium, text_of

pytestmark = needs_chromium


class ListPlaceTests:
    def test_the_way_back_leads_to_the_same_search_and_note(self, api: OneNote, run: Run) -> None:
        def script(page: Page) -> None:
            page.goto("/notes/?q=bulbs")
            page.get_by_role("link", name="Garden").click()
            page.get_by_role("link", name="Edit").click()
            page.get_by_role("button", name="Save").click()
            page.wait_for_url("**/notes/note1/")
            page.get_by_role("main").get_by_role("link", name="Notes").click()
            page.wait_for_url("**/notes/?q=bulbs#note-note1")
            expect(page.get_by_role("link", name="Garden")).to_be_focused()

        run(script)


class PinTests:
    def test_the_focus_stays_at_the_notes_pin(self, api: OneNote, run: Run) -> None:
        def script(page: Page) -> None:
            page.goto("/notes/?q=bulbs")
            page.get_by_role("button", name="Pin Garden").press("Enter")
            page.wait_for_url("**/notes/?q=bulbs#pin-note1")
            expect(page.get_by_role("button", name="Unpin Garden")).to_be_focused()
            page.keyboard.press("Enter")
            expect(page.get_by_role("button", name="Pin Garden", exact=True)).to_be_focused()

        run(script)
        assert (api.note["pinned"], api.saves) == (False, 2)

    def test_without_scripts_it_does_the_same(self, api: OneNote, run: Run) -> None:
        def script(page: Page) -> None:
            browser = page.context.browser
            assert browser
            page.goto("/notes/")
            with browser.new_context(
                java_script_enabled=False, storage_state=page.context.storage_state()
            ) as plain:
                other = plain.new_page()
                other.goto(page.url)
                other.get_by_role("button", name="Pin Garden").click()
                expect(other.get_by_text("“Garden” is pinned.")).to_be_visible()

        run(script)
        assert api.note["pinned"]


class CopyTests:
    def test_the_text_is_copied_as_it_was_typed(self, api: OneNote, run: Run) -> None:
        api.note |= {"note": "# Ünïcödé\n\n- [ ] <b> 👩‍👩‍👧‍👦\n"}

        def script(page: Page) -> None:
            page.context.grant_permissions(["clipboard-read", "clipboard-write"])
            page.goto("/notes/note1/")
            page.get_by_role("button", name="Copy Markdown").click()
            expect(page.get_by_text("Copied.")).to_be_visible()
            assert page.evaluate("navigator.clipboard.readText()") == api.note["note"]

        run(script)

    def test_it_says_when_nothing_was_copied(self, api: OneNote, run: Run) -> None:
        def script(page: Page) -> None:
            page.context.grant_permissions(["clipboard-read", "clipboard-write"])
            page.goto("/notes/note1/")
            page.evaluate("navigator.clipboard.writeText('before')")
            api.is_down = True
            page.get_by_role("button", name="Copy Markdown").click()
            expect(page.get_by_text("Not copied: try again, or download it.")).to_be_visible()
            assert page.evaluate("navigator.clipboard.readText()") == "before"

        run(script)


class TimeTests:
    def test_how_long_ago_goes_on_in_an_open_tab(self, api: OneNote, run: Run) -> None:
        api.note["updated_at"] = datetime.now(UTC).isoformat()

        def script(page: Page) -> None:
            page.clock.install()
            page.goto("/notes/note1/")
            changed = page.locator(".note-head time")
            expect(changed).to_have_text("just now")
            page.clock.fast_forward("02:00:30")
            page.evaluate(COME_BACK)
            expect(changed).to_have_text("2 h ago")

        run(script)

    @pytest.mark.parametrize(
        ("zone", "day"), [("Pacific/Kiritimati", "3 Nov 2024"), ("UTC", "2 Nov 2024")]
    )
    def test_a_day_is_the_readers_own(self, zone: str, day: str, api: OneNote, run: Run) -> None:
        api.note["updated_at"] = "2024-11-02T23:30:00Z"

        def script(page: Page) -> None:
            browser = page.context.browser
            assert browser
            page.goto("/notes/note1/")
            state = page.context.storage_state()
            with browser.new_context(timezone_id=zone, storage_state=state) as elsewhere:
                other = elsewhere.new_page()
                other.goto(page.url)
                expect(other.locator(".note-head time")).to_have_text(day)

        run(script)


class DirectionTests:
    def test_each_text_runs_as_it_is_written(self, api: OneNote, run: Run) -> None:
        api.note |= {"title": "ملاحظة", "note": "مرحبا\n\nHello\n"}

        def script(page: Page) -> None:
            page.goto("/notes/note1/")
            starts = page.locator(".note h1, .prose p").evaluate_all(STARTS)
            assert starts == ["right", "right", "left"]
            page.goto("/notes/note1/edit/")
            assert text_of(page).evaluate("area => getComputedStyle(area).direction") == "rtl"

        run(script)


STARTS = """elements => elements.map((element) => {
  const range = document.createRange();
  range.selectNodeContents(element);
  const text = range.getBoundingClientRect();
  const box = element.getBoundingClientRect();
  return text.left - box.left < box.right - text.right ? "left" : "right";
})"""
