"""Pages on paper, and in the reader's own colours."""

import pytest
from playwright.sync_api import Page, expect

from tests.notes.in_a_browser.conftest import OneNote, Run, needs_chromium, text_of

pytestmark = needs_chromium
STYLE = "(element, [property, part]) => getComputedStyle(element, part)[property]"


def style(page: Page, selector: str, name: str, part: str | None = None) -> str:
    found: str = page.locator(selector).first.evaluate(STYLE, [name, part])
    return found


class PaperTests:
    def test_a_note_is_printed_and_nothing_to_press(self, api: OneNote, run: Run) -> None:
        def script(page: Page) -> None:
            page.goto("/notes/note1/")
            page.emulate_media(media="print")
            expect(page.get_by_role("heading", level=1)).to_be_visible()
            for role in ("navigation", "button", "searchbox"):
                assert [it for it in page.get_by_role(role).all() if it.is_visible()] == []
            assert not page.get_by_role("link", name="Edit").is_visible()

        run(script)

    def test_paper_is_white_whatever_the_screen_is(self, api: OneNote, run: Run) -> None:
        def script(page: Page) -> None:
            page.emulate_media(media="print", color_scheme="dark")
            page.goto("/notes/note1/")
            assert style(page, "body", "backgroundColor") == "rgb(255, 255, 255)"
            assert style(page, ".prose p", "color") == "rgb(0, 0, 0)"

        run(script)

    def test_no_line_is_cut_off_and_no_address_lost(self, api: OneNote, run: Run) -> None:
        code = "```\n" + "word " * 100 + "\n```\n"
        api.note |= {"note": f"[a](https://a.example/1)\n\nhttps://a.example/2\n\n{code}"}

        def script(page: Page) -> None:
            page.emulate_media(media="print")
            page.goto("/notes/note1/")
            assert page.evaluate(CUT_OFF) == []
            named, bare = ".prose p:nth-of-type(1) a", ".prose p:nth-of-type(2) a"
            assert "https://a.example/1" in style(page, named, "content", "::after")
            assert style(page, bare, "content", "::after") == "none"

        run(script)


class OwnColoursTests:
    """What a tint tells apart elsewhere must be told by a line or by a pair of system colours."""

    @pytest.mark.parametrize("scheme", ["light", "dark"])
    def test_the_current_page_is_marked(self, scheme: str, api: OneNote, run: Run) -> None:
        def script(page: Page) -> None:
            page.emulate_media(forced_colors="active", color_scheme=scheme)
            page.goto("/notes/")
            here, there = "nav a[aria-current]", "nav a:not([aria-current])"
            assert style(page, here, "borderTopWidth") == "2px"
            assert style(page, there, "borderTopWidth") == "0px"

        run(script)

    def test_the_main_button_can_be_read(self, api: OneNote, run: Run) -> None:
        def script(page: Page) -> None:
            page.emulate_media(forced_colors="active")
            page.goto("/notes/note1/edit/")
            save = ".toolbar .button-primary"
            assert style(page, save, "color") == style(page, "body", "backgroundColor")
            # Else the browser puts that very colour behind the text.
            assert style(page, save, "forcedColorAdjust") == "none"

        run(script)

    def test_the_editor_shows_where_the_focus_is(self, api: OneNote, run: Run) -> None:
        def script(page: Page) -> None:
            page.emulate_media(forced_colors="active")
            page.goto("/notes/note1/edit/")
            text_of(page).focus()
            colours = [style(page, f".editor-{it}", "borderLeftColor") for it in ("text", "title")]
            assert colours[0] != colours[1] == style(page, "body", "backgroundColor")

        run(script)


CUT_OFF = """
[...document.querySelectorAll(".prose *")]
  .filter((element) => element.scrollWidth > element.clientWidth && element.clientWidth > 0)
  .map((element) => element.outerHTML)
"""
