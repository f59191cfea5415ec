"""docs/deployment.md's own commands: they exist, and what they bring back is there."""

import re
from pathlib import Path

import boto3
import pytest
from botocore import xform_name
from moto import mock_aws

from tests.infra.fake_account import SESSION

DOCUMENT = (Path(__file__).resolve().parents[2] / "docs/deployment.md").read_text()
REGION = "eu-central-1"
# Options of the AWS CLI itself, which every command has.
GENERAL = {"query", "output", "region", "profile"}


def aws_commands():
    """Every command of the AWS CLI, in a block or in a sentence, on one line."""
    blocks = re.findall(r"```sh\n(.+?)```", DOCUMENT, re.DOTALL)
    lines = [line for block in blocks for line in block.replace("\\\n", " ").splitlines()]
    sentences = re.sub(r"```.+?```", "", DOCUMENT, flags=re.DOTALL)
    spans = [" ".join(span.split()) for span in re.findall(r"`([^`]+)`", sentences)]
    written = {one.split(" # ")[0].strip() for one in lines + spans}
    return sorted(one for one in written if one.startswith("aws "))


class AwsCommandTests:
    """Neither the AWS CLI nor an account is here; botocore has the same services' models."""

    @pytest.mark.parametrize("command", aws_commands())
    def test_it_is_one_of_the_service_with_the_options_it_needs(self, command):
        _, service, operation, *rest = command.split()
        if operation == "wait":
            waiters = SESSION.get_waiter_model(service)
            names = {xform_name(name, "-"): name for name in waiters.waiter_names}
            operation = xform_name(waiters.get_waiter(names[rest[0]]).operation, "-")
        model = SESSION.get_service_model(service)
        names = {xform_name(name, "-"): name for name in model.operation_names}
        given = model.operation_model(names[operation]).input_shape
        options = {xform_name(name, "-"): shape for name, shape in given.members.items()}
        negated = {f"no-{name}" for name, shape in options.items() if shape.type_name == "boolean"}
        named = set(re.findall(r"--([a-z0-9-]+)", command))
        assert named <= {*options, *negated, *GENERAL}
        assert {xform_name(name, "-") for name in given.required_members} <= named

    @pytest.mark.parametrize(
        "option",
        [
            "--db-subnet-group-name",
            "--vpc-security-group-ids",
            "--db-parameter-group-name",
            "--multi-az",
            "--no-publicly-accessible",
            "--deletion-protection",
        ],
    )
    def test_a_database_that_is_restored_is_as_the_template_makes_it(self, option):
        """RDS gives a restored instance its defaults of these, not those of before."""
        restored = [one for one in aws_commands() if one.startswith("aws rds restore-")]
        assert restored
        assert all(option in one for one in restored)

    def test_the_database_that_was_replaced_does_not_stay(self):
        """It is protected against deletion, and has the same people's data in it."""
        broken = [
            one for one in aws_commands() if "--db-instance-identifier notesite-broken" in one
        ]
        assert any("--no-deletion-protection" in one for one in broken)
        deleted = [one for one in broken if one.startswith("aws rds delete-db-instance")]
        assert all("--final-db-snapshot-identifier" in one for one in deleted)
        assert deleted


class NotesBackTests:
    """The program that copies one person's notes from a restored table."""

    @pytest.fixture
    def program(self):
        blocks = re.findall(r"```python\n(.+?)```", DOCUMENT, re.DOTALL)
        return next(one for one in blocks if "Notes-restored" in one)

    @pytest.fixture
    def tables(self, monkeypatch):
        monkeypatch.setenv("AWS_DEFAULT_REGION", REGION)
        with mock_aws():
            resource = boto3.resource("dynamodb")
            yield [
                resource.create_table(
                    TableName=name,
                    BillingMode="PAY_PER_REQUEST",
                    AttributeDefinitions=[
                        {"AttributeName": "userId", "AttributeType": "S"},
                        {"AttributeName": "noteId", "AttributeType": "S"},
                    ],
                    KeySchema=[
                        {"AttributeName": "userId", "KeyType": "HASH"},
                        {"AttributeName": "noteId", "KeyType": "RANGE"},
                    ],
                )
                for name in ("Notes", "Notes-restored")
            ]

    def test_it_brings_back_that_persons_notes_and_no_others(self, program, tables):
        notes, restored = tables
        for number in range(30):
            restored.put_item(Item={"userId": "the sub", "noteId": str(number), "note": "old"})
        restored.put_item(Item={"userId": "another", "noteId": "1", "note": "old"})
        notes.put_item(Item={"userId": "the sub", "noteId": "1", "note": "damaged"})
        notes.put_item(Item={"userId": "the sub", "noteId": "since", "note": "new"})
        exec(compile(program, "docs/deployment.md", "exec"), {})
        found = notes.scan()["Items"]
        assert {item["userId"] for item in found} == {"the sub"}
        assert len(found) == 31
        assert {item["note"] for item in found} == {"old", "new"}
