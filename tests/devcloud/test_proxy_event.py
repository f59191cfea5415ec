"""The event that a function gets, in format 1.0."""

import http.client
import json
import re

import pytest
import requests

from devcloud.proxy_event import proxy_answer


def event(echo, path="/open", method="GET", **arguments):
    answer = requests.request(method, echo.api + path, timeout=10, **arguments)
    return answer.json()["event"]


class ProxyEventTests:
    def test_query_parameters_are_decoded(self, echo):
        got = event(echo, "/open?a=1&a=2&b=&c=x%20y%2B")
        assert got["queryStringParameters"] == {"a": "2", "b": "", "c": "x y+"}
        assert got["multiValueQueryStringParameters"] == {
            "a": ["1", "2"],
            "b": [""],
            "c": ["x y+"],
        }

    def test_headers_are_spelled_as_they_were_sent_without_the_connections_own(self, echo):
        sent = {"x-some-thing": "1", "X-OTHER": "2", "user-agent": "me", "host": "localhost"}
        got = event(echo, method="POST", data=b"text", headers=sent)
        assert got["headers"]["x-some-thing"] == "1"
        assert got["multiValueHeaders"]["X-OTHER"] == ["2"]
        # These two are capitalised, whoever sent them.
        assert got["headers"]["User-Agent"] == "me"
        assert "user-agent" not in got["headers"]
        assert got["headers"]["Host"].endswith(".amazonaws.com")
        names = {name.lower() for name in got["headers"]}
        assert not {"content-length", "connection"} & names
        assert len(names) == len(got["headers"])

    def test_a_header_may_come_twice(self, echo):
        connection = http.client.HTTPConnection("127.0.0.1", echo.port, timeout=10)
        connection.putrequest("GET", "/execute-api/test/open")
        connection.putheader("x-twice", "1")
        connection.putheader("x-twice", "2, 3")
        connection.endheaders()
        got = json.load(connection.getresponse())["event"]
        connection.close()
        assert got["headers"]["x-twice"] == "2, 3"
        assert got["multiValueHeaders"]["x-twice"] == ["1", "2, 3"]

    def test_what_api_gateway_adds_is_there(self, echo):
        headers = event(echo)["headers"]
        assert headers["X-Forwarded-For"] == "127.0.0.1"
        assert headers["X-Forwarded-Proto"] == "https"
        assert headers["X-Amzn-Trace-Id"].startswith("Root=1-")
        assert headers["Host"].endswith(".execute-api.eu-central-1.amazonaws.com")

    def test_a_clients_forwarded_for_comes_before_its_address(self, echo):
        got = event(echo, headers={"x-forwarded-for": "192.0.2.1, 192.0.2.2"})
        assert got["headers"]["X-Forwarded-For"] == "192.0.2.1, 192.0.2.2, 127.0.0.1"
        assert got["multiValueHeaders"]["X-Forwarded-For"] == [got["headers"]["X-Forwarded-For"]]
        assert "x-forwarded-for" not in got["headers"]
        assert got["requestContext"]["identity"]["sourceIp"] == "127.0.0.1"

    def test_the_body_is_text(self, echo):
        got = event(echo, method="POST", data="grüße".encode())
        assert got["body"] == "grüße"
        assert got["isBase64Encoded"] is False

    def test_the_request_has_one_id_everywhere(self, echo):
        answer = requests.get(echo.api + "/open", timeout=10)
        got = answer.json()
        request_id = got["event"]["requestContext"]["requestId"]
        assert answer.headers["x-amzn-RequestId"] == request_id
        assert got["context"]["request_id"] == request_id
        assert (
            answer.headers["x-amz-apigw-id"]
            == (got["event"]["requestContext"]["extendedRequestId"])
        )

    def test_times_and_identity_are_as_documented(self, echo):
        context = event(echo)["requestContext"]
        assert re.fullmatch(r"\d\d/[A-Z][a-z]{2}/\d{4}:[\d:]{8} \+0000", context["requestTime"])
        assert isinstance(context["requestTimeEpoch"], int)
        assert context["identity"]["sourceIp"] == "127.0.0.1"
        assert "authorizer" not in context

    def test_stage_variables_come_from_the_template(self, echo):
        assert event(echo)["stageVariables"] == {"colour": "green"}


class BinaryAnswerTests:
    @pytest.mark.parametrize(
        ("accept", "body"),
        [("image/png", b"hello"), ("text/html", b"aGVsbG8="), (None, b"aGVsbG8=")],
    )
    def test_base64_is_decoded_when_the_accepted_type_is_binary(self, accept, body):
        result = {"body": "aGVsbG8=", "isBase64Encoded": True}
        assert proxy_answer(result, accept, ("image/png",)).body == body
