"""What the role of a function allows it to do."""

import re
import secrets
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from devcloud.errors import TemplateError
from devcloud.resources import Resource
from devcloud.stack import Stack


@dataclass(frozen=True)
class Credentials:
    """A key pair that stands for a role, made anew at each start."""

    access_key_id: str
    role_arn: str

    @classmethod
    def make(cls, role_arn: str) -> "Credentials":
        """Fresh temporary credentials of that role."""
        return cls("ASIA" + secrets.token_hex(8).upper(), role_arn)


@dataclass(frozen=True)
class _Statement:
    effect: str
    actions: tuple[str, ...]
    resources: tuple[str, ...]

    def covers(self, action: str, resource_arn: str) -> bool:
        return any(fits(pattern.lower(), action.lower()) for pattern in self.actions) and any(
            fits(pattern, resource_arn) for pattern in self.resources
        )


class Policy:
    """The statements of one or several policy documents.

    https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_evaluation-logic.html
    """

    def __init__(self, documents: Iterable[Mapping[str, Any]]) -> None:
        self._statements = [
            _Statement(
                statement["Effect"],
                _as_tuple(statement.get("Action", ())),
                _as_tuple(statement.get("Resource", ())),
            )
            for document in documents
            for statement in _as_tuple(document.get("Statement", ()))
        ]

    def effect(self, action: str, resource_arn: str) -> str | None:
        """``Deny`` if any statement denies it, else ``Allow`` if one allows it, else None."""
        effects = {s.effect for s in self._statements if s.covers(action, resource_arn)}
        return "Deny" if "Deny" in effects else effects.pop() if effects else None


def role_policies(stack: Stack) -> dict[str, Policy]:
    """The policy of each role in the stack by the role's ARN.

    Raises TemplateError for a function whose role grants what devcloud does not read.
    """
    for function in stack.of_type("AWS::Lambda::Function"):
        _check_role(function, stack)
    attached = stack.of_type("AWS::IAM::Policy")
    found = {}
    for role in stack.of_type("AWS::IAM::Role"):
        arn = role.attribute("Arn")
        assert arn is not None
        found[arn] = Policy(_documents(role, attached))
    return found


def _check_role(function: Resource, stack: Stack) -> None:
    role = stack.by_arn("AWS::IAM::Role", function.properties["Role"])
    if role is None:
        raise TemplateError(
            f"Resources.{function.logical_id}.Properties.Role", "it is no role of this stack."
        )
    if not _trusts(role, "lambda.amazonaws.com"):
        raise TemplateError(
            f"Resources.{role.logical_id}.Properties.AssumeRolePolicyDocument",
            f"it does not let Lambda assume the role for {function.logical_id}.",
        )
    if role.properties.get("ManagedPolicyArns"):
        raise TemplateError(
            f"Resources.{role.logical_id}.Properties.ManagedPolicyArns",
            f"devcloud does not know what they grant to {function.logical_id}.",
        )


def _trusts(role: Resource, service: str) -> bool:
    """Whether the service may assume the role."""
    document = role.properties["AssumeRolePolicyDocument"]
    statements = [
        statement
        for statement in _as_tuple(document["Statement"])
        if "sts:AssumeRole" in _as_tuple(statement["Action"])
        and service in _as_tuple(statement["Principal"].get("Service", ()))
    ]
    return {statement["Effect"] for statement in statements} == {"Allow"}


def _documents(role: Resource, attached: list[Resource]) -> list[Mapping[str, Any]]:
    own = [policy["PolicyDocument"] for policy in role.properties.get("Policies", ())]
    others = [
        policy.properties["PolicyDocument"]
        for policy in attached
        if role.physical_id in policy.properties.get("Roles", ())
    ]
    return own + others


def fits(pattern: str, text: str) -> bool:
    """Whether the text fits a pattern in which * is anything and ? is one character."""
    expression = re.escape(pattern).replace(r"\*", ".*").replace(r"\?", ".")
    return re.fullmatch(expression, text, re.DOTALL) is not None


def _as_tuple(value: Any) -> tuple[Any, ...]:
    return tuple(value) if isinstance(value, list | tuple) else (value,)
