"""What is no id is refused before the table is asked, whatever one wants to do with it."""

import http.client
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


class StageTests:
    def test_none_of_them_leads_to_another_operation(
        self, tmp_path_factory: pytest.TempPathFactory
    ) -> None:
        """As the path of a request, with every sign encoded."""
        devcloud = Devcloud(tmp_path_factory.mktemp("hostile"), ThrottlingRate="10000")
        try:
            token = sign_in(devcloud)["id_token"]
            address = urlsplit(devcloud.api)
            with closing(http.client.HTTPConnection(address.netloc, timeout=15)) as connection:
                for noteid in filter(None, HOSTILE_IDS):
                    encoded = quote(noteid.encode("utf-8", "surrogatepass"), safe="")
                    path = f"{address.path}/notes/{encoded}"
                    connection.request("DELETE", path, headers={"Authorization": token})
                    answer = connection.getresponse()
                    answer.read()
                    assert answer.status in (403, 404, 414), noteid
            log = (devcloud.data_dir / "logs" / "NotesFunction.log").read_text()
        finally:
            devcloud.stop()
        done = [(line["operation"], line["status"]) for line in map(metrics_in, log.splitlines())]
        assert set(done) == {("delete_note", 404)}
        assert len(done) > 150
