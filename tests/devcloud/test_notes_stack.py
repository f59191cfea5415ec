"""The stack that is deployed, from signing in to a note in the table."""

import secrets

import pytest
import requests

from tests.devcloud.sign_in import sign_in


class Api:
    """The notes API as one person calls it."""

    def __init__(self, devcloud, token):
        self._devcloud = devcloud
        self._headers = {"Authorization": token}

    def __call__(self, method, path, *, version=None, **arguments):
        headers = self._headers | ({"If-Match": f'"{version}"'} if version else {})
        url = self._devcloud.api + path
        return requests.request(method, url, headers=headers, timeout=15, **arguments)


def note(**changes):
    return {"noteid": secrets.token_hex(8), "note": "my first note", **changes}


@pytest.fixture(scope="module")
def api(notes_devcloud):
    """The API as the demo person calls it."""
    return Api(notes_devcloud, sign_in(notes_devcloud)["id_token"])


class NotesStackTests:
    def test_it_greets(self, api):
        greeting = api("GET", "/").json()["message"]
        assert greeting.startswith("Hello, ")
        assert greeting.endswith(" with email demo@example.com!")

    def test_a_note_lives_and_dies(self, api):
        made = note(title="One")
        path = f"/notes/{made['noteid']}"
        assert api("POST", "/notes", json=made).status_code == 201
        assert api("GET", path).json()["note"] == "my first note"
        changed = {"title": "Two", "note": "changed", "tags": [], "pinned": True}
        assert api("PUT", path, version=1, json=changed).json()["version"] == 2
        assert api("PUT", path, version=1, json={**changed, "note": "x"}).status_code == 412
        assert made["noteid"] in [one["noteid"] for one in api("GET", "/notes").json()["notes"]]
        assert api("GET", "/notes", params={"q": "changed"}).json()["notes"]
        assert api("DELETE", path).status_code == 200
        assert api("POST", f"{path}/restore").status_code == 200
        assert api("DELETE", path).status_code == 200
        assert api("DELETE", path, params={"permanent": "true"}).status_code == 200
        assert api("GET", path).status_code == 404

    def test_the_largest_text_comes_back_byte_for_byte(self, api):
        made = note(note="ß☃" * 60_000)
        assert api("POST", "/notes", json=made).status_code == 201
        assert api("GET", f"/notes/{made['noteid']}").json()["note"] == made["note"]

    def test_notes_are_their_owners(self, api, notes_devcloud):
        made = note()
        api("POST", "/notes", json=made)
        admin = Api(
            notes_devcloud,
            sign_in(notes_devcloud, "admin@example.com", "Admin-passw0rd!")["id_token"],
        )
        assert admin("GET", f"/notes/{made['noteid']}").status_code == 404

    @pytest.mark.parametrize(
        "body", [{}, {"noteid": "a"}, {"noteid": "../x", "note": ""}, {**note(), "owner": "me"}]
    )
    def test_the_gateway_refuses_what_breaks_the_model(self, api, body):
        answer = api("POST", "/notes", json=body)
        assert (answer.status_code, answer.text) == (400, '{"message":"Invalid request body"}')

    def test_notes_survive_kill_9(self, start):
        first = start()
        token = sign_in(first)["id_token"]
        made = note()
        assert Api(first, token)("POST", "/notes", json=made).status_code == 201
        first.kill()
        again = start(port=first.port)
        answer = Api(again, token)("GET", f"/notes/{made['noteid']}")
        assert answer.json()["note"] == "my first note"


class AccessTokenTests:
    def test_the_authorizer_takes_access_tokens_instead(self, start):
        devcloud = start(ApiAuthorizer="AccessToken")
        tokens = sign_in(devcloud)
        assert devcloud.environment["NOTES_API_TOKEN"] == "access"
        api = Api(devcloud, tokens["access_token"])
        made = note()
        assert api("POST", "/notes", json=made).status_code == 201
        assert api("GET", f"/notes/{made['noteid']}").status_code == 200
        assert Api(devcloud, tokens["id_token"])("GET", "/notes").status_code == 401


class UserSignInTests:
    def test_it_is_not_there_unless_switched_on(self, notes_devcloud):
        assert Api(notes_devcloud, "")("POST", "/user-sign-in", json={}).status_code == 403

    def test_it_gives_tokens_for_a_password(self, start):
        devcloud = start(UserSignIn="open")
        given = {"username": "demo@example.com", "password": "Demo-passw0rd!"}
        answer = requests.post(f"{devcloud.api}/user-sign-in", json=given, timeout=15).json()
        assert (answer["status"], answer["code"]) == ("success", "10024")
        wrong = {**given, "password": "Wrong-passw0rd!"}
        answer = requests.post(f"{devcloud.api}/user-sign-in", json=wrong, timeout=15).json()
        assert (answer["status"], answer["code"]) == ("failure", "10023")
