"""What the role of a function allows it to do."""

import re
import secrets
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from devcloud.errors import TemplateError
from devcloud.resources import Resource
from devcloud.stack import Stack

_MEMBERS = {"Action", "Effect", "Resource", "Sid"}


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
        return any(_fits(pattern.lower(), action.lower()) for pattern in self.actions) and any(
            _fits(pattern, resource_arn) for pattern in self.resources
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

    Raises TemplateError for a statement that this module would read as more or less than it says.
    """
    attached = stack.of_type("AWS::IAM::Policy")
    found = {}
    for role in stack.of_type("AWS::IAM::Role"):
        arn = role.attribute("Arn")
        assert arn is not None
        documents = _documents(role, attached)
        _check_statements(documents, f"Resources.{role.logical_id}.Properties.Policies")
        found[arn] = Policy(documents)
    return found


def _documents(role: Resource, attached: list[Resource]) -> list[Mapping[str, Any]]:
    own = [policy["PolicyDocument"] for policy in role.properties.get("Policies", ())]
    others = [
        policy.properties["PolicyDocument"]
        for policy in attached
        if role.physical_id in policy.properties.get("Roles", ())
    ]
    return own + others


def _check_statements(documents: Iterable[Mapping[str, Any]], place: str) -> None:
    for document in documents:
        for statement in _as_tuple(document.get("Statement", ())):
            for name in sorted(set(statement) - _MEMBERS):
                raise TemplateError(place, f"devcloud does not imitate {name} in a statement.")


def _fits(pattern: str, text: str) -> bool:
    """Whether the text fits a pattern in which * is anything and ? is one character."""
    expression = re.escape(pattern).replace(r"\*", ".*").replace(r"\?", ".")
    return re.fullmatch(expression, text, re.DOTALL) is not None


def _as_tuple(value: Any) -> tuple[Any, ...]:
    return tuple(value) if isinstance(value, list | tuple) else (value,)
