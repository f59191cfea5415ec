"""What the service answers when DynamoDB does not do what was asked."""

import json
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

import pytest
from botocore.awsrequest import AWSRequest, AWSResponse
from botocore.exceptions import ConnectTimeoutError, EndpointConnectionError, ReadTimeoutError

from service import deletion, listing
from service.dynamodb import _LIMITS, notes_table
from service.store import NotesStore
from tests import backend_template
from tests.service.api import Answer, NotesApi

if TYPE_CHECKING:
    from types_boto3_dynamodb.service_resource import Table

CALLS: dict[str, Callable[[NotesApi], Answer]] = {
    "list": lambda api: api.list(),
    "search": lambda api: api.list(q="x"),
    "create": lambda api: api.create("another"),
    "get": lambda api: api.get(),
    "update": lambda api: api.update(),
    "delete": lambda api: api.delete(),
    "delete for good": lambda api: api.delete(permanent="true"),
    "delete all": lambda api: api.delete_all(),
    "restore": lambda api: api.restore(),
}


class _Body:
    def __init__(self, content: bytes) -> None:
        self._content = content

    def stream(self) -> Iterator[bytes]:
        yield self._content


def refusal(code: str, status: int = 400) -> Callable[[AWSRequest], AWSResponse]:
    """An error answer of DynamoDB."""

    def answer(request: AWSRequest) -> AWSResponse:
        kind = f"com.amazonaws.dynamodb.v20120810#{code}"
        body = json.dumps({"__type": kind, "message": "a secret of DynamoDB"}).encode()
        return AWSResponse(request.url, status, {}, _Body(body))

    return answer


def broken(error: type[Exception]) -> Callable[[AWSRequest], AWSResponse]:
    """A connection that fails."""

    def answer(request: AWSRequest) -> AWSResponse:
        raise error(endpoint_url=request.url, error="")

    return answer


@contextmanager
def dynamodb(table: "Table", answer: Callable[[AWSRequest], Any]) -> Iterator[list[str]]:
    """Every request is answered so; gives the operations that were asked for."""
    asked: list[str] = []

    def before_send(request: AWSRequest, **_: Any) -> Any:
        asked.append(request.headers["X-Amz-Target"].decode().partition(".")[2])
        return answer(request)

    events = table.meta.client.meta.events
    events.register_first("before-send.dynamodb", before_send)
    try:
        yield asked
    finally:
        events.unregister("before-send.dynamodb", before_send)


@pytest.fixture(autouse=True)
def _no_pauses(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("botocore.endpoint.time.sleep", lambda seconds: None)


@pytest.mark.parametrize("call", CALLS)
class FaultTests:
    @pytest.mark.parametrize(
        "code",
        ["ProvisionedThroughputExceededException", "RequestLimitExceeded", "ThrottlingException"],
    )
    def test_throttling_is_429(self, api: NotesApi, table: "Table", call: str, code: str) -> None:
        with dynamodb(table, refusal(code)):
            answer = CALLS[call](api)
        assert (answer.status, answer.json["code"]) == (429, "Throttled")
        assert answer.headers["Retry-After"] == "1"

    @pytest.mark.parametrize(
        ("code", "status"), [("InternalServerError", 500), ("ServiceUnavailable", 503)]
    )
    def test_a_fault_of_dynamodb_is_503(
        self, api: NotesApi, table: "Table", call: str, code: str, status: int
    ) -> None:
        with dynamodb(table, refusal(code, status)):
            answer = CALLS[call](api)
        assert (answer.status, answer.json["code"]) == (503, "TableUnavailable")
        assert answer.headers["Retry-After"] == "1"

    @pytest.mark.parametrize(
        "error", [ConnectTimeoutError, ReadTimeoutError, EndpointConnectionError]
    )
    def test_no_answer_is_503(
        self, api: NotesApi, table: "Table", call: str, error: type[Exception]
    ) -> None:
        with dynamodb(table, broken(error)):
            answer = CALLS[call](api)
        assert (answer.status, answer.json["code"]) == (503, "TableUnavailable")

    @pytest.mark.parametrize(
        "code", ["AccessDeniedException", "ResourceNotFoundException", "ValidationException"]
    )
    def test_a_mistake_of_ours_is_500_and_says_nothing(
        self,
        api: NotesApi,
        table: "Table",
        call: str,
        code: str,
        capsys: pytest.CaptureFixture[str],
    ) -> None:
        with dynamodb(table, refusal(code)):
            answer = CALLS[call](api)
        assert (answer.status, answer.json["code"]) == (500, "ServiceError")
        assert "secret" not in json.dumps(answer.json) + capsys.readouterr().out


@pytest.fixture
def fresh_table(table: "Table", store: NotesStore, monkeypatch: pytest.MonkeyPatch) -> "Table":
    """The same table through a new connection: one that has seen many faults stops retrying."""
    fresh = notes_table(table.name)
    monkeypatch.setattr(store, "_table", fresh)
    return fresh


class FullCollectionTests:
    def test_it_says_what_to_do(self, api: NotesApi, table: "Table") -> None:
        with dynamodb(table, refusal("ItemCollectionSizeLimitExceededException")):
            answer = api.create()
        assert (answer.status, answer.json["code"]) == (400, "NotesFull")
        assert "Delete some" in answer.json["message"]


class RetryTests:
    @pytest.mark.parametrize(
        "fault", [refusal("ThrottlingException"), broken(ReadTimeoutError)], ids=["429", "503"]
    )
    def test_it_tries_twice(
        self,
        api: NotesApi,
        fresh_table: "Table",
        fault: Callable[[AWSRequest], Any],
    ) -> None:
        with dynamodb(fresh_table, fault) as asked:
            api.get()
        assert asked == ["GetItem", "GetItem"]

    def test_all_tries_end_before_the_function_does(self) -> None:
        longest_pause = 1
        limits: Any = _LIMITS
        tries = limits.retries["total_max_attempts"]
        longest = tries * (limits.connect_timeout + limits.read_timeout) + longest_pause
        begun = max(listing.SECONDS_PER_REQUEST, deletion.SECONDS_PER_REQUEST)
        assert (
            begun + sum(listing.PAUSES) + longest
            < backend_template.properties("NotesFunction")["Timeout"]
        )

    @pytest.mark.parametrize("call", ["create", "update", "delete", "restore"])
    def test_a_write_that_was_done_though_its_answer_was_lost_is_a_success(
        self, api: NotesApi, fresh_table: "Table", call: str
    ) -> None:
        api.create()
        if call == "restore":
            api.delete()
        tries = iter(range(3))

        def lose_the_first_answer(request: AWSRequest) -> None:
            if next(tries) == 0:
                CALLS[call](api)
                raise ReadTimeoutError(endpoint_url=request.url, error="")

        with dynamodb(fresh_table, lose_the_first_answer) as asked:
            answer = CALLS[call](api)
        assert answer.status in (200, 201)
        assert len(asked) == 3


def refused_from(number: int, fault: Callable[[AWSRequest], Any]) -> Callable[[AWSRequest], Any]:
    """That fault for the request of that number and all after it."""
    asked = iter(range(1, 1000))
    return lambda request: fault(request) if next(asked) >= number else None


FAULTS = {
    "throttled": refusal("ThrottlingException"),
    "not reached": broken(ReadTimeoutError),
}


@pytest.mark.parametrize("fault", FAULTS.values(), ids=FAULTS)
class ProgressTests:
    """Where a request that does much is stopped, what it has done is not in vain."""

    @pytest.mark.parametrize("stopped_at", [3, 4])  # at the index, at the texts
    def test_a_search_goes_on_from_where_it_was_stopped(
        self,
        api: NotesApi,
        fresh_table: "Table",
        monkeypatch: pytest.MonkeyPatch,
        fault: Callable[[AWSRequest], Any],
        stopped_at: int,
    ) -> None:
        monkeypatch.setattr(listing, "BATCH", 2)
        for number in range(5):
            api.create(f"n{number}")
        with dynamodb(fresh_table, refused_from(stopped_at, fault)):
            stopped = api.list(q="first").json
        assert [note["noteid"] for note in stopped["notes"]] == ["n4", "n3"]
        rest = api.list(q="first", cursor=stopped["cursor"]).json
        assert [note["noteid"] for note in rest["notes"]] == ["n2", "n1", "n0"]
        assert rest["cursor"] is None

    def test_a_deletion_of_all_says_what_it_did(
        self,
        api: NotesApi,
        fresh_table: "Table",
        monkeypatch: pytest.MonkeyPatch,
        fault: Callable[[AWSRequest], Any],
    ) -> None:
        monkeypatch.setattr(deletion, "BATCH", 2)
        for number in range(5):
            api.create(f"n{number}")
        with dynamodb(fresh_table, refused_from(3, fault)):
            stopped = api.delete_all().json
        assert (stopped["deleted"], stopped["remaining"]) == (2, True)
        assert api.delete_all().json["remaining"] is False
        assert api.list().json["notes"] == []


class SearchFaultTests:
    def test_texts_that_dynamodb_left_out_are_asked_for_again(
        self, api: NotesApi, table: "Table", monkeypatch: pytest.MonkeyPatch
    ) -> None:
        for noteid in ("a", "b", "c"):
            api.create(noteid)
        _answer_one_key_at_a_time(table, monkeypatch)
        assert len(api.list(q="first").json["notes"]) == 3

    def test_it_gives_up_when_they_stay_out_longer_and_longer(
        self, api: NotesApi, table: "Table", monkeypatch: pytest.MonkeyPatch
    ) -> None:
        waited: list[float] = []
        monkeypatch.setattr("service.listing.time.sleep", waited.append)
        for noteid in ("a", "b", "c", "d"):
            api.create(noteid)
        _answer_one_key_at_a_time(table, monkeypatch)
        assert api.list(q="first").json["code"] == "Throttled"
        assert waited == list(listing.PAUSES) == sorted(set(listing.PAUSES))

    def test_a_note_deleted_between_the_two_reads_is_not_found(
        self, api: NotesApi, table: "Table", monkeypatch: pytest.MonkeyPatch
    ) -> None:
        api.create("a")
        api.create("b")
        read = table.meta.client.batch_get_item

        def after_deleting(**arguments: Any) -> Any:
            table.delete_item(Key={"userId": api.owner, "noteId": "a"})
            return read(**arguments)

        monkeypatch.setattr(table.meta.client, "batch_get_item", after_deleting)
        assert [note["noteid"] for note in api.list(q="first").json["notes"]] == ["b"]


def _answer_one_key_at_a_time(table: "Table", monkeypatch: pytest.MonkeyPatch) -> None:
    read = table.meta.client.batch_get_item

    def one_key(RequestItems: Any) -> Any:
        wanted = RequestItems["Notes"]
        first, *others = wanted["Keys"]
        answer = read(RequestItems={"Notes": {**wanted, "Keys": [first]}})
        left = {"Notes": {**wanted, "Keys": others}} if others else {}
        return {**answer, "UnprocessedKeys": left}

    monkeypatch.setattr(table.meta.client, "batch_get_item", one_key)
