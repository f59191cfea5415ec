"""What the stage answers by itself: routes, validation, limits, failures of the function."""

import http.client
import json
import time
from concurrent.futures import ThreadPoolExecutor

import pytest
import requests

from tests.contract import assert_keeps_contract

SERVER_ERROR = '{"message": "Internal server error"}'.replace(" ", "", 1)
VALID = {"headers": {"X-Needed": "yes"}, "params": {"needed": "yes"}, "json": {"name": "ada"}}


def call(echo, method, path, **arguments):
    return requests.request(method, echo.api + path, timeout=20, **arguments)


def result(echo, value, **headers):
    """What the stage makes of a function's result."""
    return call(echo, "POST", "/result", data=json.dumps(value), headers=headers)


class RoutingTests:
    @pytest.mark.parametrize(
        ("method", "path"),
        [
            ("GET", "/nowhere"),
            ("PUT", "/open"),
            ("GET", "/things"),
            ("GET", "/things/a/b"),
            ("GET", "/things//"),
            ("HEAD", "/open"),
            ("GET", "//open"),
            ("GET", "open"),
            ("GET", "s/open"),
            *((method, "/open") for method in ("PROPFIND", "TRACE", "FOO")),
        ],
    )
    def test_an_unknown_path_or_method_is_403(self, echo, method, path):
        answer = call(echo, method, path)
        assert answer.status_code == 403
        assert answer.headers["x-amzn-ErrorType"] == "MissingAuthenticationTokenException"
        if method != "HEAD":
            assert answer.text == '{"message":"Missing Authentication Token"}'

    @pytest.mark.parametrize("stage", ["other", "testopen", "Test", "", "test%2Fopen"])
    def test_another_stage_is_403(self, echo, stage):
        answer = requests.get(f"{echo.base}/execute-api/{stage}/open", timeout=5)
        assert (answer.status_code, answer.text) == (
            403,
            '{"message":"Missing Authentication Token"}',
        )

    def test_a_slash_at_the_end_does_not_count(self, echo):
        assert call(echo, "GET", "/open/").status_code == 200
        assert call(echo, "GET", "").status_code == 200

    def test_a_literal_segment_goes_before_a_parameter(self, echo, tokens):
        headers = {"Authorization": tokens["id_token"]}
        event = call(echo, "GET", "/things/mine", headers=headers).json()["event"]
        assert event["resource"] == "/things/mine"

    def test_path_parameters_are_decoded_and_stay_one_segment(self, echo, tokens):
        headers = {"Authorization": tokens["id_token"]}
        event = call(echo, "GET", "/things/a%2Fb%20%C3%A9", headers=headers).json()["event"]
        assert event["pathParameters"] == {"thing": "a/b é"}
        assert event["path"] == "/things/a%2Fb%20%C3%A9"

    @pytest.mark.parametrize(
        "path",
        [
            *(
                "/%ff",
                "/%00",
                "//open",
                "/open//",
                "/..%2fopen",
                "/open/%2e%2e/open",
                "/open;a=1",
                "/things/a%0A",
            ),
            *("/things/", "/{thing}", "/things/%", "/open?%ff=%fe&=&&a", "/open?a=%00"),
        ],
    )
    def test_an_odd_address_gets_an_answer_of_the_gateway(self, echo, path):
        connection = http.client.HTTPConnection("127.0.0.1", echo.port, timeout=10)
        connection.request("GET", f"/execute-api/test{path}")
        answer = connection.getresponse()
        assert answer.status in (200, 403, 401)
        assert answer.headers["x-amzn-RequestId"]
        answer.read()
        connection.close()

    def test_a_mock_answers_by_itself(self, echo):
        answer = call(echo, "OPTIONS", "/open")
        assert answer.status_code == 204
        assert answer.headers["Access-Control-Allow-Methods"] == "GET,POST"


class ValidationTests:
    def test_it_passes_what_is_valid(self, echo):
        assert call(echo, "POST", "/validated", **VALID).status_code == 200

    @pytest.mark.parametrize(
        ("changes", "missing"),
        [
            ({"headers": {}}, "X-Needed"),
            ({"params": {}}, "needed"),
            ({"params": {"needed": " "}}, "needed"),
            ({"headers": {}, "params": {}}, "X-Needed, needed"),
        ],
    )
    def test_missing_parameters_are_named(self, echo, changes, missing):
        answer = call(echo, "POST", "/validated", **{**VALID, **changes})
        assert answer.status_code == 400
        assert answer.text == (f'{{"message":"Missing required request parameters: [{missing}]"}}')
        assert answer.headers["x-amzn-ErrorType"] == "BadRequestException"

    @pytest.mark.parametrize(
        "body",
        [
            "",
            "{}",
            "no json",
            "[]",
            '{"name": 1}',
            '{"name": "ada", "other": 1}',
            '{"name": "longer"}',
            '{"name": "ada", "count": -1}',
            '{"name": "ada", "tags": ["A"]}',
        ],
    )
    def test_a_body_that_does_not_fit_its_model_is_refused(self, echo, body):
        arguments = {**VALID, "headers": {"X-Needed": "1", "Content-Type": "application/json"}}
        del arguments["json"]
        answer = call(echo, "POST", "/validated", data=body, **arguments)
        assert (answer.status_code, answer.text) == (400, '{"message":"Invalid request body"}')
        assert answer.headers["x-amzn-ErrorType"] == "BadRequestException"

    @pytest.mark.parametrize("tags", [[], ["a", "b", "c"]])
    def test_numbers_of_items_are_not_enforced(self, echo, tags):
        body = {"name": "ada", "tags": tags}
        assert call(echo, "POST", "/validated", **{**VALID, "json": body}).status_code == 200

    def test_schemas_of_parameters_are_not_enforced(self, echo):
        params = {"needed": "yes", "optional": "no number"}
        assert call(echo, "POST", "/validated", **{**VALID, "params": params}).status_code == 200


class FunctionResultTests:
    @pytest.mark.parametrize(
        "malformed",
        [
            None,
            "text",
            [],
            {"statusCode": 200, "unknown": 1},
            {"statusCode": "none"},
            {"statusCode": 200, "body": {"a": 1}},
            {"statusCode": 200, "headers": ["a"]},
            {"statusCode": 200, "headers": {"A": {}}},
            {"statusCode": 42},
            {"statusCode": 100},
            {"statusCode": 200.5},
            {"statusCode": True},
            {"headers": {"X-A": "a\r\nSet-Cookie: b=c"}},
            {"headers": {"X-A": "\u2603"}},
            {"headers": {"a name": "a"}},
            {"headers": {"": "a"}},
            {"multiValueHeaders": {"A": "a"}},
        ],
    )
    def test_a_malformed_result_is_502(self, echo, malformed):
        answer = result(echo, malformed)
        assert (answer.status_code, answer.text) == (502, SERVER_ERROR)
        assert answer.headers["x-amzn-ErrorType"] == "InternalServerErrorException"

    @pytest.mark.parametrize(("given", "status"), [({}, 200), ({"statusCode": "201"}, 201)])
    def test_a_status_may_be_left_out_or_be_a_string(self, echo, given, status):
        answer = result(echo, given)
        assert (answer.status_code, answer.text) == (status, "")
        assert answer.headers["Content-Type"] == "application/json"

    def test_headers_are_passed_on(self, echo):
        given = {
            "headers": {"X-Yes": True, "X-Number": 1, "X-One": "single", "Date": "never"},
            "multiValueHeaders": {"x-two": ["a", "b"]},
        }
        answer = result(echo, given)
        assert answer.headers["X-Yes"] == "true"
        assert answer.headers["X-Number"] == "1"
        assert answer.headers["X-One"] == "single"
        assert answer.headers["X-Two"] == "a, b"
        assert answer.headers["x-amzn-Remapped-Date"] == "never"

    def test_both_kinds_of_headers_become_one_list(self, echo):
        given = {
            "headers": {"set-cookie": "e=f", "X-Same": "1", "X-Other": "1"},
            "multiValueHeaders": {"Set-Cookie": ["a=b", "c=d"], "x-same": [1, "2"]},
        }
        headers = result(echo, given).raw.headers
        assert sorted(headers.getlist("Set-Cookie")) == ["a=b", "c=d", "e=f"]
        assert headers.getlist("X-Same") == ["1", "2"]
        assert headers.getlist("X-Other") == ["1"]

    def test_how_the_body_is_framed_is_not_the_functions_matter(self, echo):
        framed = {"Transfer-Encoding": "chunked", "Content-Length": "3"}
        answer = result(echo, {"headers": framed, "body": "hello"})
        assert answer.text == "hello"
        assert "Transfer-Encoding" not in answer.headers
        assert answer.headers["Content-Length"] == "5"

    def test_half_a_surrogate_pair_becomes_a_question_mark(self, echo):
        assert result(echo, {"body": "a\ud800"}).text == "a?"

    def test_base64_stays_text_without_binary_media_types(self, echo):
        answer = result(echo, {"body": "aGVsbG8=", "isBase64Encoded": True})
        assert answer.text == "aGVsbG8="

    @pytest.mark.parametrize(("size", "status"), [(6_000_000, 200), (6_300_000, 502)])
    def test_a_result_over_6_mb_is_502(self, echo, size, status):
        assert call(echo, "GET", "/large", params={"size": size}).status_code == status

    @pytest.mark.parametrize("path", ["/raise", "/exit"])
    def test_a_failure_is_502_and_says_nothing(self, echo, path):
        answer = call(echo, "GET", path)
        assert (answer.status_code, answer.text) == (502, SERVER_ERROR)
        assert call(echo, "GET", "/open").status_code == 200


class TimeTests:
    def test_the_functions_own_time_is_502(self, echo):
        began = time.monotonic()
        answer = call(echo, "GET", "/patient", params={"seconds": "60"})
        assert (answer.status_code, answer.text) == (502, SERVER_ERROR)
        assert time.monotonic() - began >= 3

    def test_requests_do_not_wait_for_each_other(self, echo):
        with ThreadPoolExecutor(4) as pool:
            path = "/patient"
            waits = [
                pool.submit(call, echo, "GET", path, params={"seconds": "2.5"}) for _ in range(4)
            ]
            answers = [wait.result() for wait in waits]
        assert all(answer.status_code == 200 for answer in answers)
        assert len({answer.json()["process"] for answer in answers}) > 1


class SizeTests:
    def test_a_body_over_10_mb_is_413_in_text(self, echo):
        connection = http.client.HTTPConnection("127.0.0.1", echo.port, timeout=10)
        connection.putrequest("POST", "/execute-api/test/open")
        connection.putheader("Content-Length", str(10_485_761))
        connection.endheaders()
        answer = connection.getresponse()
        assert answer.status == 413
        text = answer.read().decode()
        assert text == "HTTP content length exceeded 10485760 bytes."
        assert_keeps_contract("POST", "/notes", answer.status, answer.headers, text)
        connection.close()
