"""What the service answers when DynamoDB does not do what was asked."""

import json
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import pytest
from botocore.awsrequest import AWSRequest
from botocore.exceptions import ConnectTimeoutError, EndpointConnectionError, ReadTimeoutError

from service import deadline
from service.dynamodb import _LIMITS
from tests import backend_template
from tests.service.api import Answer, NotesApi
from tests.service.conftest import SlowTime
from tests.service.dynamodb_faults import broken, dynamodb, refusal

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

    @pytest.mark.parametrize("call", ["create", "update", "delete", "delete for good", "restore"])
    def test_a_write_that_was_done_though_its_answer_was_lost_is_a_success(
        self, api: NotesApi, fresh_table: "Table", call: str
    ) -> None:
        api.create()
        if call in ("delete for good", "restore"):
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
