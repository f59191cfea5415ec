"""A note that is sent when it cannot be saved: never lost, never shown to others, never doubled.

Without JavaScript, by a browser that only follows redirects and sends forms; with it, Chromium in
test_lost_nothing_in_chromium. ``ROUNDS=200`` is the campaign; the suite does a few.
"""

import html
import os
import secrets
import sqlite3
from collections.abc import Callable, Iterator
from contextlib import suppress
from pathlib import Path
from urllib.parse import urlsplit
from urllib.request import Request, urlopen

import pytest
import requests
from boto3.session import Session

from tests.e2e.form_browser import FormBrowser, parse
from tests.e2e.people import ADMIN, DEMO
from tests.e2e.site import Site

ROUNDS = int(os.environ.get("ROUNDS", "12"))
SIZES = [1, 1_000, 100_000, 300_000]

Person = tuple[str, str]


class Typist:
    """Somebody who writes notes in a browser without JavaScript."""

    def __init__(self, site: Site, browser: FormBrowser) -> None:
        self.site = site
        self.browser = browser

    def sign_in(self, person: Person) -> None:
        """Sign in here, whoever else was before."""
        # The hosted page knows its own cookie for an hour, and would not ask.
        with suppress(KeyError):
            self.browser.cookies.clear(domain="127.0.0.1")
        self.pass_sign_in(self.browser.get(f"{self.site.url}/oidc/authenticate/"), person)

    def pass_sign_in(self, page: requests.Response, person: Person = DEMO) -> requests.Response:
        """The page, or what follows the sign-in that it asks for."""
        if page.url.startswith(f"{self.site.url}/signed-out/"):
            (again,) = {link for link in parse(page).links if "/oidc/authenticate/" in link}
            page = self.browser.get(f"{self.site.url}{again}")
        if page.url.startswith(self.site.devcloud):
            page = self.browser.submit(page, username=person[0], password=person[1])
        return page

    def editor(self) -> requests.Response:
        return self.browser.get(f"{self.site.url}/notes/new/")

    def typed_in(self, page: requests.Response) -> str:
        """What the editor on that page holds."""
        texts = [form.fields["note"] for form in parse(page).forms if "note" in form.fields]
        # A line break right after the tag is not part of the text (HTML, 13.2.6.4.7).
        return texts[0].removeprefix("\r").removeprefix("\n") if texts else ""

    def stored(self, title: str) -> list[str]:
        """The texts of the stored notes with that title."""
        page = self.browser.get(f"{self.site.url}/notes/", params={"q": title})
        links = {link for link in parse(page).links if _is_note(link)}
        editors = [self.browser.get(f"{self.site.url}{link}edit/") for link in sorted(links)]
        return [self.typed_in(editor) for editor in editors]


def _is_note(link: str) -> bool:
    parts = urlsplit(link).path.strip("/").split("/")
    return len(parts) == 2 and parts[0] == "notes" and parts[1] not in {"new", "trash"}


@pytest.fixture
def typist(site: Site) -> Iterator[Typist]:
    with FormBrowser("/etc/ssl/certs/ca-certificates.crt") as browser:
        one = Typist(site, browser)
        one.sign_in(DEMO)
        yield one
    in_database(site, "DELETE FROM identity_browsersession")


def in_database(site: Site, statement: str) -> None:
    with sqlite3.connect(Path(site.data_dir) / "web.sqlite3", timeout=20) as database:
        database.execute(statement)
    database.close()


def fault(site: Site, operation: str, status: int) -> None:
    body = f'{{"operation": "{operation}", "kind": "fail", "status": {status}, "times": 3}}'
    request = Request(f"{site.devcloud}/_local/faults", data=body.encode(), method="POST")
    request.add_header("Content-Type", "application/json")
    with urlopen(request, timeout=10):
        pass


def no_faults(site: Site) -> None:
    with urlopen(Request(f"{site.devcloud}/_local/faults", method="DELETE"), timeout=10):
        pass


def grants_end(site: Site) -> None:
    """Every refresh token of the person is revoked, and the next request needs one."""
    outputs = site.environment()
    user_pool = Session("local", "local").client(
        "cognito-idp", region_name=outputs["COGNITO_REGION"], endpoint_url=site.devcloud
    )
    user_pool.admin_user_global_sign_out(
        UserPoolId=outputs["COGNITO_USER_POOL_ID"], Username=DEMO[0]
    )
    in_database(site, "UPDATE identity_user SET stale_before = '2099-01-01 00:00:00'")


def session_expired(typist: Typist) -> None:
    in_database(
        typist.site, "UPDATE identity_browsersession SET expire_date = '2020-01-01 00:00:00'"
    )


def session_revoked(typist: Typist) -> None:
    in_database(typist.site, "DELETE FROM identity_browsersession")


def signed_in_again_in_another_tab(typist: Typist) -> None:
    """A new session key, and a CSRF token that the form does not have."""
    typist.sign_in(DEMO)


def somebody_else_signed_in_meanwhile(typist: Typist) -> None:
    typist.sign_in(ADMIN)


def refresh_refused(typist: Typist) -> None:
    """The session ends in the middle of the POST."""
    grants_end(typist.site)


def api_down(typist: Typist) -> None:
    fault(typist.site, "createNote", 503)


HINDRANCES = [
    session_expired,
    session_revoked,
    signed_in_again_in_another_tab,
    somebody_else_signed_in_meanwhile,
    refresh_refused,
    api_down,
]

# Each hindrance comes with each size, once in 24 rounds.
CASES = [(HINDRANCES[number % 6], SIZES[(number + number // 6) % 4]) for number in range(ROUNDS)]
STATUS = {somebody_else_signed_in_meanwhile: 403, refresh_refused: 401, api_down: 503}


class WithoutJavaScriptTests:
    @pytest.mark.parametrize(("hinder", "size"), CASES)
    def test_the_text_is_saved_once_and_seen_by_its_writer_only(
        self, typist: Typist, hinder: Callable[[Typist], None], size: int
    ) -> None:
        title, text = f"Kept {secrets.token_hex(8)}", text_of_size(size)
        editor = typist.editor()
        hinder(typist)
        page = typist.browser.submit(editor, title=title, note=text)
        no_faults(typist.site)
        in_database(typist.site, "UPDATE identity_user SET stale_before = NULL")

        assert page.status_code == STATUS.get(hinder, 200)
        if hinder is somebody_else_signed_in_meanwhile:
            assert "written by somebody else" in page.text
            assert title not in page.text and typist.typed_in(page) == ""
            assert typist.stored(title) == []
            assert title not in typist.browser.get(f"{typist.site.url}/notes/").text
            typist.sign_in(DEMO)
            (offer,) = offers(typist)
            page = typist.browser.get(f"{typist.site.url}{offer}")
        if hinder is api_down:
            # The page could have been closed, or never have arrived.
            (offer,) = offers(typist)
            assert typist.typed_in(typist.browser.get(f"{typist.site.url}{offer}")) == text
        page = typist.pass_sign_in(page)
        assert typist.typed_in(page) == text
        if page.status_code == 401:
            typist.sign_in(DEMO)
            page = typist.browser.submit(page, title=title, note=text)
            assert typist.typed_in(page) == text

        typist.browser.submit(page, title=title, note=text)
        assert typist.stored(title) == [text]
        assert "draft=" not in typist.browser.get(f"{typist.site.url}/notes/").text


def offers(typist: Typist) -> set[str]:
    """The addresses of the unsaved texts that the list offers."""
    page = typist.browser.get(f"{typist.site.url}/notes/")
    return {html.unescape(link) for link in parse(page).links if "draft=" in link}


def text_of_size(size: int) -> str:
    """That many bytes, of one, two, three and four bytes a character where there is room."""
    part = "note é € 😀 "
    text = part * (size // len(part.encode()))
    return (text + "x" * size)[: len(text) + size - len(text.encode())]
