"""What can come between pressing Save and having saved: the editor says so and can be used on."""

from typing import Any

from playwright.sync_api import Dialog, Page, Route, expect

from notes.models import Draft
from tests.notes.in_a_browser.conftest import OneNote, Run, needs_chromium, text_of

pytestmark = needs_chromium

# The clock that a test moves is not that of the browser's own time-outs.
TIME_OUTS = """AbortSignal.timeout = (time) => {
  const controller = new AbortController();
  setTimeout(() => controller.abort(), time);
  return controller.signal;
}"""
EDITOR = "**/notes/note1/edit/"
KEEP = "**/notes/drafts/?note=*"


def open_editor(page: Page) -> None:
    page.clock.install()
    page.add_init_script(TIME_OUTS)
    page.goto("/notes/note1/edit/")


def save_button(page: Page) -> Any:
    return page.get_by_role("button", name="Save", exact=True)


def hold(page: Page, pattern: str, times: int | None = None) -> list[Route]:
    """What is sent there from now on hangs, so many times; in the order in which it came."""
    held: list[Route] = []
    page.route(pattern, lambda route: held.append(route), times=times)
    return held


def wait_for(page: Page, held: list[Route], count: int = 1) -> None:
    while len(held) < count:
        # Playwright runs its handlers while it waits for the browser.
        page.evaluate("1")


class HangingTests:
    def test_a_draft_that_hangs_holds_the_save_back_for_a_while_only(
        self, api: OneNote, run: Run
    ) -> None:
        def script(page: Page) -> None:
            open_editor(page)
            held = hold(page, KEEP)
            text_of(page).fill("Typed.")
            page.clock.run_for(3_000)
            wait_for(page, held)
            save_button(page).click()
            expect(page.locator("[data-save-state]")).to_have_text("Saving…")
            page.clock.run_for(8_000)
            page.wait_for_url("**/notes/note1/")

        run(script)
        assert api.note["note"] == "Typed."

    def test_leaving_sends_what_was_typed_since_a_draft_that_hangs(
        self, api: OneNote, run: Run
    ) -> None:
        def script(page: Page) -> None:
            open_editor(page)
            held = hold(page, KEEP)
            text_of(page).fill("Typed.")
            page.clock.run_for(3_000)
            wait_for(page, held)
            text_of(page).fill("Typed on.")
            page.evaluate("window.dispatchEvent(new Event('pagehide'))")
            wait_for(page, held, 2)
            assert "Typed on." in (held[1].request.post_data or "")

        run(script)

    def test_a_save_that_was_stopped_can_be_pressed_again(self, api: OneNote, run: Run) -> None:
        def script(page: Page) -> None:
            open_editor(page)
            text_of(page).fill("Typed.")
            # As when somebody presses Escape: the page stays what it is.
            page.route(EDITOR, lambda route: route.abort("aborted"), times=1)
            save_button(page).click()
            expect(save_button(page)).to_have_attribute("aria-disabled", "true")
            page.clock.run_for(10_000)
            expect(page.locator("form.editor")).to_have_attribute("data-unsaved", "")
            save_button(page).click()
            page.wait_for_url("**/notes/note1/")

        run(script)
        assert api.note["note"] == "Typed."

    def test_save_waits_for_a_save_in_place(self, api: OneNote, run: Run) -> None:
        def script(page: Page) -> None:
            open_editor(page)
            text_of(page).fill("First words.")
            held = hold(page, EDITOR, times=1)
            page.keyboard.press("Control+s")
            wait_for(page, held)
            text_of(page).press_sequentially(" Second words.")
            save_button(page).click()
            held[0].continue_()
            page.wait_for_url("**/notes/note1/")

        run(script)
        assert (api.note["note"], api.note["version"]) == ("First words. Second words.", 3)

    def test_a_draft_that_hangs_is_overtaken_by_a_newer_one(self, api: OneNote, run: Run) -> None:
        def script(page: Page) -> None:
            open_editor(page)
            held = hold(page, KEEP, times=1)
            text_of(page).fill("Typed.")
            page.clock.run_for(3_000)
            wait_for(page, held)
            text_of(page).fill("Typed on.")
            with page.expect_event("requestfailed", timeout=5_000) as failed:
                page.evaluate("window.dispatchEvent(new Event('pagehide'))")
            assert failed.value == held[0].request
            assert "Typed on." not in (failed.value.post_data or "")
            expect(page.locator("[data-save-state]")).to_contain_text("Draft kept")

        run(script)

    def test_a_slow_save_leaves_no_draft(self, api: OneNote, run: Run) -> None:
        def script(page: Page) -> None:
            open_editor(page)
            text_of(page).fill("Typed.")
            kept = hold(page, KEEP)
            page.route(EDITOR, lambda route: route.abort("aborted"), times=1)
            save_button(page).click()
            page.clock.run_for(10_000)
            page.evaluate("window.dispatchEvent(new Event('pagehide'))")
            page.clock.run_for(9_000)
            assert kept == []
            page.clock.run_for(4_000)
            wait_for(page, kept)

        run(script)

    def test_a_save_that_was_pressed_again_leaves_no_draft(self, api: OneNote, run: Run) -> None:
        def script(page: Page) -> None:
            open_editor(page)
            text_of(page).fill("Typed.")
            kept = hold(page, KEEP)
            page.route(EDITOR, lambda route: route.abort("aborted"), times=1)
            save_button(page).click()
            page.clock.run_for(10_000)
            text_of(page).press("Control+s")
            expect(page.locator("[data-save-state]")).to_contain_text("Saved")
            page.clock.run_for(20_000)
            page.evaluate("document.dispatchEvent(new Event('visibilitychange'))")
            page.evaluate("window.dispatchEvent(new Event('pagehide'))")
            assert kept == []

        run(script)

    def test_a_save_without_an_answer_is_no_conflict_with_the_next_one(
        self, api: OneNote, run: Run
    ) -> None:
        def lose_the_answer(route: Route) -> None:
            route.fetch()
            route.abort("connectionreset")

        def script(page: Page) -> None:
            open_editor(page)
            text_of(page).fill("First words.")
            page.route(EDITOR, lose_the_answer, times=1)
            page.keyboard.press("Control+s")
            expect(page.get_by_text("There was no answer.")).to_be_visible()
            text_of(page).fill("First words. Second words.")
            page.keyboard.press("Control+s")
            expect(page.locator("[data-save-state]")).to_contain_text("Saved")

        run(script)
        assert api.note["note"] == "First words. Second words."

    def test_a_form_that_was_renewed_meanwhile_is_saved_all_the_same(
        self, api: OneNote, run: Run
    ) -> None:
        def script(page: Page) -> None:
            open_editor(page)
            text_of(page).fill("Typed.")
            held = hold(page, EDITOR, times=1)
            page.keyboard.press("Control+s")
            wait_for(page, held)
            with page.expect_response("**/notes/drafts/writer/"):
                page.evaluate("document.dispatchEvent(new Event('visibilitychange'))")
            held[0].continue_()
            expect(page.locator("[data-save-state]")).to_contain_text("Saved")
            expect(page.locator("form.editor")).not_to_have_attribute("data-unsaved", "")

        run(script)


class RefusedTests:
    def test_while_the_api_is_down_one_stays_where_one_writes(self, api: OneNote, run: Run) -> None:
        def script(page: Page) -> None:
            open_editor(page)
            text_of(page).fill("Typed.")
            api.is_down = True
            saves: list[str] = []
            page.on(
                "request",
                lambda request: saves.append(request.url) if "/edit/" in request.url else None,
            )
            page.keyboard.press("Control+s")
            expect(page.get_by_text("The notes service does not answer right now.")).to_be_visible()
            expect(page.locator("[data-save-state]")).to_have_text("Not saved")
            assert len(saves) == 1
            expect(text_of(page)).to_be_focused()
            api.is_down = False
            page.keyboard.press("Control+s")
            expect(page.locator("[data-save-state]")).to_contain_text("Saved")
            expect(page.locator("[data-notice=not-saved]")).to_be_hidden()

        run(script)
        assert api.note["note"] == "Typed."
        assert not Draft.objects.exists()

    def test_the_page_of_a_proxy_does_not_take_the_editors_place(
        self, api: OneNote, run: Run
    ) -> None:
        def script(page: Page) -> None:
            open_editor(page)
            text_of(page).fill("Typed.")
            held = hold(page, EDITOR, times=1)
            page.keyboard.press("Control+s")
            wait_for(page, held)
            held[0].fulfill(status=502, content_type="text/html", body="<h1>502 Bad Gateway</h1>")
            expect(page.get_by_text("There was no answer.")).to_be_visible()
            expect(text_of(page)).to_have_value("Typed.")

        run(script)


class ConnectionTests:
    def test_the_browsers_guess_that_there_is_none_is_checked(self, api: OneNote, run: Run) -> None:
        def script(page: Page) -> None:
            page.add_init_script("Object.defineProperty(navigator, 'onLine', {get: () => false})")
            open_editor(page)
            text_of(page).fill("On the train, with a site of one's own.")
            save_button(page).click()
            page.wait_for_url("**/notes/note1/")

        run(script)
        assert api.note["note"] == "On the train, with a site of one's own."

    def test_without_one_the_text_stays_and_goes_once_there_is(
        self, api: OneNote, run: Run
    ) -> None:
        def script(page: Page) -> None:
            open_editor(page)
            text_of(page).fill("Typed.")
            page.context.set_offline(True)
            save_button(page).click()
            expect(page.get_by_text("There is no connection.")).to_be_visible()
            expect(page.locator("[data-save-state]")).to_have_text("Not saved")
            page.context.set_offline(False)
            save_button(page).click()
            page.wait_for_url("**/notes/note1/")

        run(script)
        assert api.note["note"] == "Typed."

    def test_what_could_not_be_saved_is_kept_once_there_is_one(
        self, api: OneNote, run: Run
    ) -> None:
        def script(page: Page) -> None:
            open_editor(page)
            text_of(page).fill("Typed.")
            page.context.set_offline(True)
            page.keyboard.press("Control+s")
            expect(page.locator("[data-save-state]")).to_have_text("Not saved")
            page.context.set_offline(False)
            expect(page.locator("[data-save-state]")).to_contain_text("Draft kept")

        run(script)
        assert Draft.objects.count() == 1


class StayingTests:
    def test_a_sign_out_that_was_not_meant_empties_nothing_and_can_be_done_later(
        self, api: OneNote, run: Run
    ) -> None:
        def script(page: Page) -> None:
            tab = page.context.new_page()
            dialogs: list[Dialog] = []

            def stay(dialog: Dialog) -> None:
                dialogs.append(dialog)
                dialog.dismiss()

            tab.on("dialog", stay)
            tab.goto("/notes/note1/edit/")
            text_of(tab).press_sequentially("Typed.")
            sign_out = tab.get_by_role("button", name="Sign out")
            sign_out.click(no_wait_after=True)
            expect(sign_out).not_to_have_attribute("aria-disabled", "true")
            assert dialogs
            assert "Typed." in tab.evaluate("JSON.stringify(sessionStorage)")
            text_of(tab).press("Control+s")
            expect(tab.locator("[data-save-state]")).to_contain_text("Saved")
            with tab.expect_request("**/oidc/logout/") as request:
                sign_out.click(no_wait_after=True)
            assert request.value.method == "POST"

        run(script)


class TakingBackTests:
    def test_what_was_merged_by_hand_comes_back(self, api: OneNote, run: Run) -> None:
        def script(page: Page) -> None:
            page.goto("/notes/note1/edit/")
            text_of(page).fill("Mine.")
            api.note |= {"note": "Theirs.", "version": 2}
            save_button(page).click()
            expect(text_of(page)).to_have_value("Theirs.\nMine.")
            text_of(page).press_sequentially(" Merged by hand.")
            merged = text_of(page).input_value()
            page.get_by_role("button", name="Take the saved text").click()
            expect(text_of(page)).to_have_value("Theirs.")
            page.get_by_role("button", name="Take your text").click()
            page.get_by_role("button", name="Take back the text before").click()
            expect(text_of(page)).to_have_value(merged)

        run(script)

    def test_new_text_changes_places_with_what_is_put_back(self, api: OneNote, run: Run) -> None:
        def script(page: Page) -> None:
            page.goto("/notes/note1/edit/")
            text_of(page).fill("Old text.")
            page.reload()
            text_of(page).fill("New text.")
            put_back = page.get_by_role("button", name="Put it back")
            editor = "document.querySelector('form.editor').elements.editor.value"
            own = page.evaluate(editor)
            put_back.click()
            expect(text_of(page)).to_have_value("Old text.")
            page.wait_for_function(f"{editor} !== '{own}'")
            put_back.click()
            expect(text_of(page)).to_have_value("New text.")
            assert page.evaluate(editor) == own

        run(script)

    def test_what_was_offered_is_not_put_into_a_note_that_was_saved_since(
        self, api: OneNote, run: Run
    ) -> None:
        def script(page: Page) -> None:
            page.goto("/notes/new/")
            text_of(page).fill("Old text.")
            page.reload()
            put_back = page.get_by_role("button", name="Put it back")
            expect(put_back).to_be_visible()
            text_of(page).fill("New text.")
            page.keyboard.press("Control+s")
            expect(page.locator("[data-save-state]")).to_contain_text("Saved")
            expect(put_back).to_be_hidden()

        run(script)

    def test_a_copy_of_the_tab_is_another_editor(self, api: OneNote, run: Run) -> None:
        def script(page: Page) -> None:
            page.goto("/notes/note1/edit/")
            text_of(page).fill("Typed.")
            with page.expect_popup() as opened:
                # With a copy of this tab's storage, as "Duplicate tab" makes one.
                page.evaluate("open(location.href)")
            copy = opened.value
            copy.get_by_role("button", name="Put it back").click()
            expect(text_of(copy)).to_have_value("Typed.")
            editor = "document.querySelector('form.editor').elements.editor.value"
            assert copy.evaluate(editor) != page.evaluate(editor)
            page.reload()
            page.get_by_role("button", name="Put it back").click()

        run(script)

    def test_a_tab_that_was_loaded_anew_goes_on_with_its_draft(
        self, api: OneNote, run: Run
    ) -> None:
        def script(page: Page) -> None:
            open_editor(page)
            editor = "document.querySelector('form.editor').elements.editor.value"
            text_of(page).fill("Typed.")
            page.clock.run_for(3_000)
            expect(page.locator("[data-save-state]")).to_contain_text("Draft kept")
            before = page.evaluate(editor)
            page.reload()
            page.get_by_role("button", name="Put it back").click()
            page.wait_for_function(f"{editor} === '{before}'")
            text_of(page).fill("Typed on.")
            save_button(page).click()
            page.wait_for_url("**/notes/note1/")

        run(script)
        assert not Draft.objects.exists()
