"""What is no id is refused before the table is asked, whatever one wants to do with it."""

import http.client
import json
import re
from collections.abc import Callable, Iterator
from contextlib import closing
from typing import TYPE_CHECKING
from urllib.parse import quote, urlsplit

import pytest

from service.validation import is_noteid
from tests.devcloud.running import Devcloud
from tests.devcloud.sign_in import sign_in
from tests.service.api import Answer, NotesApi
from tests.service.embedded_metric_format import metrics_in
from tests.service.hostile_ids import HOSTILE_IDS

if TYPE_CHECKING:
    from types_boto3_dynamodb.service_resource import Table

CALLS: dict[str, Callable[[NotesApi, str], Answer]] = {
    "get": lambda api, noteid: api.get(noteid),
    "update": lambda api, noteid: api.update(noteid),
    "delete": lambda api, noteid: api.delete(noteid),
    "delete for good": lambda api, noteid: api.delete(noteid, permanent="true"),
    "restore": lambda api, noteid: api.restore(noteid),
}


@pytest.fixture
def no_table(table: "Table", monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Any request to DynamoDB fails the test."""

    def asked(*arguments: object, **_: object) -> None:
        raise AssertionError(f"DynamoDB was asked: {arguments}")

    with monkeypatch.context() as patch:
        patch.setattr(table.meta.client, "_make_api_call", asked)
        yield


class RefusalTests:
    def test_there_are_enough_of_them(self) -> None:
        assert len(HOSTILE_IDS) >= 200
        assert not [noteid for noteid in HOSTILE_IDS if is_noteid(noteid)]

    @pytest.mark.usefixtures("no_table")
    @pytest.mark.parametrize("call", CALLS)
    def test_none_of_them_is_known(self, api: NotesApi, call: str) -> None:
        for noteid in HOSTILE_IDS:
            answer = CALLS[call](api, noteid)
            assert (answer.status, answer.json["code"]) == (404, "NoteNotFound"), noteid

    @pytest.mark.usefixtures("no_table")
    def test_none_of_them_can_be_taken(self, api: NotesApi) -> None:
        for noteid in HOSTILE_IDS:
            answer = api.create(noteid)
            assert (answer.status, set(answer.json["fields"])) == (400, {"noteid"}), noteid


VERBS = [
    ("GET", ""),
    ("PUT", ""),
    ("DELETE", ""),
    ("DELETE", "?permanent=true"),
    ("POST", "/restore"),
]
BODY = json.dumps({"title": "", "note": "overwritten", "tags": [], "pinned": False})
# What the stage, or HTTP itself, says to what is no id or no request at all.
REFUSALS = {400, 403, 404, 414, 431}


def encoded(noteid: str) -> str:
    """Every sign of it percent-encoded."""
    return quote(noteid.encode("utf-8", "surrogatepass"), safe="")


def raw(noteid: str) -> str:
    """As it is; a path of HTTP/1.1 is in bytes, and ends at white space."""
    return noteid.encode("utf-8", "surrogatepass").decode("latin-1")


def is_an_address_of_a_note(noteid: str) -> bool:
    """As it is, ``note1/`` or ``note1?permanent=true`` is the address of ``note1``, and no id."""
    return is_noteid(re.split("[?#]", noteid)[0].strip("/"))


class RawConnection(http.client.HTTPConnection):
    """Sends whatever it is given as a path, as somebody who attacks would."""

    def _validate_path(self, url: str) -> None:
        """Takes it."""

    def _encode_request(self, request: str) -> bytes:
        return request.encode("latin-1")


@pytest.fixture(scope="module")
def devcloud(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Devcloud]:
    running = Devcloud(
        tmp_path_factory.mktemp("hostile"), ThrottlingRate="10000", ThrottlingBurst="5000"
    )
    yield running
    running.stop()


class StageTests:
    """As the path of a request: nothing outside /notes/{noteid} is called, and nothing is done."""

    @pytest.mark.parametrize("form", [encoded, raw])
    def test_none_of_them_leads_to_another_operation(
        self, devcloud: Devcloud, form: Callable[[str], str]
    ) -> None:
        token = sign_in(devcloud)["id_token"]
        address = urlsplit(devcloud.api)
        log = devcloud.data_dir / "logs" / "NotesFunction.log"
        before = len(log.read_text()) if log.exists() else 0
        headers = {"Authorization": token, "If-Match": '"1"', "Content-Type": "application/json"}
        for noteid in filter(None, HOSTILE_IDS):
            if form is raw and is_an_address_of_a_note(noteid):
                continue
            for method, rest in VERBS:
                # What is left of a request that was none would be read as the next one.
                with closing(RawConnection(address.netloc, timeout=15)) as connection:
                    path = f"{address.path}/notes/{form(noteid)}{rest}"
                    body = BODY if method == "PUT" else None
                    connection.request(method, path, body=body, headers=headers)
                    status = connection.getresponse().status
                assert status in REFUSALS, (method, noteid)
        lines = [metrics_in(line) for line in log.read_text()[before:].splitlines()]
        assert {line["operation"] for line in lines} <= {
            "get_note",
            "update_note",
            "delete_note",
            "restore_note",
        }
        assert {line["status"] for line in lines} == {404}
        assert len(lines) > 100
