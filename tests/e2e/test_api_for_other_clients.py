"""The notes API as any client with a token meets it, from the outside."""

from collections.abc import Callable
from urllib.parse import parse_qs, urlsplit

import pytest
import requests

from tests.contract import assert_keeps_contract
from tests.e2e.form_browser import FormBrowser
from tests.e2e.people import ADMIN, DEMO
from tests.e2e.site import Site

Call = Callable[..., requests.Response]

WHOLE = {"title": "", "note": "overwritten", "tags": [], "pinned": False}


def sign_in(site: Site, person: tuple[str, str]) -> dict[str, str]:
    """The tokens of a code grant, as another client of the same pool would get them."""
    app = site.environment()
    callback = f"{site.url}/oidc/callback/"
    browser = FormBrowser("")
    page = browser.get(
        f"{site.devcloud}/oauth2/authorize",
        params={
            "response_type": "code",
            "client_id": app["OIDC_RP_CLIENT_ID"],
            "redirect_uri": callback,
            "scope": "openid email profile",
            "state": "the-state",
        },
    )
    email, password = person
    # The site knows nothing of this attempt, but the code is in the address it was sent to.
    arrived = browser.submit(page, username=email, password=password)
    code = parse_qs(urlsplit(arrived.url).query)["code"][0]
    answer = requests.post(
        f"{site.devcloud}/oauth2/token",
        data={"grant_type": "authorization_code", "code": code, "redirect_uri": callback},
        auth=(app["OIDC_RP_CLIENT_ID"], app["OIDC_RP_CLIENT_SECRET"]),
        timeout=10,
    )
    tokens: dict[str, str] = answer.json()
    return tokens


@pytest.fixture(scope="module")
def demo(site: Site) -> dict[str, str]:
    """The demo person's tokens."""
    return sign_in(site, DEMO)


@pytest.fixture(scope="module")
def somebody_else(site: Site) -> dict[str, str]:
    """Another person's."""
    return sign_in(site, ADMIN)


@pytest.fixture
def call(site: Site) -> Call:
    """Call the API with a token, or without one; the answer is one of the contract's."""
    api = site.environment()["NOTES_API_URL"]

    def called(
        method: str, path: str, token: str | None = None, **options: object
    ) -> requests.Response:
        headers = {**({"Authorization": token} if token else {}), **options.pop("headers", {})}
        answer = requests.request(method, f"{api}{path}", headers=headers, timeout=10, **options)
        resource = path.partition("?")[0].replace("/note1", "/{noteid}")
        assert_keeps_contract(method, resource, answer.status_code, answer.headers, answer.text)
        return answer

    return called


class AuthorizerTests:
    def test_without_a_token(self, call: Call) -> None:
        answer = call("GET", "/notes")
        assert (answer.status_code, answer.text) == (401, '{"message":"Unauthorized"}')

    def test_with_an_access_token(self, call: Call, demo: dict[str, str]) -> None:
        answer = call("GET", "/notes", demo["access_token"])
        assert (answer.status_code, answer.text) == (401, '{"message":"Unauthorized"}')

    def test_with_an_expired_id_token(self, call: Call, site: Site, demo: dict[str, str]) -> None:
        def move(seconds: int) -> None:
            requests.post(
                f"{site.devcloud}/_local/clock", json={"seconds": seconds}, timeout=10
            ).raise_for_status()

        move(2 * 86_400)
        try:
            answer = call("GET", "/notes", demo["id_token"])
        finally:
            move(-2 * 86_400)
        assert answer.status_code == 401
        assert answer.text == '{"message":"The incoming token has expired"}'

    def test_on_an_unknown_path(self, call: Call, demo: dict[str, str]) -> None:
        answer = call("GET", "/elsewhere", demo["id_token"])
        assert answer.status_code == 403
        assert answer.text == '{"message":"Missing Authentication Token"}'

    def test_with_the_id_token_raw_and_as_bearer(self, call: Call, demo: dict[str, str]) -> None:
        for token in (demo["id_token"], f"Bearer {demo['id_token']}"):
            assert call("GET", "/notes", token).status_code == 200

    def test_it_greets_by_user_name_and_email(self, call: Call, demo: dict[str, str]) -> None:
        message = call("GET", "/", demo["id_token"]).json()["message"]
        assert message.startswith("Hello, ")
        assert message.endswith(" with email demo@example.com!")


class NoteTests:
    NOTE = {"noteid": "note1", "note": "my first note"}

    @pytest.fixture(autouse=True)
    def _created(self, call: Call, demo: dict[str, str]) -> None:
        self.created = call("POST", "/notes", demo["id_token"], json=self.NOTE)

    def test_it_is_created(self) -> None:
        assert self.created.status_code == 201
        assert self.created.json()["message"] == "Note created"

    def test_the_same_again_answers_the_same(self, call: Call, demo: dict[str, str]) -> None:
        again = call("POST", "/notes", demo["id_token"], json=self.NOTE)
        assert (again.status_code, again.json()) == (201, self.created.json())

    def test_another_text_under_that_id_is_refused(self, call: Call, demo: dict[str, str]) -> None:
        other = {**self.NOTE, "note": "another"}
        assert call("POST", "/notes", demo["id_token"], json=other).status_code == 409
        assert call("GET", "/notes/note1", demo["id_token"]).json()["note"] == "my first note"

    @pytest.mark.parametrize(
        ("method", "path", "options"),
        [
            ("GET", "/notes/note1", {}),
            ("PUT", "/notes/note1", {"json": WHOLE, "headers": {"If-Match": '"1"'}}),
            ("DELETE", "/notes/note1", {}),
            ("POST", "/notes/note1/restore", {}),
        ],
    )
    def test_it_does_not_exist_for_anybody_else(
        self,
        call: Call,
        demo: dict[str, str],
        somebody_else: dict[str, str],
        method: str,
        path: str,
        options: dict[str, object],
    ) -> None:
        assert call(method, path, somebody_else["id_token"], **options).status_code == 404
        assert call("GET", "/notes/note1", demo["id_token"]).json()["note"] == "my first note"
        listed = call("GET", "/notes", somebody_else["id_token"]).json()["notes"]
        assert "note1" not in [note["noteid"] for note in listed]
