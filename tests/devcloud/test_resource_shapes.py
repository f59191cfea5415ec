"""What a template says of a resource is either known or stops the start."""

import pytest

from devcloud.database import Database
from devcloud.errors import TemplateError
from devcloud.permissions import role_policies
from devcloud.physical_ids import PhysicalIds
from devcloud.resource_shapes import PROPERTIES
from devcloud.resources import RESOURCE_TYPES
from devcloud.stack import Stack
from devcloud.template import read_template
from tests.devcloud.running import ECHO_TEMPLATE

FUNCTION = "  EchoFunction:\n    Type: AWS::Lambda::Function\n    Properties:\n"
STAGE = "  ApiStage:\n    Type: AWS::ApiGateway::Stage\n    Properties:\n"
TABLE = "  Table:\n    Type: AWS::DynamoDB::Table\n    Properties:\n"
ROLE = "  EchoRole:\n    Type: AWS::IAM::Role\n    Properties:\n"


@pytest.fixture
def echo_stack(tmp_path):
    """Makes the echo stack of a template that has been changed in one place."""

    def made(old="", new=""):
        text = ECHO_TEMPLATE.read_text()
        assert not old or text.count(old) == 1
        path = tmp_path / "backend.yaml"
        path.write_text(text.replace(old, new) if old else text)
        (tmp_path / "openapi.json").write_text(ECHO_TEMPLATE.with_name("openapi.json").read_text())
        given = {"CodeBucket": "bucket", "CodeKey": "key"}
        ids = PhysicalIds(Database(tmp_path / "devcloud.sqlite3"))
        stack = Stack(read_template(path), given, ids)
        role_policies(stack)
        return stack

    return made


class ResourceShapeTests:
    def test_every_type_has_one(self):
        assert PROPERTIES.keys() == RESOURCE_TYPES.keys()

    def test_what_is_known_is_taken(self, echo_stack):
        assert echo_stack().resources

    @pytest.mark.parametrize(
        ("after", "line", "place"),
        [
            (STAGE, "CacheClusterEnabled: true", "ApiStage.Properties.CacheClusterEnabled"),
            (STAGE, "CanarySetting: {PercentTraffic: 5}", "ApiStage.Properties.CanarySetting"),
            (STAGE, "Bogus: 1", "ApiStage.Properties.Bogus"),
            (FUNCTION, "Layers: [arn]", "EchoFunction.Properties.Layers"),
            (
                FUNCTION,
                "ReservedConcurrentExecutions: 1",
                "EchoFunction.Properties.ReservedConcurrentExecutions",
            ),
            (FUNCTION, "Bogus: 1", "EchoFunction.Properties.Bogus"),
            (TABLE, "StreamSpecification: {}", "Table.Properties.StreamSpecification"),
            (TABLE, "GlobalSecondaryIndexes: []", "Table.Properties.GlobalSecondaryIndexes"),
            (TABLE, "Bogus: 1", "Table.Properties.Bogus"),
            (TABLE, "SSESpecification: {SSE: 1}", "Table.Properties.SSESpecification.SSE"),
            (TABLE, "Tags: [{Name: a}]", "Table.Properties.Tags[0].Name"),
            (ROLE, "PermissionsBoundary: arn", "EchoRole.Properties.PermissionsBoundary"),
            (ROLE, "ManagedPolicyArns: [arn]", "EchoRole.Properties.ManagedPolicyArns"),
        ],
    )
    def test_what_would_have_no_effect_is_refused(self, echo_stack, after, line, place):
        with pytest.raises(TemplateError) as raised:
            echo_stack(after, f"{after}      {line}\n")
        assert raised.value.place == f"Resources.{place}"

    @pytest.mark.parametrize(
        ("old", "new", "place"),
        [
            ("Handler: echo.handler", "Handler: handler", "EchoFunction.Properties.Handler"),
            (
                "Principal: {Service: lambda.amazonaws.com}",
                "Principal: {Service: apigateway.amazonaws.com}",
                "EchoRole.Properties.AssumeRolePolicyDocument",
            ),
            (
                "Principal: {Service: lambda.amazonaws.com}",
                "Principals: {Service: lambda.amazonaws.com}",
                "AssumeRolePolicyDocument.Statement[0].Principals",
            ),
            ("Timeout: 3", "Timeout: 901", "EchoFunction.Properties.Timeout"),
            ("MemorySize: 256", "MemorySize: 64", "EchoFunction.Properties.MemorySize"),
            (
                "TABLE: !Ref Table",
                "AWS_REGION: here",
                "EchoFunction.Properties.Environment.Variables.AWS_REGION",
            ),
            (
                "TABLE: !Ref Table",
                "A-B: here",
                "EchoFunction.Properties.Environment.Variables.A-B",
            ),
            (
                "ThrottlingBurstLimit: 2\n",
                "ThrottlingBurst: 2\n",
                "ApiStage.Properties.MethodSettings[1].ThrottlingBurst",
            ),
            (
                "Action: dynamodb:Query",
                "Action: dynamodb:Query\n                Condition: {}",
                "EchoRole.Properties.Policies[0].PolicyDocument.Statement[1].Condition",
            ),
            ("NonKeyAttributes: [title]", "NonKeys: [a]", "Table.Properties.Local"),
            (
                "BillingMode: PAY_PER_REQUEST",
                "BillingMode: PROVISIONED",
                "Table.Properties.BillingMode",
            ),
            ("Name: Echo\n", "Name: Echo\n      Policy: {}\n", "Api.Properties.Policy"),
            ("Role: !GetAtt EchoRole.Arn\n      Timeout: 3", "Role: arn:aws:iam::1:role/x", "Role"),
        ],
    )
    def test_a_value_that_cannot_be_names_its_place(self, echo_stack, old, new, place):
        with pytest.raises(TemplateError) as raised:
            echo_stack(old, new)
        assert place in raised.value.place

    def test_a_role_of_no_function_may_have_managed_policies(self, echo_stack):
        other = (
            "  Other:\n    Type: AWS::IAM::Role\n    Properties:\n"
            "      AssumeRolePolicyDocument: {Statement: []}\n      ManagedPolicyArns: [arn]\n"
        )
        assert echo_stack(ROLE, other + ROLE).resources["Other"]


class SectionTests:
    @pytest.mark.parametrize(
        ("old", "new", "place"),
        [
            (TABLE, TABLE.replace("Properties", "Propertys"), "Resources.Table.Propertys"),
            (TABLE, TABLE.replace("Type:", "DeletionPolicy: Keep\n    Type:"), "DeletionPolicy"),
            ("  NotesApiToken:\n    Value: id", "  NotesApiToken:\n    Valu: id", "Token.Valu"),
            (
                "  CodeBucket:\n    Type: String",
                "  CodeBucket:\n    Type: AWS::SSM::Parameter::Value<String>",
                "Parameters.CodeBucket.Type",
            ),
            (
                "  CodeBucket:\n    Type: String",
                "  CodeBucket:\n    Type: String\n    MinLenght: 3",
                "Parameters.CodeBucket.MinLenght",
            ),
        ],
    )
    def test_a_misspelt_name_names_its_place(self, echo_stack, old, new, place):
        with pytest.raises(TemplateError) as raised:
            echo_stack(old, new)
        assert raised.value.place.endswith(place)
