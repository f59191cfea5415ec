"""/notes/export/ and /notes/import/."""

import io
import json
import zipfile

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from responses import matchers

from notes import archive, incoming
from notes.gateway import GatewayUnavailable, Note
from tests.builders import note_json, page_json, summary_json
from tests.notes.conftest import NotesApi


def listing(api: NotesApi, answer: dict, **query: str) -> None:
    asked = matchers.query_param_matcher({"limit": "100", "view": "active", **query})
    api.answers("GET", "/notes", answer, match=[asked])


class ExportTests:
    def test_it_sends_every_note_of_every_page(self, api: NotesApi, browser: Client) -> None:
        listing(api, page_json(summary_json(noteid="a"), cursor="c2"))
        listing(api, page_json(summary_json(noteid="b")), cursor="c2")
        listing(
            api,
            page_json(summary_json(noteid="t", deleted_at="2026-11-10T00:00:00Z")),
            view="trash",
        )
        for noteid in "abt":
            api.answers("GET", f"/notes/{noteid}", note_json(noteid=noteid, note=f"text {noteid}"))

        response = browser.get("/notes/export/")

        assert response["Content-Type"] == "application/zip"
        assert response["Content-Disposition"].startswith('attachment; filename="notes-20')
        with zipfile.ZipFile(io.BytesIO(response.getvalue())) as made:
            texts = [made.read(name) for name in made.namelist() if name.endswith(".md")]
        assert texts == [b"text a", b"text b", b"text t"]

    def test_a_note_that_moved_to_the_top_meanwhile_is_not_missed(
        self, api: NotesApi, browser: Client
    ) -> None:
        listing(api, page_json(summary_json(noteid="a")))
        listing(api, page_json(summary_json(noteid="b"), summary_json(noteid="a")))
        listing(api, page_json(), view="trash")
        for noteid in "ab":
            api.answers("GET", f"/notes/{noteid}", note_json(noteid=noteid))

        made = zipfile.ZipFile(io.BytesIO(browser.get("/notes/export/").getvalue()))

        index = json.loads(made.read("notes.json"))
        assert [entry["noteid"] for entry in index["notes"]] == ["a", "b"]

    def test_a_note_that_is_listed_again_is_sent_once(self, api: NotesApi, browser: Client) -> None:
        listing(api, page_json(summary_json(noteid="a", pinned=True)))
        listing(api, page_json(), view="trash")
        api.answers("GET", "/notes/a", note_json(noteid="a"))

        made = zipfile.ZipFile(io.BytesIO(browser.get("/notes/export/").getvalue()))

        assert len(made.namelist()) == 2

    def test_a_note_that_went_meanwhile_is_left_out(self, api: NotesApi, browser: Client) -> None:
        listing(api, page_json(summary_json(noteid="a")))
        listing(api, page_json(), view="trash")
        api.answers("GET", "/notes/a", {"code": "NoteNotFound"}, 404)

        made = zipfile.ZipFile(io.BytesIO(browser.get("/notes/export/").getvalue()))

        assert made.namelist() == ["notes.json"]

    def test_when_the_api_is_down_there_is_a_page_and_no_archive(
        self, api: NotesApi, browser: Client
    ) -> None:
        api.answers("GET", "/notes", {}, 503)

        assert browser.get("/notes/export/").status_code == 503

    def test_when_it_fails_halfway_the_download_breaks_off(
        self, api: NotesApi, browser: Client
    ) -> None:
        listing(api, page_json(summary_json(noteid="a")))
        api.answers("GET", "/notes/a", {}, 503)

        with pytest.raises(GatewayUnavailable):
            browser.get("/notes/export/").getvalue()

    def test_it_refuses_strangers(self, api: NotesApi, stranger: Client) -> None:
        assert stranger.get("/notes/export/").status_code == 302
        assert api.requests == []


def upload(data: bytes = b"text", name: str = "a.md") -> dict[str, SimpleUploadedFile]:
    return {"file": SimpleUploadedFile(name, data)}


def result(browser: Client, files: dict[str, SimpleUploadedFile]) -> str:
    return browser.post("/notes/import/", files).getvalue().decode()


class ImportTests:
    def test_it_creates_each_note(self, api: NotesApi, browser: Client) -> None:
        api.answers("POST", "/notes", note_json(version=1), 201)
        api.answers("GET", "/notes/note1", note_json(version=1))
        data = b"".join(archive.write([Note.from_json(note_json())]))

        page = result(browser, upload(data, "notes.zip"))

        assert "Done. 1 note is here now." in page
        assert json.loads(api.requests[0].body) == {
            "noteid": "note1",
            "title": "Garden",
            "note": "Plant the bulbs.",
            "tags": ["home"],
            "pinned": False,
        }

    def test_it_says_how_long_the_page_is_needed(self, api: NotesApi, browser: Client) -> None:
        api.answers("POST", "/notes", {"message": "All full.", "code": "NotesFull"}, 400)
        response = browser.post("/notes/import/", upload())

        assert "Keep this page open" in next(iter(response.streaming_content)).decode()

    def test_a_note_from_the_trash_goes_to_the_trash(self, api: NotesApi, browser: Client) -> None:
        api.answers("POST", "/notes", note_json(version=1), 201)
        api.answers("GET", "/notes/note1", note_json(version=1))
        api.answers("DELETE", "/notes/note1", {"message": "Note deleted"})
        deleted = Note.from_json(note_json(deleted_at="2026-11-10T00:00:00Z"))

        result(browser, upload(b"".join(archive.write([deleted])), "notes.zip"))

        assert [request.method for request in api.requests] == ["POST", "GET", "DELETE"]

    def test_a_note_that_is_here_already_is_left_as_it_is(
        self, api: NotesApi, browser: Client
    ) -> None:
        here = note_json(title="a", note="text", tags=[])
        api.answers("POST", "/notes", {"code": "NoteExists", "current": here}, 409)

        page = result(browser, upload())

        assert len(api.requests) == 1
        assert "Done. 1 note is here now." in page

    def test_what_is_no_note_is_named(self, api: NotesApi, browser: Client) -> None:
        page = result(browser, upload(b"\xff", "<b>.md"))

        assert "&lt;b&gt;.md is not text in UTF-8 or UTF-16: save it as UTF-8 first." in page
        assert "Done. 0 notes are here now." in page

    def test_what_the_api_refuses_is_named(self, api: NotesApi, browser: Client) -> None:
        api.answers("POST", "/notes", {"message": "All full.", "code": "NotesFull"}, 400)

        assert "a.md: All full." in result(browser, upload())

    def test_a_note_that_goes_at_the_same_moment_is_named(
        self, api: NotesApi, browser: Client
    ) -> None:
        api.answers("POST", "/notes", note_json(version=1), 201)
        api.answers("GET", f"/notes/{self._noteid()}", {"code": "NoteNotFound"}, 404)

        assert "a.md was changed elsewhere at the same moment" in result(browser, upload())

    def test_something_is_sent_for_each_note(self, api: NotesApi, browser: Client) -> None:
        api.answers("POST", "/notes", note_json(version=1), 201)
        api.answers("GET", "/notes/note1", note_json(version=1))
        data = b"".join(archive.write([Note.from_json(note_json())] * 3))

        response = browser.post("/notes/import/", upload(data, "a.zip"))

        assert len(list(response.streaming_content)) == 6

    @pytest.mark.parametrize("status", [503, 429, 403, 302])
    def test_a_failing_api_stops_it_and_says_how_to_go_on(
        self, status: int, api: NotesApi, browser: Client
    ) -> None:
        api.answers("POST", "/notes", {}, status)

        page = result(browser, upload())

        assert "Stopped after 0 notes." in page
        assert page.rstrip().endswith("</html>")

    @pytest.mark.parametrize(
        ("files", "said"),
        [
            ({}, "Choose a file first."),
            (upload(b"no zip", "a.zip"), "neither a ZIP file nor a text file"),
            (
                upload(b"x" * 10_000_001, "a.zip"),
                "larger than 10 MB: divide it into smaller ones, each with",
            ),
        ],
    )
    def test_a_bad_file_is_refused(
        self, files: dict, said: str, api: NotesApi, browser: Client
    ) -> None:
        response = browser.post("/notes/import/", files)

        assert response.status_code == 422
        assert said in response.content.decode()

    def test_it_shows_a_form(self, browser: Client) -> None:
        assert b'type="file"' in browser.get("/notes/import/").content

    def test_it_refuses_strangers(self, api: NotesApi, stranger: Client) -> None:
        assert stranger.post("/notes/import/", upload()).status_code == 302
        assert api.requests == []

    def test_it_refuses_another_site(self, api: NotesApi, careful_browser: Client) -> None:
        assert careful_browser.post("/notes/import/", upload()).status_code == 403
        assert api.requests == []

    def _noteid(self) -> str:
        (entry,) = incoming.read("a.md", io.BytesIO(b"text"))
        assert isinstance(entry, incoming.Incoming)
        return entry.noteid
