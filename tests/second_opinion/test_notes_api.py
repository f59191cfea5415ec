"""The notes API as everybody calls it, through authorizer, validation and function."""

import secrets

import pytest

from tests.second_opinion.conftest import ALICE, BOB
from tests.second_opinion.running_stack import Api

MISSING_TOKEN = {"message": "Missing Authentication Token"}


def note(**changes):
    return {"noteid": secrets.token_hex(8), "note": "my first note", **changes}


@pytest.fixture(scope="module")
def api(stack, tokens):
    return Api(stack, tokens["id_token"])


@pytest.fixture
def made(api):
    """A note that is there."""
    body = note(title="One", tags=["red"])
    assert api("POST", "/notes", json=body).status_code == 201
    return body


def changed(**changes):
    return {"title": "Two", "note": "changed", "tags": [], "pinned": False, **changes}


class AuthorizerTests:
    def test_no_token_is_401(self, stack):
        answer = Api(stack)("GET", "/notes")
        assert (answer.status_code, answer.json()) == (401, {"message": "Unauthorized"})
        assert answer.headers["x-amzn-ErrorType"] == "UnauthorizedException"
        assert answer.headers["Content-Type"] == "application/json"

    def test_an_error_of_the_gateway_has_both_ids(self, stack):
        answer = Api(stack)("GET", "/notes")
        assert answer.headers["x-amzn-RequestId"]
        assert answer.headers["x-amz-apigw-id"]

    def test_an_answer_of_the_function_has_both_ids(self, api):
        answer = api("GET", "/notes")
        assert answer.headers["x-amzn-RequestId"]
        assert answer.headers["x-amz-apigw-id"]

    def test_garbage_is_401(self, stack):
        assert Api(stack, "garbage")("GET", "/notes").status_code == 401

    def test_a_forged_token_is_401(self, stack, tokens):
        header, payload, signature = tokens["id_token"].split(".")
        forged = f"{header}.{payload}.{signature[:-8]}AAAAAAAA"
        assert Api(stack, forged)("GET", "/notes").status_code == 401

    def test_an_expired_token_is_401_and_said_to_be(self, stack):
        expired = stack.expired_tokens(stack, ALICE)["id_token"]
        answer = Api(stack, expired)("GET", "/notes")
        assert answer.status_code == 401
        assert answer.json() == {"message": "The incoming token has expired"}

    def test_the_id_token_is_taken_as_it_is_and_as_bearer(self, stack, tokens):
        for value in (tokens["id_token"], f"Bearer {tokens['id_token']}"):
            assert Api(stack, value)("GET", "/notes").status_code == 200

    def test_an_access_token_is_401_where_a_method_has_no_scopes(self, stack, tokens):
        answer = Api(stack, tokens["access_token"])("GET", "/notes")
        assert (answer.status_code, answer.json()) == (401, {"message": "Unauthorized"})

    def test_an_unknown_path_is_403(self, api):
        answer = api("GET", "/nothing")
        assert (answer.status_code, answer.json()) == (403, MISSING_TOKEN)
        assert answer.headers["x-amzn-ErrorType"] == "MissingAuthenticationTokenException"

    def test_an_unknown_method_is_403(self, api):
        answer = api("PATCH", "/notes")
        assert (answer.status_code, answer.json()) == (403, MISSING_TOKEN)

    def test_what_the_template_leaves_out_is_403(self, api):
        answer = api("POST", "/user-sign-in", json={})
        assert (answer.status_code, answer.json()) == (403, MISSING_TOKEN)

    def test_a_slash_at_the_end_does_not_count(self, api):
        assert api("GET", "/notes/").status_code == 200


class ValidationTests:
    @pytest.mark.parametrize(
        "body",
        [
            {"noteid": "a"},
            {"noteid": "../x", "note": ""},
            {"noteid": "a", "note": "", "owner": "me"},
            {"noteid": "a", "note": 1},
            {"noteid": "a", "note": "", "title": "x" * 201},
            [],
        ],
        ids=["lacking", "pattern", "additional", "type", "too long", "array"],
    )
    def test_what_breaks_the_model_is_400(self, api, body):
        answer = api("POST", "/notes", json=body)
        assert (answer.status_code, answer.json()) == (400, {"message": "Invalid request body"})

    def test_no_json_is_400(self, api):
        answer = api("POST", "/notes", data="{", headers={"Content-Type": "application/json"})
        assert (answer.status_code, answer.json()) == (400, {"message": "Invalid request body"})

    def test_an_empty_body_is_validated_too(self, api):
        answer = api("POST", "/notes", headers={"Content-Type": "application/json"})
        assert (answer.status_code, answer.json()) == (400, {"message": "Invalid request body"})

    @pytest.mark.parametrize("query", ["", "?confirm=", "?confirm"])
    def test_a_required_parameter_that_is_missing_or_blank_is_400(self, api, query):
        answer = api("DELETE", f"/notes{query}")
        message = "Missing required request parameters: [confirm]"
        assert (answer.status_code, answer.json()) == (400, {"message": message})

    def test_an_error_of_the_validator_names_its_type(self, api):
        answer = api("POST", "/notes", json={})
        assert answer.headers["x-amzn-ErrorType"] == "BadRequestException"

    def test_more_than_10_mb_is_413(self, api):
        assert api("POST", "/notes", json=note(note="x" * 11_000_000)).status_code == 413


class FunctionTests:
    def test_the_claims_reach_the_function(self, api):
        greeting = api("GET", "/").json()["message"]
        assert greeting.startswith("Hello, ")
        assert greeting.endswith(f" with email {ALICE}!")

    def test_a_note_is_made_once(self, api, made):
        again = api("POST", "/notes", json=made)
        assert again.status_code == 201
        assert again.json()["version"] == 1
        assert api("POST", "/notes", json={**made, "note": "other"}).status_code == 409

    def test_a_note_is_read(self, api, made):
        answer = api("GET", f"/notes/{made['noteid']}")
        assert answer.status_code == 200
        assert answer.headers["ETag"] == '"1"'
        assert answer.json()["note"] == made["note"]
        assert answer.json()["tags"] == ["red"]

    def test_a_note_that_is_not_there_is_404(self, api):
        answer = api("GET", "/notes/nothing")
        assert answer.status_code == 404
        assert answer.json()["message"] == "Note not found"

    def test_a_change_wants_the_version_it_began_with(self, api, made):
        path = f"/notes/{made['noteid']}"
        assert api("PUT", path, json=changed()).status_code == 428
        assert api("PUT", path, version=1, json=changed()).json()["version"] == 2
        refused = api("PUT", path, version=1, json=changed(note="mine"))
        assert refused.status_code == 412
        assert refused.json()["current"]["version"] == 2

    def test_a_note_goes_to_the_trash_and_comes_back(self, api, made):
        path = f"/notes/{made['noteid']}"
        assert api("DELETE", path).status_code == 200
        trash = api("GET", "/notes", params={"view": "trash"}).json()["notes"]
        assert made["noteid"] in [one["noteid"] for one in trash]
        assert api("POST", f"{path}/restore").status_code == 200
        assert api("DELETE", path).status_code == 200
        assert api("DELETE", path, params={"permanent": "true"}).status_code == 200
        assert api("GET", path).status_code == 404

    def test_the_largest_text_comes_back_byte_for_byte(self, api):
        body = note(note="ß☃" * 60_000)
        assert api("POST", "/notes", json=body).status_code == 201
        assert api("GET", f"/notes/{body['noteid']}").json()["note"] == body["note"]

    def test_lists_come_in_pages_with_what_is_pinned_on_top(self, stack):
        bob = Api(stack, stack.sign_in(BOB)["id_token"])
        for number in range(5):
            bob("POST", "/notes", json=note(title=str(number), pinned=number == 1))
        seen, cursor = [], None
        while True:
            page = bob("GET", "/notes", params={"limit": 2, "cursor": cursor}).json()
            seen += [one["title"] for one in page["notes"]]
            cursor = page["cursor"]
            if cursor is None:
                break
        assert seen == ["1", "4", "3", "2", "0"]

    def test_a_search_finds_text_and_tag(self, api, made):
        word = secrets.token_hex(8)
        api("PUT", f"/notes/{made['noteid']}", version=1, json=changed(note=word, tags=["blue"]))
        for query in ({"q": word}, {"q": word, "tag": "blue"}):
            found = api("GET", "/notes", params=query).json()["notes"]
            assert [one["noteid"] for one in found] == [made["noteid"]]
        assert api("GET", "/notes", params={"q": word, "tag": "red"}).json()["notes"] == []

    def test_notes_are_their_owners(self, stack, made):
        bob = Api(stack, stack.sign_in(BOB)["id_token"])
        assert bob("GET", f"/notes/{made['noteid']}").status_code == 404
