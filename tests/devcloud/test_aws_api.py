"""`POST /`: which service answers, and who may ask."""

from unittest.mock import Mock

import boto3
import flask
import pytest
import requests
from botocore import UNSIGNED
from botocore.config import Config
from botocore.exceptions import ClientError
from werkzeug.test import EnvironBuilder

from devcloud.aws_api import AwsApi
from devcloud.dynamodb_engine import Answer
from devcloud.permissions import Credentials, Policy

DYNAMODB = "DynamoDB_20120810."
USER_POOLS = "AWSCognitoIdentityProviderService."


def post(echo, target, **arguments):
    headers = {} if target is None else {"X-Amz-Target": target}
    return requests.post(f"{echo.base}/", headers=headers, timeout=5, **arguments)


@pytest.fixture
def user_pools(echo):
    """Makes boto3 clients of the user pool's API."""
    clients = []

    def client(**config):
        clients.append(
            boto3.client(
                "cognito-idp",
                endpoint_url=echo.base,
                region_name="eu-central-1",
                aws_access_key_id="administrator",
                aws_secret_access_key="secret",
                config=Config(retries={"total_max_attempts": 1}, **config),
            )
        )
        return clients[-1]

    yield client
    for made in clients:
        made.close()


class AwsApiTests:
    @pytest.mark.parametrize("target", [None, "", "S3_20060301.GetObject", "nonsense"])
    def test_other_services_are_not_imitated(self, echo, target):
        answer = post(echo, target, json={})
        assert answer.status_code == 400
        assert answer.json()["__type"] == "UnknownOperationException"

    def test_dynamodb_wants_a_signature(self, echo):
        answer = post(echo, DYNAMODB + "ListTables", json={})
        assert answer.status_code == 400
        assert "MissingAuthenticationTokenException" in answer.json()["__type"]

    def test_an_administrator_may_see_the_pools_people(self, echo, user_pools):
        pool_id = echo.environment["COGNITO_USER_POOL_ID"]
        assert len(user_pools().list_users(UserPoolId=pool_id)["Users"]) >= 2

    def test_nobody_may_not(self, echo, user_pools):
        pool_id = echo.environment["COGNITO_USER_POOL_ID"]
        with pytest.raises(ClientError) as raised:
            user_pools(signature_version=UNSIGNED).list_users(UserPoolId=pool_id)
        error = raised.value.response["Error"]
        assert error["Code"] == "MissingAuthenticationTokenException"
        assert error["Message"] == "Missing Authentication Token"

    def test_a_function_may_what_its_role_may(self, echo):
        arguments = {"UserPoolId": echo.environment["COGNITO_USER_POOL_ID"]}
        url = f"{echo.api}/user-pool"
        calls = {"list_groups": arguments, "list_users": arguments}
        answers = {
            name: requests.post(f"{url}/{name}", json=given, timeout=10).json()
            for name, given in calls.items()
        }
        assert [group["GroupName"] for group in answers["list_groups"]["Groups"]] == ["admins"]
        assert answers["list_users"]["Code"] == "AccessDeniedException"

    @pytest.mark.parametrize("body", ["[]", "no json", '"text"'])
    def test_a_body_that_is_no_object_is_refused(self, echo, body):
        answer = post(echo, USER_POOLS + "ListUsers", data=body)
        assert answer.status_code == 400
        assert answer.json()["__type"] == "SerializationException"


class TablePermissionTests:
    """A role may put, and write batches, into Mine and nothing else."""

    @pytest.fixture
    def error_of(self):
        actions = ["dynamodb:PutItem", "dynamodb:BatchWriteItem"]
        mine = "arn:aws:dynamodb:eu-central-1:000000000000:table/Mine"
        statement = {"Effect": "Allow", "Action": actions, "Resource": mine}
        api = AwsApi(
            dynamodb=Mock(**{"answer.return_value": Answer(200, {}, "{}")}),
            pool=Mock(),
            credentials={"ASIA1": Credentials("ASIA1", "a-role")},
            policies={"a-role": Policy([{"Statement": [statement]}])},
        )

        def error(operation, **payload):
            headers = {
                "X-Amz-Target": DYNAMODB + operation,
                "Authorization": "AWS4-HMAC-SHA256 Credential=ASIA1/20260101/eu-central-1/x",
            }
            environ = EnvironBuilder("/", method="POST", json=payload, headers=headers)
            answer = api.answer(flask.Request(environ.get_environ()))
            return answer.get_json(force=True).get("__type", "").rpartition("#")[2]

        return error

    @pytest.mark.parametrize(
        ("operation", "payload"),
        [
            ("PutItem", {"TableName": "Mine"}),
            ("BatchWriteItem", {"RequestItems": {"Mine": []}}),
            ("BatchWriteItem", {"RequestItems": {"Mine": []}, "TableName": "Other"}),
        ],
    )
    def test_the_tables_of_the_role_may_be_written(self, error_of, operation, payload):
        assert error_of(operation, **payload) == ""

    @pytest.mark.parametrize(
        ("operation", "payload"),
        [
            ("PutItem", {"TableName": "Other"}),
            ("PutItem", {"TableName": "Other", "RequestItems": {"Mine": []}}),
            ("PutItem", {"RequestItems": {"Mine": []}}),
            ("PutItem", {}),
            ("BatchWriteItem", {"RequestItems": {"Mine": [], "Other": []}}),
            ("BatchWriteItem", {"TableName": "Mine", "RequestItems": {"Other": []}}),
            ("BatchWriteItem", {"TableName": "Mine"}),
            ("DeleteItem", {"TableName": "Mine"}),
        ],
    )
    def test_no_other_table_is_reached_by_naming_one_s_own(self, error_of, operation, payload):
        assert error_of(operation, **payload) == "AccessDeniedException"


class SigningKeyTests:
    def test_new_keys_join_the_old(self, echo):
        pool_id = echo.environment["COGNITO_USER_POOL_ID"]
        url = f"{echo.base}/{pool_id}/.well-known/jwks.json"
        before = {key["kid"] for key in requests.get(url, timeout=5).json()["keys"]}
        requests.delete(f"{echo.base}/_local/signing-keys", timeout=10).raise_for_status()
        after = {key["kid"] for key in requests.get(url, timeout=5).json()["keys"]}
        assert before < after
