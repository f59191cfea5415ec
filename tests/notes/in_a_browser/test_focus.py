"""Where the focus is after something was done, and what pages and controls are called."""

from itertools import pairwise

import pytest
from playwright.sync_api import Page, expect

from tests.notes.in_a_browser.conftest import OneNote, Run, needs_chromium, text_of

pytestmark = needs_chromium


class FocusTests:
    def test_what_was_done_is_read_first_and_undo_is_the_next_stop(
        self, api: OneNote, run: Run
    ) -> None:
        def script(page: Page) -> None:
            page.goto("/notes/note1/")
            page.get_by_role("button", name="Delete").press("Enter")
            expect(page.get_by_text("The note is in the trash.")).to_be_visible()
            focused = page.evaluate("document.activeElement.innerText")
            assert "The note is in the trash." in focused
            page.keyboard.press("Tab")
            expect(page.get_by_role("button", name="Undo")).to_be_focused()
            page.keyboard.press("Enter")
            expect(page.get_by_text("The note is back.")).to_be_visible()
            assert "The note is back." in page.evaluate("document.activeElement.innerText")

        run(script)

    def test_a_new_note_begins_with_its_title(self, api: OneNote, run: Run) -> None:
        def script(page: Page) -> None:
            page.goto("/notes/")
            page.keyboard.press("n")
            page.wait_for_url("**/notes/new/")
            expect(page.get_by_label("Title")).to_be_focused()

        run(script)

    @pytest.mark.parametrize(
        ("field", "typed"), [("Tags", "x" * 51), ("Title", "y" * 201), ("Text", "")]
    )
    def test_a_mistake_has_the_focus(self, field: str, typed: str, api: OneNote, run: Run) -> None:
        def script(page: Page) -> None:
            page.goto("/notes/new/")
            page.locator("form.editor").evaluate("form => form.noValidate = true")
            page.get_by_label("Title").evaluate("it => it.removeAttribute('maxlength')")
            page.get_by_label(field, exact=True).fill(typed)
            page.get_by_role("button", name="Save").click()
            expect(page).to_have_title("Not saved: New note · Notesite")
            # Where a text is missing, it may as well be a title.
            wanted = "Title" if field == "Text" else field
            expect(page.get_by_label(wanted, exact=True)).to_be_focused()

        run(script)


class NamesTests:
    def test_no_two_pages_have_the_same_title(self, api: OneNote, run: Run) -> None:
        addresses = [
            "/notes/",
            "/notes/?cursor=c2",
            "/notes/?q=bulbs",
            "/notes/?tag=home",
            "/notes/?q=bulbs&tag=home",
            "/notes/trash/",
            "/notes/new/",
            "/notes/note1/",
            "/notes/note1/edit/",
            "/notes/import/",
            "/account/",
            "/account/delete/",
            "/notes/nope/x/",
        ]
        titles: list[str] = []

        def script(page: Page) -> None:
            for address in addresses:
                page.goto(address)
                titles.append(page.title())

        run(script)
        assert titles == list(dict.fromkeys(titles))

    @pytest.mark.parametrize("address", ["/notes/", "/notes/trash/", "/account/"])
    def test_each_button_says_what_it_is_about(self, address: str, api: OneNote, run: Run) -> None:
        def keep_a_draft(page: Page) -> None:
            page.clock.install()
            page.goto("/notes/note1/edit/")
            text_of(page).fill("Typed.")
            page.clock.run_for(3_000)
            expect(page.locator("[data-save-state]")).to_contain_text("Draft kept")

        def script(page: Page) -> None:
            if address == "/notes/trash/":
                api.note |= {"deleted_at": "2026-11-10T00:00:00Z"}
            page.goto(address)
            page.locator("details").evaluate_all("all => all.map(it => it.open = true)")
            names = page.locator("main").get_by_role("button").evaluate_all(BUTTON_NAMES)
            assert names
            vague = {
                "Discard",
                "Open",
                "Delete for good",
                "Restore",
                "Pin",
                "Sign out of that device",
            }
            assert vague & set(names) == set()

        run(keep_a_draft)
        run(script)

    def test_landmarks_are_told_apart_and_headings_skip_no_level(
        self, api: OneNote, run: Run
    ) -> None:
        api.note |= {"note": "#### Deep\n\ntext\n\n##### Deeper"}

        def script(page: Page) -> None:
            for address in ("/notes/", "/notes/note1/", "/notes/trash/", "/account/"):
                page.goto(address)
                for role in ("banner", "search", "main"):
                    expect(page.get_by_role(role)).to_have_count(1)
                levels = page.locator("main").get_by_role("heading").evaluate_all(LEVELS)
                assert levels[0] == 1
                assert all(after <= before + 1 for before, after in pairwise(levels)), address

        run(script)


BUTTON_NAMES = """all => all.filter((it) => it.checkVisibility())
  .map((it) => it.getAttribute("aria-label") ?? it.textContent.replace(/\\s+/g, " ").trim())"""
LEVELS = "all => all.map((heading) => Number(heading.tagName[1]))"
