"""A stack changed through change sets: planned, carried out, left alone, failed."""

import json
from datetime import UTC, datetime

import boto3
import botocore.session
import pytest
from botocore.stub import ANY, Stubber
from moto import mock_aws

from infra.stacks import Change, ChangeSet, Stack, StackError

REGION = "eu-central-1"
ARN = f"arn:aws:cloudformation:{REGION}:123456789012:changeSet/deploy/1"


def template(*topics):
    """A template with topics and one parameter."""
    return json.dumps(
        {
            "AWSTemplateFormatVersion": "2010-09-09",
            "Parameters": {"Title": {"Type": "String", "Default": "none"}},
            "Resources": {
                name: {
                    "Type": "AWS::SNS::Topic",
                    "Properties": {"DisplayName": {"Ref": "Title"}},
                }
                for name in topics
            },
        }
    )


class ChangeSetTests:
    """Against moto, which carries change sets out."""

    @pytest.fixture
    def aws(self):
        with mock_aws():
            yield

    @pytest.fixture
    def put(self, aws):
        s3 = boto3.client("s3", region_name=REGION)
        s3.create_bucket(Bucket="bucket", CreateBucketConfiguration={"LocationConstraint": REGION})

        def url(body):
            s3.put_object(Bucket="bucket", Key="template.json", Body=body)
            return f"https://bucket.s3.{REGION}.amazonaws.com/template.json"

        return url

    @pytest.fixture
    def stack(self, aws):
        return Stack(boto3.client("cloudformation", region_name=REGION), "notesite-web")

    def test_a_stack_that_is_not_there_has_nothing(self, stack):
        assert stack.describe() is None
        assert stack.outputs() == {}
        assert stack.parameters() == {}

    def test_the_first_one_creates_it(self, stack, put):
        change_set = stack.prepare(put(template("One")), {"Title": "first"})
        assert change_set.creates_stack
        assert [(one.action, one.logical_id) for one in change_set.changes] == [("Add", "One")]
        stack.carry_out(change_set)
        assert stack.parameters() == {"Title": "first"}

    def test_a_plan_leaves_nothing_behind(self, stack, put):
        stack.discard(stack.prepare(put(template("One")), {}))
        assert stack.describe() is None

    def test_what_is_not_named_keeps_its_value(self, stack, put):
        stack.carry_out(stack.prepare(put(template("One")), {"Title": "first"}))
        stack.carry_out(stack.prepare(put(template("One", "Two")), {}))
        assert stack.parameters() == {"Title": "first"}

    def test_the_present_template_can_get_other_parameters(self, stack, put):
        stack.carry_out(stack.prepare(put(template("One")), {"Title": "first"}))
        stack.carry_out(stack.prepare(None, {"Title": "second"}))
        assert stack.parameters() == {"Title": "second"}

    def test_a_resource_is_known_by_its_name_in_the_template(self, stack, put):
        stack.carry_out(stack.prepare(put(template("One")), {}))
        assert stack.physical_id("One").startswith("arn:aws:sns:")

    def test_it_can_be_deleted(self, stack, put):
        stack.carry_out(stack.prepare(put(template("One")), {}))
        stack.delete()
        assert stack.describe() is None


class CloudFormationAnswerTests:
    """Against answers that moto does not give."""

    @pytest.fixture
    def client(self):
        session = botocore.session.get_session()
        session.set_credentials("key", "secret")
        return session.create_client("cloudformation", region_name=REGION)

    @pytest.fixture
    def stub(self, client):
        with Stubber(client) as stubber:
            yield stubber
            stubber.assert_no_pending_responses()

    @pytest.fixture
    def stack(self, client):
        return Stack(client, "notesite-web")

    def described(self, status="CREATE_COMPLETE"):
        return {
            "Stacks": [
                {
                    "StackName": "notesite-web",
                    "CreationTime": datetime(2026, 1, 1, tzinfo=UTC),
                    "StackStatus": status,
                    "Parameters": [{"ParameterKey": "Title", "ParameterValue": "first"}],
                    "Outputs": [{"OutputKey": "Shown", "OutputValue": "first"}],
                }
            ]
        }

    def failed_change_set(self, stub, reason):
        stub.add_response("describe_stacks", self.described())
        stub.add_response("describe_stacks", self.described())
        stub.add_response(
            "create_change_set",
            {"Id": ARN},
            {
                "StackName": "notesite-web",
                "ChangeSetName": ANY,
                "ChangeSetType": "UPDATE",
                "Capabilities": ["CAPABILITY_IAM", "CAPABILITY_AUTO_EXPAND"],
                "Parameters": [{"ParameterKey": "Title", "UsePreviousValue": True}],
                "UsePreviousTemplate": True,
            },
        )
        stub.add_response("describe_change_set", {"Status": "FAILED", "StatusReason": reason})
        stub.add_response("delete_change_set", {}, {"ChangeSetName": ARN})

    @pytest.mark.parametrize(
        "reason",
        [
            "The submitted information didn't contain changes. Submit different information.",
            "No updates are to be performed.",
        ],
    )
    def test_nothing_to_change_is_no_failure(self, stub, stack, reason):
        self.failed_change_set(stub, reason)
        assert stack.prepare(None, {}) is None

    def test_a_refused_change_set_is_told_in_its_own_words(self, stub, stack):
        self.failed_change_set(stub, "Parameters: [WebAppUrl] do not exist in the template")
        with pytest.raises(StackError, match="do not exist in the template"):
            stack.prepare(None, {})

    def test_outputs_are_by_name(self, stub, stack):
        stub.add_response("describe_stacks", self.described())
        assert stack.outputs() == {"Shown": "first"}

    def test_a_draft_counts_as_not_there(self, stub, stack):
        stub.add_response("describe_stacks", self.described("REVIEW_IN_PROGRESS"))
        assert stack.describe() is None

    @pytest.mark.parametrize("status", ["CREATE_FAILED", "ROLLBACK_COMPLETE", "ROLLBACK_FAILED"])
    def test_a_stack_that_could_not_be_created_must_go_first(self, stub, stack, status):
        stub.add_response("describe_stacks", self.described(status))
        with pytest.raises(StackError, match="could not be created: delete it and what it left"):
            stack.prepare(None, {})

    @pytest.mark.parametrize(
        "status",
        ["UPDATE_IN_PROGRESS", "UPDATE_COMPLETE_CLEANUP_IN_PROGRESS", "UPDATE_ROLLBACK_FAILED"],
    )
    def test_a_change_that_has_not_come_to_its_end_is_told(self, stub, stack, status):
        stub.add_response("describe_stacks", self.described(status))
        with pytest.raises(StackError, match=f"notesite-web is in {status}: "):
            stack.prepare(None, {})

    @pytest.mark.parametrize("status", ["UPDATE_COMPLETE", "UPDATE_ROLLBACK_COMPLETE"])
    def test_a_change_that_ended_or_was_taken_back_can_be_followed(self, stub, stack, status):
        stub.add_response("describe_stacks", self.described(status))
        assert stack.settled()["StackStatus"] == status

    def test_a_failure_is_told_by_its_first_cause(self, stub, stack):
        def event(logical_id, status, reason):
            return {
                "StackId": "1",
                "EventId": f"{logical_id}-{status}",
                "StackName": "notesite-web",
                "LogicalResourceId": logical_id,
                "ResourceStatus": status,
                "ResourceStatusReason": reason,
                "Timestamp": datetime(2026, 1, 1, tzinfo=UTC),
            }

        stub.add_response("execute_change_set", {}, {"ChangeSetName": ARN})
        stub.add_response("describe_stacks", self.described("UPDATE_ROLLBACK_COMPLETE"))
        stub.add_response(
            "describe_stack_events",
            {
                "StackEvents": [
                    event("Alarm", "CREATE_FAILED", "Resource creation cancelled"),
                    event("WebEnvironment", "UPDATE_FAILED", "No solution stack"),
                    event("notesite-web", "UPDATE_IN_PROGRESS", "User Initiated"),
                    event("Database", "CREATE_FAILED", "From an earlier attempt"),
                ]
            },
        )
        with pytest.raises(StackError, match="WebEnvironment: No solution stack"):
            stack.carry_out(ChangeSet(ARN, creates_stack=False, changes=[]))


class ReplacementTests:
    """What a change set says of a resource that people's data is in."""

    def change(self, kind, replacement, **properties):
        details = [
            {
                "Target": {"Attribute": "Properties", "Name": name, "RequiresRecreation": answer},
                "Evaluation": "Static",
            }
            for name, answer in properties.items()
        ]
        return Change.of(
            {
                "Action": "Modify",
                "LogicalResourceId": "Holder",
                "ResourceType": f"AWS::{kind}",
                "Replacement": replacement,
                "Details": details,
            }
        )

    def test_a_second_zone_for_the_database_makes_no_new_one(self):
        change = self.change(
            "RDS::DBInstance", "Conditional", MultiAZ="Conditionally", AllocatedStorage="Never"
        )
        assert not change.loses_data
        assert "makes a new one" not in str(change)

    @pytest.mark.parametrize(
        ("kind", "replacement", "properties"),
        [
            ("RDS::DBInstance", "True", {"DBName": "Always"}),
            ("RDS::DBInstance", "Conditional", {"Engine": "Conditionally"}),
            # Always, if the value that is known only then differs.
            ("RDS::DBInstance", "Conditional", {"MultiAZ": "Conditionally", "DBName": "Always"}),
            ("RDS::DBInstance", "Conditional", {}),
            ("DynamoDB::Table", "Conditional", {"KeySchema": "Conditionally"}),
        ],
    )
    def test_what_may_make_a_new_one_is_told(self, kind, replacement, properties):
        assert self.change(kind, replacement, **properties).loses_data

    def test_what_is_changed_in_place_is_no_loss(self):
        assert not self.change("DynamoDB::Table", "False", BillingMode="Never").loses_data
