"""What can be made to go wrong, and how it stops."""

import time

import boto3
import pytest
import requests
from botocore.config import Config
from botocore.exceptions import ClientError


@pytest.fixture
def dynamodb(echo):
    client = boto3.client(
        "dynamodb",
        endpoint_url=echo.base,
        region_name="eu-central-1",
        aws_access_key_id="administrator",
        aws_secret_access_key="secret",
        config=Config(retries={"total_max_attempts": 1}),
    )
    yield client
    client.close()


def put(dynamodb, thing):
    dynamodb.put_item(TableName="Things", Item={"owner": {"S": "f"}, "thing": {"S": thing}})


def is_there(dynamodb, thing):
    key = {"owner": {"S": "f"}, "thing": {"S": thing}}
    return "Item" in dynamodb.get_item(TableName="Things", Key=key)


def get(echo, path="/open"):
    return requests.get(echo.api + path, timeout=10)


class FaultTests:
    def test_nothing_goes_wrong_unless_asked_for(self, echo):
        assert requests.get(f"{echo.base}/_local/faults", timeout=5).json() == []
        assert get(echo).status_code == 200

    def test_an_operation_fails_so_many_times(self, echo):
        echo.set_fault("open", "fail", status=503, times=2)
        assert [get(echo).status_code for _ in range(3)] == [503, 503, 200]

    def test_it_fails_until_reset(self, echo):
        echo.set_fault("execute-api", "fail")
        assert {get(echo).status_code for _ in range(3)} == {500}
        echo.reset_faults()
        assert get(echo).status_code == 200

    def test_others_go_on(self, echo):
        echo.set_fault("root", "fail")
        assert get(echo).status_code == 200

    def test_an_answer_comes_late(self, echo):
        echo.set_fault("open", "slow", seconds=0.4, times=1)
        began = time.monotonic()
        assert get(echo).status_code == 200
        assert time.monotonic() - began >= 0.4

    def test_the_api_is_throttled(self, echo):
        echo.set_fault("open", "throttle", times=1)
        answer = get(echo)
        assert (answer.status_code, answer.json()) == (429, {"message": "Too Many Requests"})

    @pytest.mark.parametrize(
        ("kind", "status", "error_type"),
        [
            ("throttle", 429, "TooManyRequestsException"),
            ("fail", 503, "InternalServerErrorException"),
            ("fail", 404, "BadRequestException"),
        ],
    )
    def test_the_api_is_refused_by_the_stage(self, echo, kind, status, error_type):
        echo.set_fault("throttled", kind, status=status, times=1)
        answer = get(echo, "/throttled")
        assert answer.status_code == status
        assert answer.headers["x-amzn-RequestId"]
        assert answer.headers["x-amz-apigw-id"]
        assert answer.headers["x-amzn-ErrorType"] == error_type
        # The contract's own gateway response.
        assert answer.headers.get("Retry-After") == ("1" if kind == "throttle" else None)

    def test_half_of_an_answer_comes(self, echo):
        echo.set_fault("open", "garbage", times=1)
        answer = get(echo)
        assert answer.status_code == 200
        with pytest.raises(requests.JSONDecodeError):
            answer.json()

    def test_the_answer_is_dropped_after_the_work(self, echo, dynamodb):
        echo.set_fault("dynamodb:PutItem", "drop", times=1)
        with pytest.raises(Exception, match="Connection|connection"):
            put(dynamodb, "dropped")
        assert is_there(dynamodb, "dropped")

    def test_nothing_is_done_when_it_fails(self, echo, dynamodb):
        echo.set_fault("dynamodb", "fail", times=1)
        with pytest.raises(ClientError):
            put(dynamodb, "failed")
        assert not is_there(dynamodb, "failed")

    def test_dynamodb_is_throttled(self, echo, dynamodb):
        echo.set_fault("dynamodb:PutItem", "throttle", times=1)
        with pytest.raises(ClientError) as raised:
            put(dynamodb, "throttled")
        assert raised.value.response["Error"]["Code"] == "ThrottlingException"

    @pytest.mark.parametrize(
        ("kind", "status", "code"),
        [("throttle", 400, "TooManyRequestsException"), ("fail", 502, "InternalErrorException")],
    )
    def test_the_user_pools_api_answers_in_its_own_words(self, echo, kind, status, code):
        echo.set_fault("cognito-idp:ListUsers", kind, status=502, times=1)
        headers = {"X-Amz-Target": "AWSCognitoIdentityProviderService.ListUsers"}
        answer = requests.post(f"{echo.base}/", headers=headers, data="{}", timeout=5)
        assert (answer.status_code, answer.json()["__type"]) == (status, code)
        assert answer.headers["Content-Type"] == "application/x-amz-json-1.1"

    def test_dynamodb_fails_in_its_own_words(self, echo, dynamodb):
        echo.set_fault("dynamodb", "fail", times=1)
        with pytest.raises(ClientError) as raised:
            put(dynamodb, "failed")
        assert raised.value.response["Error"]["Code"] == "InternalServerError"

    @pytest.mark.parametrize("target", [None, "S3_20060301.GetObject"])
    def test_a_call_of_no_service_has_no_fault(self, echo, target):
        for service in ("cognito", "cognito-idp", "dynamodb"):
            echo.set_fault(service, "fail")
        headers = {} if target is None else {"X-Amz-Target": target}
        answer = requests.post(f"{echo.base}/", headers=headers, data="{}", timeout=5)
        assert answer.json()["__type"] == "UnknownOperationException"

    @pytest.mark.parametrize("operation", ["jwks", "cognito"])
    def test_the_user_pools_addresses_fail(self, echo, operation):
        pool_id = echo.environment["COGNITO_USER_POOL_ID"]
        echo.set_fault(operation, "fail", status=502, times=1)
        url = f"{echo.base}/{pool_id}/.well-known/jwks.json"
        assert [requests.get(url, timeout=5).status_code for _ in range(2)] == [502, 200]

    @pytest.mark.parametrize(
        "description",
        [
            *(
                None,
                [],
                {},
                {"operation": "open"},
                {"operation": "open", "kind": "b"},
                {"kind": "fail"},
            ),
            {"operation": 1, "kind": "fail"},
            *({"operation": "open", "kind": "slow", "seconds": wrong} for wrong in ("1", -1, 301)),
            *(
                {"operation": "open", "kind": "fail", "status": wrong}
                for wrong in ("500", 200, 600)
            ),
            *(
                {"operation": "open", "kind": "fail", "times": wrong}
                for wrong in ("1", 0, 1.5, True)
            ),
        ],
    )
    def test_a_senseless_fault_is_refused(self, echo, description):
        answer = requests.post(f"{echo.base}/_local/faults", json=description, timeout=5)
        assert answer.status_code == 400
        assert requests.get(f"{echo.base}/_local/faults", timeout=5).json() == []

    @pytest.mark.parametrize(
        "operation",
        ["opn", "dynamodb:PutItems", "cognito-idp:AdminGetUsers", "dynamodb:", "static", "mail"],
    )
    def test_an_operation_that_is_not_there_is_refused(self, echo, operation):
        description = {"operation": operation, "kind": "fail"}
        answer = requests.post(f"{echo.base}/_local/faults", json=description, timeout=5)
        assert answer.status_code == 400
        said = answer.json()["message"]
        assert f"no operation {operation}," in said
        for name in ("open", "dynamodb:PutItem", "cognito-idp:AdminGetUser", "token", "cognito"):
            assert f" {name}," in said

    @pytest.mark.parametrize(
        "seconds", ["NaN", "1e400", "1e12", "-1e12", '"1"', "true", "1" + 400 * "0"]
    )
    def test_the_clock_does_not_leave_the_calendar(self, echo, seconds):
        url, headers = f"{echo.base}/_local/clock", {"Content-Type": "application/json"}
        text = f'{{"seconds": {seconds}}}'
        assert requests.post(url, data=text, headers=headers, timeout=5).status_code == 400
        assert requests.get(url, timeout=5).status_code == 200

    def test_only_json_changes_anything(self, echo):
        """So that no web page can do it with a form."""
        for path in ("faults", "clock"):
            text = '{"operation": "open", "kind": "fail", "seconds": 1}'
            answer = requests.post(f"{echo.base}/_local/{path}", data=text, timeout=5)
            assert answer.status_code == 400
        assert get(echo).status_code == 200
