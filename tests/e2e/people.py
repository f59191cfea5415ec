"""What people do in a browser, in their words: sign up, sign in, write, sign out."""

import json
import re
from urllib.parse import quote
from urllib.request import Request, urlopen

from playwright.sync_api import Page, expect

from tests.e2e.site import Site

PASTE = """(area, text) => {
  area.value = text;
  area.dispatchEvent(new Event("input", {bubbles: true}));
}"""

DEMO = ("demo@example.com", "Demo-passw0rd!")
ADMIN = ("admin@example.com", "Admin-passw0rd!")


def sign_up(page: Page, site: Site, email: str, password: str) -> None:
    """Create an account on the hosted page, with the code from the local mail page."""
    page.goto(site.url)
    page.get_by_role("link", name="Create account").first.click()
    page.get_by_label("E-mail address").fill(email)
    page.get_by_label("Password", exact=True).fill(password)
    page.get_by_role("button", name="Create account").click()
    expect(page.get_by_role("heading", name="Confirm your e-mail address")).to_be_visible()
    page.get_by_label("Code").fill(mailed_code(site, email))
    page.get_by_role("button", name="Confirm account").click()


def mailed_code(site: Site, email: str) -> str:
    """The newest code that was mailed to that address."""
    request = Request(
        f"{site.devcloud}/_local/mail?to={quote(email)}", headers={"Accept": "application/json"}
    )
    with urlopen(request, timeout=10) as answer:
        code: str = json.load(answer)[0]["code"]
    return code


def sign_in(page: Page, site: Site, person: tuple[str, str] = DEMO, path: str = "/notes/") -> None:
    """Sign in on the hosted page and arrive at the path."""
    page.goto(f"{site.url}{path}")
    email, password = person
    page.get_by_label("E-mail address").fill(email)
    page.get_by_label("Password", exact=True).fill(password)
    page.get_by_role("button", name="Sign in").click()
    page.wait_for_url(f"{site.url}{path}")


def sign_out(page: Page) -> None:
    """Press the page's own sign-out button."""
    page.get_by_role("button", name="Sign out", exact=True).first.click()
    page.wait_for_url(re.compile(r"/signed-out/"))


def write(page: Page, site: Site, title: str, text: str, tags: str = "") -> str:
    """Write a note; the address of its page."""
    page.goto(f"{site.url}/notes/new/")
    page.get_by_label("Title").fill(title)
    # Chromium takes ten seconds to fill in 60 KB as if it were typed.
    page.locator("textarea[name=note]").evaluate(
        "(area, text) => { area.value = text; area.dispatchEvent(new Event('input')); }", text
    )
    page.get_by_label("Tags").fill(tags)
    page.get_by_role("button", name="Save", exact=True).click()
    expect(page.get_by_role("heading", name=title, level=1)).to_be_visible()
    return page.url


def text_of(page: Page, address: str) -> str:
    """The note's text as the editor has it."""
    page.goto(f"{address}edit/")
    return page.locator("textarea[name=note]").input_value()
