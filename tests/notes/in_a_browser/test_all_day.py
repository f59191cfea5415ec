"""A tab that stays open all day: what is typed is kept, and what hinders saving is said early."""

import re
from collections.abc import Callable
from typing import Any

import pytest
from django.conf import settings
from django.test import Client
from playwright.sync_api import Page, expect

from identity.models import BrowserSession, User
from notes.models import Draft
from tests.notes.in_a_browser.conftest import COME_BACK, OneNote, Run, needs_chromium, text_of

pytestmark = needs_chromium


def open_editor(page: Page, path: str = "/notes/note1/edit/") -> None:
    """The editor, with a clock that the test moves."""
    page.clock.install()
    page.goto(path)


def state_of(page: Page) -> Any:
    return page.locator("[data-save-state]")


def pause(page: Page) -> None:
    """As long as it takes until what was typed is kept."""
    page.clock.run_for(3_000)
    expect(state_of(page)).to_contain_text("Draft kept")


def sign_in_as(client: Client) -> Callable[[Page], None]:
    """Signs that person in, in the tab's browser, by another tab: with another CSRF cookie."""
    session = client.cookies[settings.SESSION_COOKIE_NAME].value

    def script(page: Page) -> None:
        site = page.evaluate("location.origin")
        cookie = {"name": settings.SESSION_COOKIE_NAME, "value": session, "url": site}
        page.context.clear_cookies()
        page.context.add_cookies([cookie])

    return script


class KeptWhileTypingTests:
    def test_a_closed_tab_loses_nothing(self, api: OneNote, run: Run) -> None:
        def script(page: Page) -> None:
            open_editor(page)
            text_of(page).fill("Typed for an hour.")
            pause(page)
            text_of(page).fill("Typed for two hours.")
            pause(page)
            other = page.context.new_page()
            page.close()
            other.goto("/notes/note1/edit/")
            expect(text_of(other)).to_have_value("Plant the bulbs.")
            other.get_by_role("link", name="Put it back").click()
            expect(text_of(other)).to_have_value("Typed for two hours.")
            other.get_by_role("button", name="Save").click()
            other.wait_for_url("**/notes/note1/")

        run(script)
        assert api.note["note"] == "Typed for two hours."
        assert not Draft.objects.exists()

    def test_leaving_the_page_keeps_the_last_words(self, api: OneNote, run: Run) -> None:
        def script(page: Page) -> None:
            open_editor(page)
            text_of(page).fill("The last words.")
            page.goto("/notes/")
            # No page hears of the answer any more; it takes a moment.
            for _ in range(100):
                if page.get_by_text("has text that is not saved").count():
                    break
                page.goto("/notes/")
            expect(page.get_by_role("note")).to_contain_text("Garden has text that is not saved")

        run(script)

    def test_a_save_while_the_draft_is_on_its_way_leaves_no_draft(
        self, api: OneNote, run: Run
    ) -> None:
        def script(page: Page) -> None:
            open_editor(page)
            text_of(page).fill("Typed.")
            held: list[Any] = []
            page.route("**/notes/drafts/**", lambda route: held.append(route))
            page.clock.run_for(3_000)
            page.on("request", lambda request: order.append(request.method))
            page.get_by_role("button", name="Save").click()
            order.append("draft")
            held[0].continue_()
            page.wait_for_url("**/notes/note1/")

        order: list[str] = []
        run(script)
        assert order[:2] == ["draft", "POST"]
        assert api.note["note"] == "Typed."
        assert not Draft.objects.exists()


class LayoutTests:
    @pytest.mark.parametrize("width", [390, 1280])
    def test_what_is_said_moves_nothing_and_covers_nothing(
        self, width: int, api: OneNote, run: Run
    ) -> None:
        def script(page: Page) -> None:
            page.set_viewport_size({"width": width, "height": 800})
            open_editor(page)
            save = page.get_by_role("button", name="Save")
            before = save.bounding_box()
            text_of(page).fill("Typed.")
            pause(page)
            after = save.bounding_box()
            assert before and after and before["y"] == after["y"]
            page.evaluate("sessionStorage.clear()")
            page.goto("/notes/note1/edit/")
            banner = page.locator("[data-kept-offer]").bounding_box()
            toolbar = page.locator(".editor .toolbar").bounding_box()
            assert banner and toolbar and banner["y"] + banner["height"] <= toolbar["y"]

        run(script)


class SessionEndedTests:
    def test_it_is_said_before_anything_is_typed_and_mended_in_another_tab(
        self, api: OneNote, run: Run, sign_in: Callable[..., Client]
    ) -> None:
        run(open_editor)
        BrowserSession.objects.all().delete()

        def come_back(page: Page) -> None:
            page.evaluate(COME_BACK)
            expect(page.get_by_text("You are no longer signed in.")).to_be_visible()
            text_of(page).fill("Typed all the same.")

        run(come_back)
        run(sign_in_as(sign_in()))

        def go_on(page: Page) -> None:
            page.evaluate(COME_BACK)
            expect(page.get_by_text("You are no longer signed in.")).to_be_hidden()
            page.get_by_role("button", name="Save").click()
            page.wait_for_url("**/notes/note1/")

        run(go_on)
        assert api.note["note"] == "Typed all the same."

    def test_it_is_said_soon_after_typing_began(self, api: OneNote, run: Run) -> None:
        run(open_editor)
        BrowserSession.objects.all().delete()

        def script(page: Page) -> None:
            text_of(page).fill("Typed.")
            page.clock.run_for(3_000)
            expect(page.get_by_text("You are no longer signed in.")).to_be_visible()
            page.keyboard.press("Control+s")
            expect(text_of(page)).to_have_value("Typed.")

        run(script)

    def test_nothing_is_kept_for_somebody_else(
        self, api: OneNote, run: Run, sign_in: Callable[..., Client]
    ) -> None:
        run(open_editor)
        run(sign_in_as(sign_in(sub="mallory", email="mallory@example.com")))

        def script(page: Page) -> None:
            page.evaluate(COME_BACK)
            expect(page.get_by_text("Somebody else is signed in")).to_be_visible()
            text_of(page).fill("Mine.")
            page.clock.run_for(3_000)
            expect(state_of(page)).to_have_text("Not saved")

        run(script)
        assert not Draft.objects.exists()


class ConnectionTests:
    def test_saving_waits_for_the_connection(self, api: OneNote, run: Run) -> None:
        def script(page: Page) -> None:
            open_editor(page)
            text_of(page).fill("On a train.")
            page.context.set_offline(True)
            page.get_by_role("button", name="Save").click()
            expect(page.get_by_text("There is no connection.")).to_be_visible()
            expect(text_of(page)).to_have_value("On a train.")
            page.context.set_offline(False)
            expect(page.get_by_text("There is no connection.")).to_be_hidden()
            page.get_by_role("button", name="Save").click()
            page.wait_for_url("**/notes/note1/")

        run(script)
        assert api.note["note"] == "On a train."


class SaveInPlaceTests:
    def test_it_saves_again_and_again_and_stays(self, api: OneNote, run: Run) -> None:
        def script(page: Page) -> None:
            open_editor(page)
            for text in ("Once.", "Twice."):
                text_of(page).fill(text)
                page.keyboard.press("Control+s")
                expect(state_of(page)).to_contain_text("Saved")
            assert page.url.endswith("/notes/note1/edit/")
            assert page.evaluate("sessionStorage.length") == 0
            page.get_by_role("link", name="Back").click()
            page.wait_for_url("**/notes/note1/")

        run(script)
        assert (api.note["note"], api.note["version"]) == ("Twice.", 3)

    def test_a_new_note_is_that_note_from_then_on(self, api: OneNote, run: Run) -> None:
        def script(page: Page) -> None:
            open_editor(page, "/notes/new/")
            text_of(page).fill("First words.")
            pause(page)
            page.keyboard.press("Control+s")
            page.wait_for_url(re.compile("/notes/[0-9a-f]{32}/edit/"))
            text_of(page).fill("Second words.")
            page.keyboard.press("Control+s")
            expect(state_of(page)).to_contain_text("Saved")

        run(script)
        assert (api.note["note"], api.saves) == ("Second words.", 1)
        assert not Draft.objects.exists()

    def test_a_conflict_shows_both_versions(self, api: OneNote, run: Run) -> None:
        def script(page: Page) -> None:
            open_editor(page)
            api.note |= {"note": "Theirs.", "version": 2}
            text_of(page).fill("Mine.")
            page.keyboard.press("Control+s")
            expect(page.get_by_role("heading", level=1)).to_have_text("Two versions of this note")

        run(script)
        assert api.note["note"] == "Theirs."

    def test_a_note_pinned_elsewhere_stays_pinned_and_can_be_saved_on(
        self, api: OneNote, run: Run
    ) -> None:
        def save(page: Page, text: str) -> None:
            text_of(page).fill(text)
            page.keyboard.press("Control+s")
            expect(state_of(page)).to_contain_text("Saved")

        def script(page: Page) -> None:
            open_editor(page, "/notes/new/")
            save(page, "First words.")
            api.note |= {"pinned": True, "version": api.note["version"] + 1}
            save(page, "Second words.")
            expect(page.get_by_label("Keep on top")).to_be_checked()
            save(page, "Third words.")

        run(script)
        assert (api.note["note"], api.note["pinned"]) == ("Third words.", True)

    def test_text_put_back_is_merged_with_what_was_changed_elsewhere_meanwhile(
        self, api: OneNote, run: Run
    ) -> None:
        def script(page: Page) -> None:
            api.note |= {"note": "eggs\nmilk"}
            open_editor(page)
            text_of(page).fill("eggs\noat milk")
            api.note |= {"note": "six eggs\nmilk", "version": 2}
            page.goto("/notes/note1/edit/")
            page.locator("[data-draft-restore]").click()
            page.get_by_role("button", name="Save").click()
            expect(text_of(page)).to_have_value("six eggs\noat milk")

        run(script)


class SomebodyElseTests:
    def test_their_first_page_empties_the_tabs_storage_of_the_former_person(
        self, api: OneNote, run: Run, sign_in: Callable[..., Client]
    ) -> None:
        def write(page: Page) -> None:
            open_editor(page)
            text_of(page).fill("Private.")
            page.goto("/notes/?q=secret")
            kept = page.evaluate("JSON.stringify(sessionStorage)")
            assert "Private." in kept and "secret" in kept

        def look(page: Page) -> None:
            page.goto("/notes/new/")
            assert page.evaluate("sessionStorage.length") == 0

        run(write)
        run(sign_in_as(sign_in(sub="mallory", email="mallory@example.com")))
        run(look)

    def test_a_page_of_the_former_person_in_another_tab_goes(
        self, api: OneNote, run: Run, sign_in: Callable[..., Client]
    ) -> None:
        run(lambda page: page.goto("/notes/note1/"))
        run(sign_in_as(sign_in(sub="mallory", email="mallory@example.com")))
        mallory = User.objects.get(sub="mallory").pk

        def look(page: Page) -> None:
            other = page.context.new_page()
            other.goto("/notes/new/")
            page.locator(f"body[data-signed-in='{mallory}']").wait_for(state="attached")

        run(look)

    def test_text_that_is_not_saved_stays_in_its_tab(
        self, api: OneNote, run: Run, sign_in: Callable[..., Client]
    ) -> None:
        def write(page: Page) -> None:
            open_editor(page)
            text_of(page).fill("Mine.")

        def look(page: Page) -> None:
            other = page.context.new_page()
            other.goto("/notes/new/")
            page.evaluate(COME_BACK)
            expect(page.get_by_text("Somebody else is signed in")).to_be_visible()
            expect(text_of(page)).to_have_value("Mine.")

        run(write)
        run(sign_in_as(sign_in(sub="mallory", email="mallory@example.com")))
        run(look)

    def test_the_persons_own_stays_over_a_sign_in(
        self, api: OneNote, run: Run, sign_in: Callable[..., Client]
    ) -> None:
        def write(page: Page) -> None:
            open_editor(page)
            text_of(page).fill("Mine.")

        def come_back(page: Page) -> None:
            page.goto("/notes/note1/edit/")
            page.locator("[data-draft-restore]").click()
            expect(text_of(page)).to_have_value("Mine.")

        run(write)
        BrowserSession.objects.all().delete()
        run(lambda page: page.goto("/signed-out/"))
        run(sign_in_as(sign_in()))
        run(come_back)


class SignOutTests:
    def test_it_empties_the_tabs_storage(self, api: OneNote, run: Run) -> None:
        def script(page: Page) -> None:
            open_editor(page)
            text_of(page).fill("Private.")
            page.goto("/notes/")
            assert "Private." in page.evaluate("JSON.stringify(sessionStorage)")
            other = page.context.new_page()
            other.goto("/notes/")
            other.route("**/oidc/logout/", lambda route: route.abort())
            other.get_by_role("button", name="Sign out").click()
            page.wait_for_function("sessionStorage.length === 0")

        run(script)
