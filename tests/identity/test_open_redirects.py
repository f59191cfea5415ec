"""Nobody is led off the site after signing in, however the address to return to is written.

The addresses are made of the parts that fool parsers: schemes, slashes of both kinds, what
browsers drop or decode, and ways to write a host. A browser decides where each answer leads.
"""

from itertools import product
from urllib.parse import quote

import pytest
import responses
from django.conf import settings
from django.test import Client, RequestFactory
from django.urls import reverse
from playwright.sync_api import Browser

from identity import attempts
from tests.identity.test_sign_in import CALLBACK, begin, serve_tokens

pytestmark = pytest.mark.django_db

LEADS = [
    "", " ", "\t", "\n", "\r\n", "\x00", "\x0b", "\xa0", "%09", "%0d%0a", "%00", ".", "/", "/.",
    "/..",
]  # fmt: skip
SLASHES = [
    "//", "///", "////", "\\\\", "/\\", "\\/", "/\t/", "/\n/", "/%09/", "%2f%2f", "/%2f", "%5c%5c",
    "/%5c", "//\\", "/.//", "/;//", "http://", "https:", "https:/", "https:\\\\", "HtTpS://",
    "javascript://", "data://", "//%00", "//\u200b", "\uff0f\uff0f",
]  # fmt: skip
HOSTS = [
    "evil.example", "evil.example/notes/", "evil.example%2f", "localhost@evil.example",
    "localhost:8000@evil.example", "evil.example#localhost", "evil.example?localhost", "[::1]",
    "0x7f000001", "evil。example",
]  # fmt: skip
PAYLOADS = [
    *(lead + slashes + host for lead, slashes, host in product(LEADS, SLASHES, HOSTS[:1])),
    *(slashes + host for slashes, host in product(SLASHES, HOSTS)),
    *("javascript:alert(1)", "JaVaScRiPt:alert(1)", "java\nscript:alert(1)", "data:text/html,x"),
    *("vbscript:x", "mailto:x@evil.example", "blob:x", "@evil.example", "localhost.evil.example"),
]
BASE = settings.PUBLIC_URL
LEADS_TO = "(addresses) => addresses.map((one) => new URL(one, document.baseURI).origin)"


def remembered(client: Client, payload: str) -> str:
    """Where an attempt that begins with that address will end."""
    state = begin(client, payload)["state"]
    callback = RequestFactory().get(CALLBACK, {"state": state})
    callback.COOKIES = {name: cookie.value for name, cookie in client.cookies.items()}
    attempt = attempts.find(callback)
    assert attempt
    return attempt.next_url or reverse("notes:list")


def after_sign_in(client: Client, wire: responses.RequestsMock, payload: str) -> str:
    """Where somebody is after a whole sign-in that began with that address."""
    sent = begin(client, payload)
    serve_tokens(wire, sent["nonce"])
    answer = client.get(CALLBACK, {"code": "c", "state": sent["state"]})
    assert answer.status_code == 302
    return answer.headers["Location"]


class OpenRedirectTests:
    def test_none_leads_off_the_site(self, client: Client, chromium: Browser) -> None:
        payloads = [*PAYLOADS, *map(quote, PAYLOADS[::3])]
        led = {payload: remembered(client, payload) for payload in payloads}
        assert len(led) > 558

        page = chromium.new_page(base_url=BASE)
        page.route("**/*", lambda route: route.fulfill(body="here", content_type="text/html"))
        page.goto("/")
        origins = dict(zip(led, page.evaluate(LEADS_TO, list(led.values())), strict=True))
        page.close()
        assert {payload for payload, origin in origins.items() if origin != BASE} == set()

    @pytest.mark.parametrize("payload", PAYLOADS[::40])
    def test_the_callback_goes_where_the_attempt_says(
        self, client: Client, wire: responses.RequestsMock, payload: str
    ) -> None:
        assert after_sign_in(client, wire, payload) == remembered(Client(), payload)

    def test_the_browser_would_see_it(self, chromium: Browser) -> None:
        """Of the addresses as they are, taken as they are, many lead away."""
        page = chromium.new_page(base_url=BASE)
        page.route("**/*", lambda route: route.fulfill(body="here", content_type="text/html"))
        page.goto("/")
        script = """(addresses) => addresses.map((one) => {
            try { return new URL(one, document.baseURI).origin } catch { return "none" }
        })"""
        away = [one for one in page.evaluate(script, PAYLOADS) if one not in (BASE, "none")]
        page.close()
        assert len(away) > 200

    @pytest.mark.parametrize("address", ["/notes/?q=a%20b", "/notes/trash/", "/admin/"])
    def test_an_address_of_the_site_is_kept(
        self, client: Client, wire: responses.RequestsMock, address: str
    ) -> None:
        assert after_sign_in(client, wire, address) == address
