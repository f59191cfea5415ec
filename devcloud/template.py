"""Reads a CloudFormation template: YAML with short-form tags, parameters, sections."""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

from devcloud.errors import StartError, TemplateError
from devcloud.shapes import (
    Shape,
    anything,
    expression,
    items,
    mapping,
    named,
    one_of,
    one_or_items,
    scalar,
    text,
)

_DELETION = one_of("Delete", "Retain", "RetainExceptOnCreate", "Snapshot")
_SECTIONS: dict[str, Shape] = {
    "AWSTemplateFormatVersion": anything,
    "Conditions": named(anything),
    "Description": anything,
    "Mappings": named(anything),
    "Metadata": anything,
    "Outputs": named(
        mapping(dict.fromkeys(("Condition", "Description", "Export", "Value"), anything))
    ),
    "Parameters": named(
        mapping(
            {
                **dict.fromkeys(("AllowedValues", "Default", "NoEcho"), anything),
                **dict.fromkeys(("ConstraintDescription", "Description"), anything),
                **dict.fromkeys(("MaxLength", "MaxValue", "MinLength", "MinValue"), scalar),
                "AllowedPattern": expression,
                "Type": one_of("String", "Number", "CommaDelimitedList", "List<Number>"),
            },
            required=("Type",),
        )
    ),
    "Resources": named(
        mapping(
            {
                # Without effect: devcloud keeps its data until `make reset`.
                "DeletionPolicy": _DELETION,
                "UpdateReplacePolicy": _DELETION,
                "Condition": text(),
                "DependsOn": one_or_items(text()),
                "Metadata": anything,
                "Properties": named(anything),
                "Type": text(),
            },
            required=("Type",),
        )
    ),
    "Rules": named(
        mapping(
            {
                "Assertions": items(
                    mapping({"Assert": anything, "AssertDescription": scalar}, required=("Assert",))
                ),
                "RuleCondition": anything,
            },
            required=("Assertions",),
        )
    ),
}


@dataclass(frozen=True)
class Template:
    """The sections of a template as written, with every short-form tag in its long form."""

    directory: Path
    parameters: Mapping[str, Mapping[str, Any]]
    rules: Mapping[str, Mapping[str, Any]]
    mappings: Mapping[str, Any]
    conditions: Mapping[str, Any]
    resources: Mapping[str, Mapping[str, Any]]
    outputs: Mapping[str, Mapping[str, Any]]


def read_template(path: Path) -> Template:
    """The template in that file; raises StartError when it cannot be read as one."""
    try:
        document = yaml.load(path.read_text(encoding="utf-8"), Loader=_Loader)
    except OSError as error:
        raise StartError(f"{path} cannot be read: {error.strerror}.") from error
    except yaml.YAMLError as error:
        raise StartError(f"{path} is no valid YAML: {' '.join(str(error).split())}") from error
    if not isinstance(document, dict) or not isinstance(document.get("Resources"), dict):
        raise TemplateError(path.name, "a template needs the section Resources.")
    for name, section in document.items():
        if name not in _SECTIONS:
            raise TemplateError(str(name), "devcloud does not know this section.")
        _SECTIONS[name](section, name)
    return Template(
        directory=path.resolve().parent,
        parameters=document.get("Parameters", {}),
        rules=document.get("Rules", {}),
        mappings=document.get("Mappings", {}),
        conditions=document.get("Conditions", {}),
        resources=document.get("Resources", {}),
        outputs=document.get("Outputs", {}),
    )


def parameter_values(template: Template, given: Mapping[str, str]) -> dict[str, Any]:
    """Each parameter's value, given or default, checked against its own limits."""
    for name in given:
        if name not in template.parameters:
            raise TemplateError(f"Parameters.{name}", "the template has no such parameter.")
    values: dict[str, Any] = {}
    for name, declaration in template.parameters.items():
        if name in given:
            text = given[name]
        elif "Default" in declaration:
            text = str(declaration["Default"])
        else:
            raise TemplateError(
                f"Parameters.{name}", f"it has no default; give --parameter {name}=VALUE."
            )
        values[name] = _checked(name, declaration, text)
    return values


def _checked(name: str, declaration: Mapping[str, Any], text: str) -> Any:
    """The value as the intrinsic functions see it: a string, or a list of strings."""
    place = f"Parameters.{name}"
    kind = str(declaration.get("Type", "String"))
    if kind.startswith(("List<", "CommaDelimitedList")):
        return [item.strip() for item in text.split(",")] if text else []
    if kind == "Number" and not re.fullmatch(r"-?\d+(\.\d+)?", text):
        raise TemplateError(place, f"the value {text!r} is no number.")
    limits = {key: declaration[key] for key in _LIMITS if key in declaration}
    for key, limit in limits.items():
        if not _LIMITS[key](text, limit):
            because = declaration.get("ConstraintDescription", f"{key} is {limit}.")
            raise TemplateError(place, f"the value {text!r} is not allowed: {because}")
    return text


_LIMITS: dict[str, Callable[[str, Any], bool]] = {
    "AllowedValues": lambda text, allowed: text in [str(value) for value in allowed],
    "AllowedPattern": lambda text, pattern: re.fullmatch(pattern, text) is not None,
    "MinLength": lambda text, limit: len(text) >= int(limit),
    "MaxLength": lambda text, limit: len(text) <= int(limit),
    "MinValue": lambda text, limit: float(text) >= float(limit),
    "MaxValue": lambda text, limit: float(text) <= float(limit),
}


class _Loader(yaml.CSafeLoader):
    """YAML as CloudFormation reads it: dates are strings, a repeated key is a mistake."""

    # Without this an unquoted policy version 2012-10-17 would become a date.
    yaml_implicit_resolvers = {
        first: [(tag, regexp) for tag, regexp in resolvers if not tag.endswith(":timestamp")]
        for first, resolvers in yaml.CSafeLoader.yaml_implicit_resolvers.items()
    }


def _mapping(loader: _Loader, node: yaml.MappingNode) -> dict[Any, Any]:
    keys = [key.value for key, _ in node.value]
    for key in keys:
        if keys.count(key) > 1:
            raise yaml.MarkedYAMLError(None, None, f"{key} is there twice", node.start_mark)
    return loader.construct_mapping(node, deep=True)


def _short_form(loader: _Loader, suffix: str, node: yaml.Node) -> dict[str, Any]:
    value: Any
    if isinstance(node, yaml.ScalarNode):
        value = loader.construct_scalar(node)
    elif isinstance(node, yaml.SequenceNode):
        value = loader.construct_sequence(node, deep=True)
    else:
        assert isinstance(node, yaml.MappingNode)
        value = _mapping(loader, node)
    if suffix in ("Ref", "Condition"):
        return {suffix: value}
    if suffix == "GetAtt" and isinstance(value, str):
        value = value.split(".", 1)
    return {f"Fn::{suffix}": value}


_Loader.add_constructor(yaml.resolver.BaseResolver.DEFAULT_MAPPING_TAG, _mapping)
_Loader.add_multi_constructor("!", _short_form)
