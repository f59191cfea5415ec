"""The notes function behind a caller that holds every answer against the contract."""

import json
from base64 import b64encode
from dataclasses import dataclass
from typing import Any

from service.handler import lambda_handler
from tests.builders import proxy_event
from tests.contract import assert_keeps_contract


@dataclass
class Answer:
    status: int
    headers: dict[str, str]
    json: Any


class NotesApi:
    """Calls as one person; ``as_person`` gives another one."""

    def __init__(self, **claims: Any) -> None:
        self.claims = claims

    @property
    def owner(self) -> str:
        """Whose notes these are in the table."""
        owner: str = proxy_event("GET", "/", claims=self.claims)["requestContext"]["authorizer"][
            "claims"
        ]["sub"]
        return owner

    def as_person(self, sub: str) -> "NotesApi":
        return NotesApi(sub=sub)

    def call(
        self, method: str, resource: str, *, is_base64: bool = False, **details: Any
    ) -> Answer:
        event = proxy_event(method, resource, claims=self.claims, **details)
        event["isBase64Encoded"] = is_base64
        response = lambda_handler(event, context=None)
        assert set(response) == {"statusCode", "headers", "body", "isBase64Encoded"}
        assert response["headers"]["Content-Type"] == "application/json"
        assert response["headers"]["Cache-Control"] == "no-store"
        status = response["statusCode"]
        assert_keeps_contract(method, resource, status, response["headers"], response["body"])
        body = json.loads(response["body"])
        if status >= 400:
            assert {"message", "code", "requestId"} <= set(body)
        return Answer(status, response["headers"], body)

    def call_base64(self, body: bytes) -> Answer:
        return self.call("POST", "/notes", body=b64encode(body).decode(), is_base64=True)

    def greet(self) -> Answer:
        return self.call("GET", "/")

    def list(self, **query: str) -> Answer:
        return self.call("GET", "/notes", query=query)

    def create(self, noteid: str = "note1", note: str = "my first note", **fields: Any) -> Answer:
        return self.call("POST", "/notes", body={"noteid": noteid, "note": note, **fields})

    def get(self, noteid: str = "note1") -> Answer:
        return self.call("GET", "/notes/{noteid}", noteid=noteid)

    def update(self, noteid: str = "note1", if_match: str | None = '"1"', **fields: Any) -> Answer:
        content = {"title": "", "note": "my second text", "tags": [], "pinned": False, **fields}
        return self.call(
            "PUT", "/notes/{noteid}", noteid=noteid, body=content, headers=_if_match(if_match)
        )

    def delete(self, noteid: str = "note1", if_match: str | None = None, **query: str) -> Answer:
        return self.call(
            "DELETE", "/notes/{noteid}", noteid=noteid, query=query, headers=_if_match(if_match)
        )

    def delete_all(self, confirm: str = "all") -> Answer:
        return self.call("DELETE", "/notes", query={"confirm": confirm})

    def restore(self, noteid: str = "note1") -> Answer:
        return self.call("POST", "/notes/{noteid}/restore", noteid=noteid)


def _if_match(value: str | None) -> dict[str, str]:
    return {} if value is None else {"If-Match": value}
