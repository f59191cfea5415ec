"""What the scripts add, in a real browser: nothing typed is lost, and the keyboard is enough."""

from pathlib import Path

import pytest
from django.conf import settings
from playwright.sync_api import Page, expect

from tests.notes.in_a_browser.conftest import OneNote, Run, needs_chromium, text_of

pytestmark = needs_chromium


class DraftTests:
    def test_unsaved_text_is_offered_again_in_its_tab(self, api: OneNote, run: Run) -> None:
        def script(page: Page) -> None:
            page.goto("/notes/note1/edit/")
            text_of(page).fill("Typed and left.")
            page.goto("/notes/")
            page.goto("/notes/note1/edit/")
            expect(text_of(page)).to_have_value("Plant the bulbs.")
            page.get_by_role("button", name="Put it back").click()
            expect(text_of(page)).to_have_value("Typed and left.")

        run(script)

    def test_saved_text_is_not_offered_again(self, api: OneNote, run: Run) -> None:
        def script(page: Page) -> None:
            page.goto("/notes/note1/edit/")
            text_of(page).fill("Saved.")
            page.get_by_role("button", name="Save").click()
            page.wait_for_url("**/notes/note1/")
            assert page.evaluate("sessionStorage.length") == 0

        run(script)

    def test_text_of_an_older_version_overwrites_nothing(self, api: OneNote, run: Run) -> None:
        def script(page: Page) -> None:
            page.goto("/notes/note1/edit/")
            text_of(page).fill("Mine.")
            page.goto("/notes/")
            api.note |= {"note": "Theirs.", "version": 2}
            page.goto("/notes/note1/edit/")
            page.get_by_role("button", name="Put it back").click()
            page.get_by_role("button", name="Save").click()
            expect(page.get_by_role("heading", level=1)).to_have_text("Two versions of this note")

        run(script)
        assert api.note["note"] == "Theirs."

    def test_it_is_kept_while_saving_fails(self, api: OneNote, run: Run) -> None:
        def script(page: Page) -> None:
            page.goto("/notes/note1/edit/")
            text_of(page).fill("Typed.")
            api.is_down = True
            page.get_by_role("button", name="Save").click()
            expect(page.get_by_role("alert")).to_contain_text("Not saved yet.")
            api.is_down = False
            page.goto("/notes/note1/")
            page.goto("/notes/note1/edit/")
            page.get_by_role("button", name="Put it back").click()
            expect(text_of(page)).to_have_value("Typed.")

        run(script)


class TooLongTests:
    @pytest.mark.parametrize("how", ["click", "in place"])
    def test_it_stays_in_the_editor_until_it_is_cut(self, how: str, api: OneNote, run: Run) -> None:
        def script(page: Page) -> None:
            page.goto("/notes/note1/edit/")
            posts: list[str] = []
            page.on("request", lambda request: posts.append(request.method))
            text_of(page).fill("é" * 150_000 + "x")
            if how == "click":
                page.get_by_role("button", name="Save").click()
            else:
                page.keyboard.press("Control+s")
            said = text_of(page).evaluate("area => area.validationMessage")
            assert said == "The text is 1 bytes too long for a note."
            assert "POST" not in posts
            text_of(page).fill("é" * 150_000)
            page.get_by_role("button", name="Save").click()
            page.wait_for_url("**/notes/note1/")

        run(script)
        assert len(api.note["note"]) == 150_000


class ConflictTests:
    def test_either_version_can_be_taken_to_the_byte(self, api: OneNote, run: Run) -> None:
        def script(page: Page) -> None:
            page.goto("/notes/note1/edit/")
            text_of(page).fill("\n  Mine <b>.\n")
            api.note |= {"note": "\n\nTheirs &amp; more.", "version": 2}
            page.get_by_role("button", name="Save").click()
            page.get_by_role("button", name="Take your text").click()
            expect(text_of(page)).to_have_value("\n  Mine <b>.\n")
            page.get_by_role("button", name="Take the saved text").click()
            expect(text_of(page)).to_have_value("\n\nTheirs &amp; more.")
            page.get_by_role("button", name="Save merged note").click()
            page.wait_for_url("**/notes/note1/")

        run(script)
        assert (api.note["note"], api.note["version"]) == ("\n\nTheirs &amp; more.", 3)


class LeavingTests:
    def test_leaving_unsaved_text_asks_first(self, api: OneNote, run: Run) -> None:
        asked: list[str] = []

        def script(page: Page) -> None:
            page.on("dialog", lambda dialog: asked.append(dialog.type))
            page.goto("/notes/note1/edit/")
            page.get_by_role("link", name="Back").click()
            page.wait_for_url("**/notes/note1/")
            page.goto("/notes/note1/edit/")
            text_of(page).press_sequentially("x")
            page.get_by_role("link", name="Back").click()
            page.wait_for_url("**/notes/note1/")

        run(script)
        assert asked == ["beforeunload"]

    def test_a_second_click_does_not_save_twice(self, api: OneNote, run: Run) -> None:
        def script(page: Page) -> None:
            page.goto("/notes/note1/edit/")
            text_of(page).fill("Twice.")
            page.get_by_role("button", name="Save").dblclick()
            page.wait_for_url("**/notes/note1/")

        run(script)
        assert api.saves == 1

    def test_a_sign_out_elsewhere_empties_the_page(self, api: OneNote, run: Run) -> None:
        def script(page: Page) -> None:
            page.goto("/notes/note1/")
            page.context.clear_cookies(name=settings.SESSION_COOKIE_NAME)
            # The sign-in service is not running here: the page is left for it, and that is all.
            with page.expect_request("**/oidc/authenticate/**"):
                page.context.new_page().goto("/signed-out/")

        run(script)

    def test_looking_at_the_sign_out_page_signs_nobody_out(self, api: OneNote, run: Run) -> None:
        def script(page: Page) -> None:
            page.goto("/notes/note1/")
            other = page.context.new_page()
            loads: list[str] = []
            other.on("load", lambda loaded: loads.append(loaded.url))
            other.goto("/signed-out/")
            other.evaluate("new Promise((done) => requestAnimationFrame(() => setTimeout(done)))")
            other.goto("/notes/")
            assert len(loads) == 2

        run(script)


class KeyboardTests:
    def test_the_keyboard_is_enough(self, api: OneNote, run: Run) -> None:
        def script(page: Page) -> None:
            page.goto("/notes/")
            page.keyboard.press("j")
            page.keyboard.press("Enter")
            page.wait_for_url("**/notes/note1/")
            page.keyboard.press("e")
            page.wait_for_url("**/edit/")
            text_of(page).focus()
            page.keyboard.type("n / j ")
            page.keyboard.press("Control+Enter")
            page.wait_for_url("**/notes/note1/")
            page.keyboard.press("?")
            expect(page.get_by_role("dialog")).to_be_visible()
            page.keyboard.press("Escape")
            expect(page.get_by_role("dialog")).to_be_hidden()
            page.keyboard.press("/")
            expect(page.get_by_role("searchbox")).to_be_focused()
            page.keyboard.type("bulbs")
            page.keyboard.press("Enter")
            page.wait_for_url("**/notes/?q=bulbs")
            page.keyboard.press("n")
            page.wait_for_url("**/notes/new/")

        run(script)
        assert "n / j " in api.note["note"]

    def test_the_first_stop_skips_to_the_content(self, api: OneNote, run: Run) -> None:
        def script(page: Page) -> None:
            page.goto("/notes/")
            page.keyboard.press("Tab")
            page.keyboard.press("Enter")
            assert page.evaluate("document.activeElement.id") == "main"

        run(script)


PAGES = ["/notes/", "/notes/note1/", "/notes/note1/edit/", "/notes/new/", "/notes/import/"]


class LayoutTests:
    @pytest.mark.parametrize("width", [320, 390, 1280])
    def test_no_page_scrolls_sideways_and_every_target_is_large_enough(
        self, width: int, api: OneNote, run: Run
    ) -> None:
        api.note |= {"title": "W" * 200, "note": "x" * 500 + "\n\n|a|b|\n|-|-|\n|" + "y" * 300}
        api.note |= {"tags": [f"{number:02}{'w' * 48}" for number in range(20)]}

        def script(page: Page) -> None:
            page.set_viewport_size({"width": width, "height": 800})
            for address in PAGES:
                page.goto(address)
                assert page.evaluate("document.documentElement.scrollWidth") <= width, address
                assert page.evaluate(SMALL_TARGETS) == [], address
                assert page.get_by_role("heading", level=1).count() == 1, address

        run(script)

    def test_what_is_said_about_a_long_word_fits_too(self, api: OneNote, run: Run) -> None:
        api.note |= {"title": "W" * 200, "tags": ["w" * 50]}

        def fits(page: Page) -> None:
            assert page.evaluate("document.documentElement.scrollWidth") <= 320, page.url

        def script(page: Page) -> None:
            page.set_viewport_size({"width": 320, "height": 640})
            page.goto("/notes/?q=" + "W" * 200)
            page.get_by_role("button", name="Pin WW").click()
            expect(page.locator(".message")).to_be_visible()
            fits(page)
            page.goto("/notes/note1/edit/")
            text_of(page).fill("Mine" * 50)
            api.note |= {"note": "Theirs" * 50, "version": 9}
            page.get_by_role("button", name="Save").click()
            page.get_by_role("heading", name="Two versions of this note").wait_for()
            fits(page)
            page.goto("/notes/")
            expect(page.get_by_role("note")).to_contain_text("has text that is not saved yet")
            fits(page)
            page.goto("/notes/note1/edit/")
            fits(page)
            page.goto("/notes/?q=" + "V" * 200 + "&tag=" + "w" * 50)
            fits(page)

        run(script)


class AccessibilityTests:
    @pytest.mark.parametrize("scheme", ["light", "dark"])
    def test_axe_finds_nothing(self, scheme: str, api: OneNote, run: Run) -> None:
        axe = pytest.importorskip("axe_playwright_python", reason="axe is not installed")
        source = (Path(axe.__file__).parent / "axe.min.js").read_text()
        api.note |= {"note": EVERYTHING, "tags": ["home", "to do"], "pinned": True}
        found: list[str] = []

        def examine(page: Page) -> None:
            outcome = page.evaluate(f"{source};\naxe.run()")
            found.extend(f"{page.url}: {each['help']}" for each in outcome["violations"])

        def script(page: Page) -> None:
            page.emulate_media(color_scheme=scheme)
            for address in [*PAGES, "/", "/notes/?q=nothing", "/notes/nope/x/", "/signed-out/"]:
                page.goto(address)
                examine(page)
            page.goto("/notes/note1/edit/")
            page.locator("[data-notice]").evaluate_all("all => all.map(it => it.hidden = false)")
            examine(page)
            text_of(page).fill("Mine.")
            api.note |= {"note": "Theirs.", "version": 9}
            page.get_by_role("button", name="Save").click()
            page.get_by_role("heading", name="Two versions of this note").wait_for()
            examine(page)
            api.is_down = True
            page.get_by_role("button", name="Save merged note").click()
            page.get_by_role("alert").wait_for()
            examine(page)

        run(script)
        assert found == []


EVERYTHING = """# One

two `three` [four](https://a.example) ~~five~~

> six

- [ ] seven

|eight|
|-|
|nine|
"""
SMALL_TARGETS = """
[...document.querySelectorAll("a.button, button, summary, nav a, input[type=text]")]
  .filter((element) => element.checkVisibility() && !element.closest(".visually-hidden"))
  .filter((element) => {
    const { height, width } = element.getBoundingClientRect();
    return height < 43.5 || width < 43.5;
  })
  .map((element) => element.outerHTML)
"""
