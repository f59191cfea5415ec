"""The function's log: one line for each request, which CloudWatch makes metrics of."""

import hashlib
import re
import sys
from typing import Any

import pytest

from service import handler, log, metrics
from tests.builders import proxy_event
from tests.service.api import NotesApi
from tests.service.embedded_metric_format import metrics_in


def logged(capsys: pytest.CaptureFixture[str]) -> list[dict[str, Any]]:
    """What the function has written: each line is valid in the embedded metric format."""
    return [metrics_in(line) for line in capsys.readouterr().out.splitlines()]


def unit_of_milliseconds(line: dict[str, Any]) -> str:
    (directive,) = line["_aws"]["CloudWatchMetrics"]
    (unit,) = [each["Unit"] for each in directive["Metrics"] if each["Name"] == "milliseconds"]
    return str(unit)


class Context:
    """As much of Lambda's as the function looks at."""

    function_name = "notesite-NotesFunction"


class LineTests:
    def test_it_is_one_for_each_request(
        self, api: NotesApi, capsys: pytest.CaptureFixture[str]
    ) -> None:
        api.create()
        (line,) = logged(capsys)
        assert line.pop("_aws")
        assert line.pop("milliseconds") >= 0
        owner = hashlib.sha256(b"5f3c1d1e-0000-4000-8000-00000000000a").hexdigest()[:16]
        assert line == {
            "request_id": "c6af9ac6-7b61-11e6-9a41-93e8deadbeef",
            "function": "unknown",
            "operation": "create_note",
            "owner": owner,
            "status": 201,
            "client_error": 0,
            "server_error": 0,
            "mistake": 0,
        }

    def test_it_names_what_went_wrong(
        self, api: NotesApi, capsys: pytest.CaptureFixture[str]
    ) -> None:
        api.get()
        (line,) = logged(capsys)
        assert (line["status"], line["error"]) == (404, "NoteNotFound")

    def test_it_never_holds_what_a_person_wrote_or_is(
        self, api: NotesApi, capsys: pytest.CaptureFixture[str]
    ) -> None:
        secrets = {"title": "canary-title", "note": "canary-text", "tags": ["canary-tag"]}
        api.claims = {"sub": "canary-sub", "email": "canary@example.com"}
        api.create("canary-id", **secrets)
        api.create("canary-id", note="canary-other")
        api.create("canary-id", **{"canary-field": 1})
        api.update("canary-id", note="canary-new", if_match='"7"')
        api.list(q="canary-query", tag="canary-tag")
        api.list(cursor="canary-cursor")
        api.delete("canary-id")
        api.delete("canary-id", permanent="true")
        written = capsys.readouterr()
        assert written.out.count("\n") == 8
        assert "canary" not in written.out + written.err

    def test_a_mistake_in_a_recursion_does_not_fill_it(
        self,
        api: NotesApi,
        monkeypatch: pytest.MonkeyPatch,
        capsys: pytest.CaptureFixture[str],
    ) -> None:
        def mistaken(*arguments: object) -> None:
            mistaken(*arguments)

        monkeypatch.setattr(handler, "ROUTES", {("GET", "/notes"): mistaken})
        api.list()
        (line,) = logged(capsys)
        assert len(line["trace"]) == log.PLACES < sys.getrecursionlimit()
        assert line["trace"][-1].endswith(" mistaken")


class MetricTests:
    """Alarms and graphs stand on these (infra/backend.yaml)."""

    def test_it_counts_whose_error_it_was(
        self,
        api: NotesApi,
        monkeypatch: pytest.MonkeyPatch,
        capsys: pytest.CaptureFixture[str],
    ) -> None:
        def mistaken(*_: object) -> None:
            raise RuntimeError

        monkeypatch.setattr(handler, "ROUTES", {**handler.ROUTES, ("DELETE", "/notes"): mistaken})
        api.greet()
        api.get()
        api.delete_all()
        counted = [
            (line["client_error"], line["server_error"], line["mistake"]) for line in logged(capsys)
        ]
        assert counted == [(0, 0, 0), (1, 0, 0), (0, 1, 1)]

    def test_the_time_is_in_milliseconds_as_cloudwatch_is_told(
        self, capsys: pytest.CaptureFixture[str]
    ) -> None:
        log.Entry("f", "request-1").write(200, 1.2346)
        (line,) = logged(capsys)
        assert line["milliseconds"] == 1235
        assert unit_of_milliseconds(line) == "Milliseconds"
        line = metrics.sign_in_members(1.2346, is_refused=False)
        assert line["milliseconds"] == 1235
        assert unit_of_milliseconds(line) == "Milliseconds"

    def test_they_are_kept_apart_by_function_and_operation_alone(
        self, api: NotesApi, capsys: pytest.CaptureFixture[str]
    ) -> None:
        """Whatever else became a dimension would be a metric more for each of its values."""
        handler.lambda_handler(proxy_event("GET", "/"), Context())
        handler.lambda_handler(proxy_event("GET", "/elsewhere"), Context())
        greet, unknown = logged(capsys)
        assert (greet["function"], greet["operation"]) == ("notesite-NotesFunction", "greet")
        assert (unknown["function"], unknown["operation"]) == ("notesite-NotesFunction", "unknown")
        (directive,) = greet["_aws"]["CloudWatchMetrics"]
        assert directive["Dimensions"] == [["function"], ["function", "operation"]]
        assert {metric["Name"] for metric in directive["Metrics"]} == set(metrics.REQUEST_METRICS)

    def test_the_operations_are_no_more_than_the_contracts(self) -> None:
        names = {operation.__name__ for operation in handler.ROUTES.values()}
        assert len(names) == len(handler.ROUTES)
        assert all(re.fullmatch("[a-z_]+", name) for name in names)
        assert "unknown" not in names
