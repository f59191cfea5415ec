"""The functions: what they are given, what they may do, who may invoke them."""

import inspect
import json
import re
from typing import Any

import pytest

from service import deletion, listing, store
from service.settings import AuthorizerSettings, Settings, SignInSettings
from tests import backend_template
from tests.backend_template import properties, statements, template

FUNCTION = properties("NotesFunction")


class ReadVariables(dict[str, str]):
    """An environment that remembers what was looked up."""

    def __init__(self) -> None:
        super().__init__(TRASH_DAYS="30", USER_POOL_ISSUER="https://example.com")
        self.read: set[str] = set()

    def get(self, name: str, default: Any = None) -> Any:
        self.read.add(name)
        return super().get(name, default or "some value")


def as_list(value: Any) -> list[Any]:
    return value if isinstance(value, list) else [value]


class FunctionTests:
    @pytest.mark.parametrize(
        ("logical_id", "kind"),
        [
            ("NotesFunction", Settings),
            ("AuthorizerFunction", AuthorizerSettings),
            ("UserSignInFunction", SignInSettings),
        ],
    )
    def test_it_gets_the_variables_that_it_reads(
        self, logical_id: str, kind: type[Settings | AuthorizerSettings | SignInSettings]
    ) -> None:
        environment = ReadVariables()
        kind.from_environment(environment)
        given = properties(logical_id)["Environment"]["Variables"]
        assert set(given) == environment.read

    def test_its_role_may_do_with_the_table_what_the_code_does(self) -> None:
        source = "".join(map(inspect.getsource, (store, listing, deletion)))
        calls = {
            "get_item": "dynamodb:GetItem",
            "put_item": "dynamodb:PutItem",
            "update_item": "dynamodb:UpdateItem",
            "delete_item": "dynamodb:DeleteItem",
            "batch_get_item": "dynamodb:BatchGetItem",
            "batch_write_item": "dynamodb:BatchWriteItem",
            "query": "dynamodb:Query",
            "scan": "dynamodb:Scan",
        }
        used = {
            action
            for call, action in calls.items()
            if re.search(rf"(table|client)\.{call}\b", source)
        }
        allowed = {
            action
            for statement in statements("NotesFunctionRole")
            for action in as_list(statement["Action"])
            if action.startswith("dynamodb:")
        }
        assert allowed == used

    def test_its_role_reaches_nothing_but_its_table_and_its_log(self) -> None:
        table, index, log = (
            {"Fn::GetAtt": ["NotesTable", "Arn"]},
            {"Fn::Sub": "${NotesTable.Arn}/index/byRank"},
            {"Fn::GetAtt": ["NotesFunctionLogs", "Arn"]},
        )
        reached = [
            resource
            for statement in statements("NotesFunctionRole")
            for resource in as_list(statement["Resource"])
        ]
        assert reached == [table, index, log]

    def test_no_role_has_a_wildcard(self) -> None:
        for name, resource in template()["Resources"].items():
            if resource["Type"] != "AWS::IAM::Role":
                continue
            for policy in properties(name).get("Policies", []):
                assert "*" not in json.dumps(policy)

    def test_only_this_stage_of_the_api_may_invoke_it(self) -> None:
        permission = properties("NotesFunctionPermission")
        assert permission["Principal"] == "apigateway.amazonaws.com"
        assert permission["SourceArn"]["Fn::Sub"].endswith(":${NotesApi}/${StageName}/*")

    def test_it_ends_before_the_integration_does(self) -> None:
        contract = json.loads((backend_template.PATH.parent / "openapi.json").read_text())
        integration = contract["paths"]["/"]["get"]["x-amazon-apigateway-integration"]
        assert FUNCTION["Timeout"] * 1000 < integration["timeoutInMillis"]
