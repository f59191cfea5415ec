"""The greeting."""

from tests.service.api import NotesApi


class GreetTests:
    def test_it_names_the_person_and_their_address(self, api: NotesApi) -> None:
        api.claims = {"cognito:username": "ada", "email": "ada@example.com"}
        answer = api.greet()
        assert answer.status == 200
        assert answer.json == {"message": "Hello, ada with email ada@example.com!"}

    def test_it_copes_without_an_address(self, api: NotesApi) -> None:
        api.claims = {"cognito:username": "Google_123", "email": None}
        assert api.greet().json == {"message": "Hello, Google_123!"}
