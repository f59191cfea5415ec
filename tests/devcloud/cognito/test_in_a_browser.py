"""The hosted UI in a real browser, on the way into an application and back."""

import threading
from urllib.parse import urlencode

import pytest
from cheroot.wsgi import Server

from tests.devcloud.cognito.site import EMAIL, PASSWORD, authorization


def application(environ, start_response):
    """An application that only shows that it was reached."""
    start_response("200 OK", [("Content-Type", "text/html")])
    return [b"<!doctype html><title>Notes</title><h1>You are in the application</h1>"]


@pytest.fixture
def callback():
    server = Server(("127.0.0.1", 0), application, numthreads=2)
    server.prepare()
    thread = threading.Thread(target=server.serve)
    thread.start()
    yield f"http://localhost:{server.bind_addr[1]}/callback/"
    server.stop()
    thread.join()


@pytest.fixture
def page(chromium):
    page = chromium.new_page(viewport={"width": 390, "height": 844})
    page.complaints = []
    page.on("console", lambda message: page.complaints.append(message.text))
    yield page
    page.close()


def test_signing_up_by_keyboard_ends_in_the_application(new_site, callback, page):
    site = new_site(client={"CallbackURLs": [callback]})
    query = authorization(redirect_uri=callback)
    page.goto(f"{site.base}/oauth2/authorize?{urlencode(query)}")
    page.get_by_role("link", name="Create an account").click()
    page.get_by_role("heading", name="Create an account").wait_for()
    # The page puts the cursor there by itself, a moment after it can be seen.
    page.locator("#username:focus").wait_for()
    page.keyboard.type(EMAIL)
    page.keyboard.press("Tab")
    page.keyboard.type(PASSWORD)
    page.keyboard.press("Enter")
    page.get_by_role("heading", name="Confirm your e-mail address").wait_for()
    page.locator("#code:focus").wait_for()
    page.keyboard.type(site.newest_code())
    page.keyboard.press("Enter")
    page.get_by_role("heading", name="You are in the application").wait_for()
    assert page.url.startswith(callback)
    assert page.complaints == []


def test_a_problem_is_read_out_and_the_page_does_not_scroll_sideways(new_site, callback, page):
    site = new_site(client={"CallbackURLs": [callback]})
    page.goto(f"{site.base}/login?{urlencode(authorization(redirect_uri=callback))}")
    page.get_by_label("E-mail address").fill("a" * 60 + "@example.com")
    page.get_by_label("Password").fill("wrong")
    page.get_by_role("button", name="Sign in").click()
    page.locator("[role=alert]:focus", has_text="Incorrect username or password.").wait_for()
    assert page.title().startswith("Error:")
    assert page.evaluate("document.documentElement.scrollWidth") == 390
