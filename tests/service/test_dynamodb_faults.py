"""What the service answers when DynamoDB does not do what was asked."""

import json
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import pytest
from botocore.exceptions import ConnectTimeoutError, EndpointConnectionError, ReadTimeoutError

from service import deadline
from service.dynamodb import _LIMITS
from tests import backend_template
from tests.service.api import Answer, NotesApi
from tests.service.conftest import SlowTime
from tests.service.dynamodb_faults import (
    Fault,
    broken,
    contents,
    done,
    dynamodb,
    first_only,
    refusal,
)

if TYPE_CHECKING:
    from types_boto3_dynamodb.service_resource import Table

pytestmark = pytest.mark.usefixtures("no_pauses")

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
WRITES = ["create", "update", "delete", "delete for good", "restore"]


@pytest.fixture
def before(api: NotesApi, table: "Table", call: str) -> list[dict[str, Any]]:
    """The table's contents: a note on which the call has something to do."""
    api.create()
    if call in ("delete for good", "restore"):
        api.delete()
    return contents(table)


@pytest.mark.parametrize("call", CALLS)
class FaultTests:
    """Whatever the fault, nothing was done: the table is as it was."""

    @pytest.mark.parametrize(
        "code",
        ["ProvisionedThroughputExceededException", "RequestLimitExceeded", "ThrottlingException"],
    )
    def test_throttling_is_429(
        self, api: NotesApi, table: "Table", before: object, call: str, code: str
    ) -> None:
        with dynamodb(refusal(code)):
            answer = CALLS[call](api)
        assert (answer.status, answer.json["code"]) == (429, "Throttled")
        assert answer.headers["Retry-After"] == "1"
        assert contents(table) == before

    @pytest.mark.parametrize(
        ("code", "status"),
        [("InternalFailure", 500), ("InternalServerError", 500), ("ServiceUnavailable", 503)],
    )
    def test_a_fault_of_dynamodb_is_503(
        self, api: NotesApi, table: "Table", before: object, call: str, code: str, status: int
    ) -> None:
        with dynamodb(refusal(code, status)):
            answer = CALLS[call](api)
        assert (answer.status, answer.json["code"]) == (503, "TableUnavailable")
        assert answer.headers["Retry-After"] == "1"
        assert contents(table) == before

    @pytest.mark.parametrize(
        "error", [ConnectTimeoutError, ReadTimeoutError, EndpointConnectionError]
    )
    def test_no_answer_is_503(
        self, api: NotesApi, table: "Table", before: object, call: str, error: type[Exception]
    ) -> None:
        with dynamodb(broken(error)):
            answer = CALLS[call](api)
        assert (answer.status, answer.json["code"]) == (503, "TableUnavailable")
        assert contents(table) == before

    @pytest.mark.parametrize(
        "code", ["AccessDeniedException", "ResourceNotFoundException", "ValidationException"]
    )
    def test_a_mistake_of_ours_is_500_and_says_nothing(
        self,
        api: NotesApi,
        table: "Table",
        before: object,
        call: str,
        code: str,
        capsys: pytest.CaptureFixture[str],
    ) -> None:
        with dynamodb(refusal(code)):
            answer = CALLS[call](api)
        assert (answer.status, answer.json["code"]) == (500, "ServiceError")
        assert "secret" not in json.dumps(answer.json) + capsys.readouterr().out
        assert contents(table) == before


class FullCollectionTests:
    def test_it_says_what_to_do(self, api: NotesApi, table: "Table") -> None:
        with dynamodb(refusal("ItemCollectionSizeLimitExceededException")):
            answer = api.create()
        assert (answer.status, answer.json["code"]) == (400, "NotesFull")
        assert "Delete some" in answer.json["message"]
        assert contents(table) == []


class RetryTests:
    @pytest.mark.parametrize(
        "fault", [refusal("ThrottlingException"), broken(ReadTimeoutError)], ids=["429", "503"]
    )
    def test_it_tries_twice(
        self,
        api: NotesApi,
        fresh_table: object,
        fault: Fault,
    ) -> None:
        with dynamodb(fault) as asked:
            api.get()
        assert asked == ["GetItem", "GetItem"]

    def test_all_tries_end_before_the_function_does(self) -> None:
        longest_pause = 1
        limits: Any = _LIMITS
        tries = limits.retries["total_max_attempts"]
        longest = tries * (limits.connect_timeout + limits.read_timeout) + longest_pause
        assert (
            deadline.SECONDS_PER_REQUEST + longest
            < backend_template.properties("NotesFunction")["Timeout"]
        )

    @pytest.mark.parametrize("each", [0.5, 0.7, 1.9])
    @pytest.mark.parametrize("call", CALLS)
    def test_no_call_begins_after_the_deadline(
        self, api: NotesApi, slow: SlowTime, call: str, each: float
    ) -> None:
        for number in range(60):
            api.create(f"n{number}")
        slow.passed, slow.each = 0, each
        slow.begun.clear()
        CALLS[call](api)
        assert slow.begun and max(slow.begun) <= deadline.SECONDS_PER_REQUEST


@pytest.mark.parametrize(
    "fault",
    [done(broken(ReadTimeoutError)), done(refusal("InternalServerError", 500))],
    ids=["no answer", "500"],
)
@pytest.mark.parametrize("call", WRITES)
class DoneAllTheSameTests:
    """A write that DynamoDB has done, though it did not say so."""

    def test_the_second_try_finds_it_done(
        self, api: NotesApi, fresh_table: "Table", before: object, call: str, fault: Fault
    ) -> None:
        with dynamodb(first_only(fault)) as asked:
            answer = CALLS[call](api)
        assert answer.status in (200, 201)
        assert len(asked) == 2
        assert contents(fresh_table) != before

    def test_after_two_tries_it_is_503_and_a_repetition_finds_it_done(
        self, api: NotesApi, fresh_table: "Table", before: object, call: str, fault: Fault
    ) -> None:
        with dynamodb(fault):
            answer = CALLS[call](api)
        assert (answer.status, answer.json["code"]) == (503, "TableUnavailable")
        after = contents(fresh_table)
        assert after != before
        assert CALLS[call](api).status in (200, 201)
        assert contents(fresh_table) == after
