"""The stack that a template and its parameters describe, with everything in it resolved."""

import json
from collections.abc import Mapping
from typing import Any

from devcloud.errors import TemplateError
from devcloud.intrinsics import NO_VALUE, resolve
from devcloud.physical_ids import PhysicalIds
from devcloud.resource_shapes import PROPERTIES
from devcloud.resources import (
    ACCOUNT_ID,
    PARTITION,
    REGION,
    RESOURCE_TYPES,
    STACK_NAME,
    URL_SUFFIX,
    Resource,
    arn,
)
from devcloud.template import Template, parameter_values

_PSEUDO_PARAMETERS = {
    "AWS::AccountId": ACCOUNT_ID,
    "AWS::NoValue": NO_VALUE,
    "AWS::NotificationARNs": [],
    "AWS::Partition": PARTITION,
    "AWS::Region": REGION,
    "AWS::StackId": arn("cloudformation", f"stack/{STACK_NAME}/devcloud"),
    "AWS::StackName": STACK_NAME,
    "AWS::URLSuffix": URL_SUFFIX,
}


class Stack:
    """Resources and outputs by logical id.

    Everything is resolved when the stack is made, so a mistake anywhere in the template is found
    at start: an unknown resource type, a name that stands for nothing, a circle of references.
    """

    def __init__(self, template: Template, given: Mapping[str, str], ids: PhysicalIds) -> None:
        self._template = template
        self._ids = ids
        self._parameters = parameter_values(template, given)
        self._conditions: dict[str, bool] = {}
        self._resolving: list[str] = []
        self.resources: dict[str, Resource] = {}
        for name, rule in template.rules.items():
            self._check_rule(name, rule)
        for logical_id, declaration in template.resources.items():
            self._check_declaration(logical_id, declaration)
        for logical_id in template.resources:
            if self._is_made(logical_id):
                self._resource(logical_id, f"Resources.{logical_id}")
        self.outputs = {
            name: resolve(output.get("Value"), self, f"Outputs.{name}.Value")
            for name, output in template.outputs.items()
            if "Condition" not in output or self.condition(output["Condition"], f"Outputs.{name}")
        }

    def of_type(self, resource_type: str) -> list[Resource]:
        """The resources of that type, in the template's order."""
        return [
            self.resources[logical_id]
            for logical_id in self._template.resources
            if logical_id in self.resources and self.resources[logical_id].type == resource_type
        ]

    def by_arn(self, resource_type: str, resource_arn: str) -> Resource | None:
        """The resource of that type that has this ARN."""
        for resource in self.of_type(resource_type):
            if resource_arn in (resource.attribute("Arn"), resource.physical_id):
                return resource
        return None

    def by_physical_id(self, resource_type: str, physical_id: str) -> Resource | None:
        """The resource of that type to which Ref gives this id."""
        for resource in self.of_type(resource_type):
            if resource.physical_id == physical_id:
                return resource
        return None

    # What the intrinsic functions ask for (devcloud.intrinsics.Names):

    def ref(self, name: str, place: str) -> Any:
        if name in self._parameters:
            return self._parameters[name]
        if name in _PSEUDO_PARAMETERS:
            return _PSEUDO_PARAMETERS[name]
        return self._resource(name, place).physical_id

    def attribute(self, logical_id: str, attribute: str, place: str) -> Any:
        resource = self._resource(logical_id, place)
        value = resource.attribute(attribute)
        if value is None:
            raise TemplateError(place, f"{logical_id} ({resource.type}) has no {attribute}.")
        return value

    def condition(self, name: str, place: str) -> bool:
        if name not in self._conditions:
            if name not in self._template.conditions:
                raise TemplateError(place, f"the template has no condition {name}.")
            expression = self._template.conditions[name]
            self._conditions[name] = bool(resolve(expression, self, f"Conditions.{name}"))
        return self._conditions[name]

    def mapping(self, keys: list[str], place: str) -> Any:
        value: Any = self._template.mappings
        for key in keys:
            if not isinstance(value, Mapping) or key not in value:
                raise TemplateError(place, f"the template's mappings have no {'.'.join(keys)}.")
            value = value[key]
        return value

    def include(self, location: str, place: str) -> Any:
        """The file of that path; a relative one begins where the template lies."""
        path = self._template.directory / location
        try:
            return json.loads(path.read_text(encoding="utf-8"))
        except OSError as error:
            raise TemplateError(place, f"{path} cannot be read: {error.strerror}.") from error
        except ValueError as error:
            raise TemplateError(place, f"{path} is no valid JSON: {error}.") from error

    def _resource(self, logical_id: str, place: str) -> Resource:
        if logical_id in self.resources:
            return self.resources[logical_id]
        declaration = self._template.resources.get(logical_id)
        if declaration is None:
            raise TemplateError(place, f"nothing in the template is called {logical_id}.")
        if not self._is_made(logical_id):
            raise TemplateError(place, f"{logical_id} is not made, its condition does not hold.")
        if logical_id in self._resolving:
            circle = " -> ".join([*self._resolving, logical_id])
            raise TemplateError(place, f"the references form a circle: {circle}.")
        self._resolving.append(logical_id)
        properties_place = f"Resources.{logical_id}.Properties"
        properties = resolve(declaration.get("Properties", {}), self, properties_place)
        self._resolving.pop()
        PROPERTIES[declaration["Type"]](properties, properties_place)
        kind = RESOURCE_TYPES[declaration["Type"]]
        made = self._ids.of(logical_id, kind.make)
        self.resources[logical_id] = Resource(
            logical_id=logical_id,
            type=declaration["Type"],
            properties=properties,
            physical_id=kind.physical_id(logical_id, properties, made),
            made=made,
        )
        return self.resources[logical_id]

    def _is_made(self, logical_id: str) -> bool:
        name = self._template.resources[logical_id].get("Condition")
        return name is None or self.condition(name, f"Resources.{logical_id}.Condition")

    def _check_rule(self, name: str, rule: Mapping[str, Any]) -> None:
        """Refuse parameters that the template's own rules forbid together."""
        place = f"Rules.{name}"
        if not resolve(rule.get("RuleCondition", True), self, f"{place}.RuleCondition"):
            return
        for assertion in rule.get("Assertions", ()):
            if not resolve(assertion.get("Assert"), self, f"{place}.Assertions"):
                raise TemplateError(place, assertion.get("AssertDescription", "it is not kept."))

    def _check_declaration(self, logical_id: str, declaration: Mapping[str, Any]) -> None:
        place = f"Resources.{logical_id}"
        if declaration.get("Type") not in RESOURCE_TYPES:
            raise TemplateError(
                f"{place}.Type", f"devcloud does not know the type {declaration.get('Type')}."
            )
        after = declaration.get("DependsOn", [])
        for name in [after] if isinstance(after, str) else after:
            if name not in self._template.resources:
                raise TemplateError(f"{place}.DependsOn", f"nothing is called {name}.")
