"""One CloudFormation stack, changed through change sets alone: seen first, then carried out."""

import uuid
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from botocore.exceptions import ClientError, WaiterError

CAPABILITIES = ["CAPABILITY_IAM", "CAPABILITY_AUTO_EXPAND"]
# CloudFormation has no code for this, only these two sentences in a failed change set's reason.
NOTHING_TO_CHANGE = ("didn't contain changes", "No updates are to be performed")
# What a stack is left in whose creation failed: it can only be deleted.
NEVER_CREATED = {"CREATE_FAILED", "ROLLBACK_COMPLETE", "ROLLBACK_FAILED"}
# What every other change ends in, be it carried out or taken back (RollbackStack calls such a
# status stable). Its clean-up has a status of its own, in which CloudFormation takes no change.
SETTLED = "_COMPLETE"
# What people would miss. The templates retain it, but the site would go on with an empty one.
HOLDS_DATA = {"AWS::DynamoDB::Table", "AWS::Cognito::UserPool", "AWS::RDS::DBInstance"}
# What CloudFormation says to be replaced "conditionally", and RDS always changes in place: none of
# the conditions of its handler (isChangeMutable) is about these.
# https://github.com/aws-cloudformation/aws-cloudformation-resource-providers-rds
CHANGED_IN_PLACE = {
    ("AWS::RDS::DBInstance", "AutoMinorVersionUpgrade"),
    ("AWS::RDS::DBInstance", "BackupRetentionPeriod"),
    ("AWS::RDS::DBInstance", "DBParameterGroupName"),
    ("AWS::RDS::DBInstance", "MultiAZ"),
    ("AWS::RDS::DBInstance", "StorageType"),
}
PATIENCE = {"Delay": 15, "MaxAttempts": 240}


class StackError(Exception):
    """A stack could not be changed; the message says why, in CloudFormation's words."""


@dataclass(frozen=True)
class Change:
    """One line of a plan."""

    action: str
    logical_id: str
    kind: str
    replaces: bool

    @classmethod
    def of(cls, change: Mapping[str, Any]) -> "Change":
        """The change as CloudFormation describes it; what may be replaced counts as replaced."""
        kind = change["ResourceType"]
        replaces = change.get("Replacement") in {"True", "Conditional"}
        if change.get("Replacement") == "Conditional":
            reasons = [
                one["Target"]
                for one in change.get("Details", [])
                if one["Target"].get("RequiresRecreation") != "Never"
            ]
            replaces = not reasons or any(
                one.get("RequiresRecreation") == "Always"
                or (kind, one.get("Name")) not in CHANGED_IN_PLACE
                for one in reasons
            )
        return cls(change["Action"], change["LogicalResourceId"], kind, replaces)

    @property
    def loses_data(self) -> bool:
        """Whether the site would be without what people put in there."""
        return self.kind in HOLDS_DATA and (self.replaces or self.action == "Remove")

    def __str__(self) -> str:
        replaced = "  (makes a new one)" if self.replaces else ""
        return f"{self.action:8} {self.kind:44} {self.logical_id}{replaced}"


@dataclass(frozen=True)
class ChangeSet:
    """A change set that can be carried out, and what it would do."""

    arn: str
    creates_stack: bool
    changes: list[Change]


class Stack:
    """A stack by its name, which may not exist yet."""

    def __init__(self, client: Any, name: str) -> None:
        self._client = client
        self.name = name

    def describe(self) -> dict[str, Any] | None:
        """What CloudFormation says of it; None when it does not exist, or only as a draft."""
        try:
            stack: dict[str, Any] = self._client.describe_stacks(StackName=self.name)["Stacks"][0]
        except ClientError as error:
            # A stack that does not exist is a ValidationError like any other, told by its text.
            if "does not exist" in error.response["Error"]["Message"]:
                return None
            raise
        return None if stack["StackStatus"] == "REVIEW_IN_PROGRESS" else stack

    def settled(self) -> dict[str, Any] | None:
        """What `describe` says, of a stack that can be changed; the others are a StackError.

        Until a change has come to its end, the parameters can be those of one that will fail.
        """
        stack = self.describe()
        if stack is None:
            return None
        status = stack["StackStatus"]
        if status in NEVER_CREATED:
            raise StackError(
                f"{self.name} could not be created: delete it and what it left behind, as "
                "docs/deployment.md says, and try again."
            )
        if not status.endswith(SETTLED):
            raise StackError(
                f"{self.name} is in {status}: wait for that change's end, or bring it to one in "
                "the CloudFormation console, and try again."
            )
        return stack

    def outputs(self) -> dict[str, str]:
        """The outputs of the stack as it is; none when it does not exist."""
        stack = self.describe() or {}
        return {one["OutputKey"]: one["OutputValue"] for one in stack.get("Outputs", [])}

    def parameters(self) -> dict[str, str]:
        """The parameters of the stack as it is; none when it does not exist."""
        stack = self.describe() or {}
        return {one["ParameterKey"]: one["ParameterValue"] for one in stack.get("Parameters", [])}

    def physical_id(self, logical_id: str) -> str:
        """What AWS calls a resource of the stack."""
        answer = self._client.describe_stack_resource(
            StackName=self.name, LogicalResourceId=logical_id
        )
        physical_id: str = answer["StackResourceDetail"]["PhysicalResourceId"]
        return physical_id

    def prepare(self, template_url: str | None, parameters: Mapping[str, str]) -> ChangeSet | None:
        """A change set to this template and these parameters; None when nothing would change.

        Parameters that are not named keep their values. Without a template the present one stays.
        """
        exists = self.settled() is not None
        present = self.parameters()
        if template_url:
            template: dict[str, Any] = {"TemplateURL": template_url}
            known = self._client.get_template_summary(TemplateURL=template_url)["Parameters"]
            kept = set(present) & {one["ParameterKey"] for one in known} - set(parameters)
        else:
            template = {"UsePreviousTemplate": True}
            kept = set(present) - set(parameters)
        made = self._client.create_change_set(
            StackName=self.name,
            ChangeSetName=f"deploy-{uuid.uuid4().hex}",
            ChangeSetType="UPDATE" if exists else "CREATE",
            Capabilities=CAPABILITIES,
            Parameters=[
                *({"ParameterKey": key, "ParameterValue": value}
                  for key, value in sorted(parameters.items())),
                *({"ParameterKey": key, "UsePreviousValue": True} for key in sorted(kept)),
            ],
            **template,
        )  # fmt: skip
        arn = made["Id"]
        try:
            self._client.get_waiter("change_set_create_complete").wait(
                ChangeSetName=arn, WaiterConfig=PATIENCE
            )
        except WaiterError as error:
            reason = str(getattr(error, "last_response", {}).get("StatusReason", error))
            self._client.delete_change_set(ChangeSetName=arn)
            if any(sentence in reason for sentence in NOTHING_TO_CHANGE):
                return None
            raise StackError(f"{self.name}: {reason}") from None
        return ChangeSet(arn, not exists, self._changes(arn))

    def _changes(self, arn: str) -> list[Change]:
        changes = []
        for page in self._client.get_paginator("describe_change_set").paginate(ChangeSetName=arn):
            for entry in page["Changes"]:
                changes.append(Change.of(entry["ResourceChange"]))
        return changes

    def discard(self, change_set: ChangeSet) -> None:
        """Removes a change set that is not carried out, and the empty stack that holds it."""
        self._client.delete_change_set(ChangeSetName=change_set.arn)
        if change_set.creates_stack:
            self._client.delete_stack(StackName=self.name)

    def carry_out(self, change_set: ChangeSet) -> None:
        """Carries it out and waits; a failure is told with the first resource that failed."""
        self._client.execute_change_set(ChangeSetName=change_set.arn)
        done = "stack_create_complete" if change_set.creates_stack else "stack_update_complete"
        try:
            self._client.get_waiter(done).wait(StackName=self.name, WaiterConfig=PATIENCE)
        except WaiterError:
            raise StackError(f"{self.name}: {self._first_failure()}") from None

    def _first_failure(self) -> str:
        """The oldest failure of the latest change: what follows it is only its consequence."""
        reason = "it failed without saying why; the console shows its events."
        pages = self._client.get_paginator("describe_stack_events").paginate(StackName=self.name)
        for page in pages:
            for event in page["StackEvents"]:
                status, cause = event["ResourceStatus"], event.get("ResourceStatusReason", "")
                if event["LogicalResourceId"] == self.name and cause == "User Initiated":
                    return reason
                if status.endswith("_FAILED") and "cancelled" not in cause:
                    reason = f"{event['LogicalResourceId']}: {cause}"
        return reason

    def delete(self) -> None:
        """Deletes the stack and waits."""
        self._client.delete_stack(StackName=self.name)
        try:
            self._client.get_waiter("stack_delete_complete").wait(
                StackName=self.name, WaiterConfig=PATIENCE
            )
        except WaiterError:
            raise StackError(f"{self.name}: {self._first_failure()}") from None


def stands(status: str) -> bool:
    """Whether a stack of this status was made and is not being changed."""
    return status.endswith(SETTLED) and status not in NEVER_CREATED


def show(stack: Stack, change_set: ChangeSet | None) -> None:
    """A change set for people."""
    if change_set is None:
        print(f"{stack.name}: nothing to change")
        return
    print(f"{stack.name}: {'new' if change_set.creates_stack else 'changes'}")
    for change in change_set.changes:
        print(f"  {change}")
