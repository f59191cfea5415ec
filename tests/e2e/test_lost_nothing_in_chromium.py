"""The same in a real browser, with its scripts: nothing that was typed is lost."""

import os
import secrets
from collections.abc import Callable, Iterator

import pytest
from playwright.sync_api import BrowserContext, Page, expect

from tests.e2e.people import ADMIN, DEMO, sign_in, sign_out, text_of
from tests.e2e.site import Site
from tests.e2e.test_lost_nothing import fault, grants_end, in_database, no_faults, text_of_size

ROUNDS = int(os.environ.get("ROUNDS", "6"))
SIZES = [1, 1_000, 300_000, 100_000]


def session_expired(context: BrowserContext, site: Site) -> None:
    in_database(site, "UPDATE identity_browsersession SET expire_date = '2020-01-01 00:00:00'")


def session_revoked(context: BrowserContext, site: Site) -> None:
    in_database(site, "DELETE FROM identity_browsersession")


def signed_in_again_in_another_tab(context: BrowserContext, site: Site) -> None:
    other = context.new_page()
    other.goto(f"{site.url}/oidc/authenticate/?next=/account/")
    other.wait_for_url(f"{site.url}/account/")
    other.close()


def somebody_else_signed_in_meanwhile(context: BrowserContext, site: Site) -> None:
    in_another_tab(context, site, ADMIN)


def in_another_tab(context: BrowserContext, site: Site, person: tuple[str, str]) -> None:
    """Whoever is signed in signs out, and that person in."""
    other = context.new_page()
    other.goto(f"{site.url}/notes/")
    sign_out(other)
    sign_in(other, site, person)
    other.close()


def refresh_refused(context: BrowserContext, site: Site) -> None:
    grants_end(site)


def api_down(context: BrowserContext, site: Site) -> None:
    fault(site, "createNote", 503)


HINDRANCES = [
    session_expired,
    session_revoked,
    signed_in_again_in_another_tab,
    somebody_else_signed_in_meanwhile,
    refresh_refused,
    api_down,
]
CASES = [(HINDRANCES[number % 6], SIZES[(number + number // 6) % 4]) for number in range(ROUNDS)]


def save(page: Page) -> None:
    # Committed is enough: laying out the largest notes takes Chromium seconds.
    with page.expect_navigation(wait_until="commit"):
        page.get_by_role("button", name="Save", exact=True).click()


def sign_in_again(page: Page, site: Site) -> None:
    """Where the hosted page or the signed-out page asks for it."""
    if page.url.startswith(f"{site.url}/signed-out/"):
        page.get_by_role("link", name="Sign in").first.click()
    if page.url.startswith(site.devcloud):
        page.get_by_label("E-mail address").fill(DEMO[0])
        page.get_by_label("Password", exact=True).fill(DEMO[1])
        page.get_by_role("button", name="Sign in").click()
        page.wait_for_url(f"{site.url}/notes/**")


def expect_nothing_of(page: Page, site: Site, title: str) -> None:
    """Neither where a save ended nor in the lists of who is signed in."""
    assert title not in page.content()
    for path in ("/notes/", "/notes/new/"):
        page.goto(f"{site.url}{path}")
        assert title not in page.content()
    assert page.locator("textarea[name=note]").input_value() == ""


@pytest.fixture(autouse=True)
def _sign_everybody_out(site: Site) -> Iterator[None]:
    yield
    in_database(site, "DELETE FROM identity_browsersession")


class InChromiumTests:
    @pytest.mark.parametrize(("hinder", "size"), CASES)
    def test_the_text_comes_back_and_is_saved_once(
        self,
        context: BrowserContext,
        site: Site,
        hinder: Callable[[BrowserContext, Site], None],
        size: int,
    ) -> None:
        context.set_default_timeout(30_000)
        page = context.new_page()
        sign_in(page, site)
        title, text = f"Chromium {secrets.token_hex(8)}", text_of_size(size)
        page.goto(f"{site.url}/notes/new/")
        page.get_by_label("Title").fill(title)
        # Typed in at once: key by key would take minutes for the large ones.
        page.locator("textarea[name=note]").evaluate(
            "(area, text) => { area.value = text; area.dispatchEvent(new Event('input')) }", text
        )
        hinder(context, site)
        save(page)
        no_faults(site)
        in_database(site, "UPDATE identity_user SET stale_before = NULL")

        if hinder is somebody_else_signed_in_meanwhile:
            expect(page.get_by_role("heading", name="written by somebody else")).to_be_visible()
            expect_nothing_of(page, site, title)
            in_another_tab(context, site, DEMO)
            page.goto(f"{site.url}/notes/")
            page.get_by_role("link", name=f"Open unsaved text of {title}").click()
        sign_in_again(page, site)
        saved = page.get_by_role("heading", name=title, level=1)
        editor = page.locator("textarea[name=note]")
        expect(saved.or_(editor)).to_be_visible(timeout=30_000)
        if hinder is signed_in_again_in_another_tab and saved.is_visible():
            # The editor had heard of the sign-in and renewed its form before the click.
            page.goto(f"{page.url}edit/")
        expect(editor).to_have_value(text, timeout=30_000)
        if hinder is refresh_refused:
            with context.expect_page() as opened:
                page.get_by_role("link", name="Sign in in a new tab").click()
            opened.value.wait_for_load_state()
            sign_in_again(opened.value, site)
            opened.value.wait_for_url(f"{site.url}/notes/")
            opened.value.close()
            # Back in its tab, the editor is good for the new session.
            with page.expect_response("**/notes/drafts/writer/"):
                page.evaluate("document.dispatchEvent(new Event('visibilitychange'))")
            expect(page.locator("textarea[name=note]")).to_have_value(text, timeout=30_000)
        save(page)

        expect(page.get_by_role("heading", name=title, level=1)).to_be_visible(timeout=30_000)
        assert text_of(page, page.url) == text
        page.goto(f"{site.url}/notes/?q={title.replace(' ', '+')}")
        expect(page.get_by_role("link", name=title)).to_have_count(1)
