"""/notes/: the newest notes, searching, tags, paging."""

import re

import pytest
from django.test import Client
from django.urls import reverse

from notes import urls
from notes.addresses import PAGE_NAMES
from tests.builders import note_json, page_json, summary_json
from tests.notes.conftest import NotesApi


class ListNotesTests:
    def test_it_shows_each_note(self, api: NotesApi, browser: Client) -> None:
        api.answers("GET", "/notes", page_json(summary_json(noteid="a1", title="Garden")))

        response = browser.get("/notes/")

        assert response.status_code == 200
        self._shows(response, 'href="/notes/a1/">Garden</a>', "Plant the bulbs.", "?tag=home")

    def test_it_asks_with_the_persons_id_token(self, api: NotesApi, browser: Client) -> None:
        api.answers("GET", "/notes", page_json())

        browser.get("/notes/")

        assert api.requests[0].headers["Authorization"].startswith("ey")

    def test_a_note_without_title_is_called_by_its_text(
        self, api: NotesApi, browser: Client
    ) -> None:
        api.answers("GET", "/notes", page_json(summary_json(title=" "), summary_json(title="")))

        self._shows(browser.get("/notes/"), ">Plant the bulbs.</a>")

    def test_an_empty_note_is_untitled(self, api: NotesApi, browser: Client) -> None:
        empty = {**summary_json(title=""), "snippet": ""}
        api.answers("GET", "/notes", page_json(empty))

        self._shows(browser.get("/notes/"), ">Untitled</a>")

    def test_titles_snippets_and_tags_are_text(self, api: NotesApi, browser: Client) -> None:
        evil = "<script>alert(1)</script>"
        api.answers(
            "GET", "/notes", page_json({**summary_json(title=evil, tags=[evil]), "snippet": evil})
        )

        page = browser.get("/notes/").content.decode()

        assert "<script>alert" not in page
        assert page.count("&lt;script&gt;alert(1)") == 4

    def test_a_tag_is_asked_for_as_it_is_kept(self, api: NotesApi, browser: Client) -> None:
        api.answers("GET", "/notes", page_json())

        browser.get("/notes/", {"tag": " Cafe\u0301  noir"})

        assert "tag=caf%C3%A9+noir" in str(api.requests[0].url)

    def test_a_row_shows_some_tags_and_how_many_more(self, api: NotesApi, browser: Client) -> None:
        tags = [f"tag{number}" for number in range(20)]
        api.answers("GET", "/notes", page_json(summary_json(tags=tags)))

        page = browser.get("/notes/").content.decode()

        assert page.count("?tag=tag") == 4
        assert '+16<span class="visually-hidden"> more tags</span>' in page

    def test_an_empty_list_says_how_to_begin(self, api: NotesApi, browser: Client) -> None:
        api.answers("GET", "/notes", page_json())

        self._shows(browser.get("/notes/"), "Your notes will be here", 'href="/notes/new/"')

    def test_a_search_is_passed_on(self, api: NotesApi, browser: Client) -> None:
        api.answers("GET", "/notes", page_json(summary_json()))

        response = browser.get("/notes/", {"q": " bulbs & <b> ", "tag": "Home"})

        asked = api.requests[0].params
        assert (asked["q"], asked["tag"]) == ("bulbs & <b>", "home")
        self._shows(response, 'value="bulbs &amp; &lt;b&gt;"')

    def test_a_search_is_cut_to_what_the_api_takes(self, api: NotesApi, browser: Client) -> None:
        api.answers("GET", "/notes", page_json())

        browser.get("/notes/", {"q": "x" * 5_000})

        assert api.requests[0].params["q"] == "x" * 200

    def test_a_search_without_result_says_so(self, api: NotesApi, browser: Client) -> None:
        api.answers("GET", "/notes", page_json())

        self._shows(browser.get("/notes/?q=tulips"), "Nothing found", "“tulips”")

    def test_a_search_that_is_not_through_offers_to_go_on(
        self, api: NotesApi, browser: Client
    ) -> None:
        api.answers("GET", "/notes", page_json(cursor="c/2"))

        response = browser.get("/notes/?q=tulips&tag=home")

        self._shows(response, "Search older notes", "?q=tulips&amp;tag=home&amp;cursor=c%2F2")
        assert b"Nothing found in these notes" in response.content

    def test_older_notes_are_a_page_further(self, api: NotesApi, browser: Client) -> None:
        api.answers("GET", "/notes", page_json(summary_json(), cursor="c2"))

        response = browser.get("/notes/?cursor=c1")

        assert api.requests[0].params["cursor"] == "c1"
        self._shows(response, 'href="/notes/?cursor=c2"', "Older notes", "Newest notes")

    def test_a_cursor_that_the_api_refuses_leads_to_the_newest(
        self, api: NotesApi, browser: Client
    ) -> None:
        api.answers("GET", "/notes", {"message": "x", "code": "InvalidRequest"}, 400)

        response = browser.get("/notes/?cursor=forged&q=a")

        assert (response.status_code, response["Location"]) == (302, "/notes/?q=a")

    @pytest.mark.parametrize("noteid", [*PAGE_NAMES, "news", "view", "edit", "writer"])
    def test_a_note_of_any_id_is_opened_by_its_link(
        self, noteid: str, api: NotesApi, browser: Client
    ) -> None:
        api.answers("GET", "/notes", page_json(summary_json(noteid=noteid)))
        api.answers("GET", f"/notes/{noteid}", note_json(noteid=noteid, note="Opened."))
        link = re.search(
            r'<h2[^>]*><a [^>]*href="([^"]*)"', browser.get("/notes/").content.decode()
        )
        assert link

        self._shows(browser.get(link[1]), "Opened.")
        assert link[1] == reverse("notes:detail", args=[noteid])

    def test_every_page_beside_the_notes_is_known_as_one(self) -> None:
        fixed = [str(route.pattern).rstrip("/") for route in urls.urlpatterns]

        assert {name for name in fixed if re.fullmatch(r"\w+", name)} == set(PAGE_NAMES)

    def test_it_refuses_strangers(self, api: NotesApi, stranger: Client) -> None:
        response = stranger.get("/notes/?q=a")

        assert response.status_code == 302
        assert response["Location"] == "/oidc/authenticate/?next=%2Fnotes%2F%3Fq%3Da"
        assert api.requests == []

    def test_it_takes_no_post(self, api: NotesApi, browser: Client) -> None:
        assert browser.post("/notes/").status_code == 405

    def test_nothing_of_it_is_stored_by_caches(self, api: NotesApi, browser: Client) -> None:
        api.answers("GET", "/notes", page_json())

        assert browser.get("/notes/")["Cache-Control"] == "no-store"

    def _shows(self, response, *pieces: str) -> None:
        page = response.content.decode()
        for piece in pieces:
            assert piece in page
