"""What people and scripts are told when the API did not do what was asked."""

import pytest
import responses
from django.template.loader import render_to_string
from django.test import Client

from tests.notes.conftest import NotesApi

UNKNOWN_PATH = {"x-amzn-ErrorType": "MissingAuthenticationTokenException"}

PAGES = {
    "down": (503, {}, 503, "Your notes cannot be reached"),
    "throttled": (429, {}, 429, "One moment, please"),
    "wrong address": (403, UNKNOWN_PATH, 502, "Something is wrong on our side"),
    "against the contract": (302, {}, 502, "Something is wrong on our side"),
    "denied": (403, {}, 403, "You may not do this"),
}
TOKEN_ENDPOINT = "http://127.0.0.1:9000/oauth2/token"


class ErrorPageTests:
    @pytest.mark.parametrize("name", PAGES)
    def test_each_cause_has_its_page(self, name: str, api: NotesApi, browser: Client) -> None:
        status, headers, shown, headline = PAGES[name]
        api.answers("GET", "/notes", {}, status, headers=headers)

        response = browser.get("/notes/")

        assert response.status_code == shown
        assert f"<h1>{headline}</h1>" in response.content.decode()
        assert response["X-Request-ID"] in response.content.decode()

    @pytest.mark.parametrize(
        ("status", "headers", "seconds"),
        [(503, {}, "5"), (503, {"Retry-After": "1.5"}, "2"), (429, {"Retry-After": "40"}, "40")],
    )
    def test_a_temporary_one_says_when_to_try_again(
        self, status: int, headers: dict[str, str], seconds: str, api: NotesApi, browser: Client
    ) -> None:
        api.answers("GET", "/notes", {}, status, headers=headers)

        response = browser.get("/notes/?q=a")

        assert response["Retry-After"] == seconds
        assert b'href="/notes/?q=a">Try again</a>' in response.content

    def test_a_refused_sign_in_leads_back_here_and_never_round_in_a_circle(
        self, api: NotesApi, browser: Client, wire: responses.RequestsMock
    ) -> None:
        wire.post(TOKEN_ENDPOINT, status=503)
        api.answers("GET", "/notes", {"message": "Unauthorized"}, 401)

        response = browser.get("/notes/?q=a")

        assert response.status_code == 401
        assert b'href="/oidc/authenticate/?next=%2Fnotes%2F%3Fq%3Da"' in response.content

    def test_headers_and_body_of_the_api_are_not_passed_on(
        self, api: NotesApi, browser: Client
    ) -> None:
        hostile = {"Set-Cookie": "a=b", "Location": "http://elsewhere.example", "Refresh": "0"}
        api.answers("GET", "/notes", body="<script>canary</script>", status=403, headers=hostile)

        response = browser.get("/notes/")

        assert b"canary" not in response.content
        assert "a" not in response.cookies
        assert not {"Location", "Refresh"} & set(response.headers)


class ScriptTests:
    @pytest.mark.parametrize(
        "headers", [{"Sec-Fetch-Mode": "cors"}, {"HX-Request": "true"}], ids=["fetch", "htmx"]
    )
    @pytest.mark.parametrize(
        ("status", "shown", "code"),
        [(503, 503, "NotesUnavailable"), (404, 404, "NoteNotFound"), (403, 403, "AccessDenied")],
    )
    def test_a_script_gets_json(
        self,
        status: int,
        shown: int,
        code: str,
        headers: dict[str, str],
        api: NotesApi,
        browser: Client,
    ) -> None:
        api.answers("GET", "/notes/note1", {}, status)

        response = browser.get("/notes/note1/", headers=headers)

        assert (response.status_code, response["Content-Type"]) == (shown, "application/json")
        assert response.json()["code"] == code

    def test_a_script_gets_401_and_no_redirect(
        self, api: NotesApi, browser: Client, wire: responses.RequestsMock
    ) -> None:
        wire.post(TOKEN_ENDPOINT, status=503)
        api.answers("GET", "/notes/note1", {}, 401)

        response = browser.get("/notes/note1/", headers={"Sec-Fetch-Mode": "cors"})

        assert (response.status_code, response.json()["code"]) == (401, "SignInNeeded")


class TemplateTests:
    @pytest.mark.parametrize("name", ["400", "403", "404", "409", "429", "500", "502", "503"])
    def test_a_page_is_shown_also_without_a_request(self, name: str) -> None:
        assert "<h1>" in render_to_string(f"{name}.html")

    def test_there_is_no_inline_script_or_style(self, api: NotesApi, browser: Client) -> None:
        page = browser.get("/notes/new/").content.decode()

        assert "<style" not in page
        assert " style=" not in page
        assert page.count("<script") == page.count('<script type="module" src="/static/')

    def test_an_unknown_address_is_not_found(self, browser: Client) -> None:
        assert browser.get("/nothing/").status_code == 404
