"""JSON that is nested too deep to be read is refused where it arrives, as other bad JSON is."""

import json

import pytest
import requests

from devcloud.models import read_models

DEEP = "[" * 200_000 + "]" * 200_000
JSON = {"Content-Type": "application/json"}
SIGNED = {"Authorization": "AWS4-HMAC-SHA256 Credential=anybody/20260101/x/y/aws4_request, x=y"}


def nested(depth):
    return "[" * depth + "]" * depth


class DeepJsonTests:
    @pytest.mark.parametrize("depth", [300, 900, 200_000])
    def test_a_validated_body(self, echo, depth):
        for body in (nested(depth), f'{{"name": {nested(depth)}}}'):
            answer = requests.post(
                f"{echo.api}/validated?needed=yes",
                data=body,
                headers={**JSON, "X-Needed": "yes"},
                timeout=20,
            )
            assert (answer.status_code, answer.text) == (400, '{"message":"Invalid request body"}')

    def test_a_model_that_contains_itself(self):
        models = {"Tree": {"items": {"$ref": "#/components/schemas/Tree"}, "type": "array"}}
        [tree] = read_models({"components": {"schemas": models}}, "Body").values()
        assert tree.accepts(nested(10).encode())
        assert not tree.accepts(nested(900).encode())

    @pytest.mark.parametrize("depth", [100, 300, 900, 200_000])
    @pytest.mark.parametrize(
        "target",
        ["DynamoDB_20120810.PutItem", "AWSCognitoIdentityProviderService.ListUsers"],
    )
    def test_a_json_api(self, echo, target, depth):
        item = '{"TableName": "Things", "Item": {"owner": {"S": "a"}, "thing": {"S": "b"}, "d": '
        inner = '{"L": [' * depth + '{"S": ""}' + "]}" * depth
        for body in (nested(depth), f'{{"UserPoolId": {nested(depth)}}}', f"{item}{inner}}}}}"):
            answer = requests.post(
                f"{echo.base}/", data=body, headers={"X-Amz-Target": target, **SIGNED}, timeout=20
            )
            assert answer.status_code in (200, 400)
            if answer.status_code == 400:
                assert "__type" in answer.json()

    @pytest.mark.parametrize("path", ["clock", "faults", "mint"])
    def test_an_address_of_devclouds_own(self, echo, path):
        url = f"{echo.base}/_local/{path}"
        answer = requests.post(url, data=DEEP, headers=JSON, timeout=20)
        assert answer.status_code in (400, 403)
        assert answer.json()["message"]

    @pytest.mark.parametrize("depth", [300, 900, 950, 980])
    def test_a_functions_result(self, echo, depth):
        body = json.dumps({"body": nested(depth), "headers": {}})[:-1] + f', "x": {nested(depth)}}}'
        answer = requests.post(f"{echo.api}/result", data=body, timeout=20)
        assert answer.status_code == 502
