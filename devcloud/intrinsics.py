"""CloudFormation's intrinsic functions, evaluated as the stack is put together."""

import re
from collections.abc import Callable, Mapping
from typing import Any, Protocol

from devcloud.errors import TemplateError

# What AWS::NoValue becomes; the property or list element that holds it is left out.
NO_VALUE = object()

_VARIABLE = re.compile(r"\$\{(!?)([^}]*)\}")


class Names(Protocol):
    """What the names in a template stand for."""

    def ref(self, name: str, place: str) -> Any:
        """The value of a parameter, a pseudo parameter or a resource's physical id."""

    def attribute(self, logical_id: str, attribute: str, place: str) -> Any:
        """What Fn::GetAtt gives."""

    def condition(self, name: str, place: str) -> bool:
        """Whether a condition of the template holds."""

    def mapping(self, keys: list[str], place: str) -> Any:
        """What Fn::FindInMap gives."""

    def include(self, location: str, place: str) -> Any:
        """The JSON file that AWS::Include puts in, not yet resolved."""


def resolve(value: Any, names: Names, place: str) -> Any:
    """The value with every intrinsic function in it replaced by its result.

    Raises TemplateError that names the place of the first function that cannot be evaluated.
    """
    if isinstance(value, list):
        items = [resolve(item, names, f"{place}[{index}]") for index, item in enumerate(value)]
        return [item for item in items if item is not NO_VALUE]
    if not isinstance(value, dict):
        return value
    if len(value) == 1:
        [(key, argument)] = value.items()
        if key == "Condition" and isinstance(argument, str):
            return names.condition(argument, place)
        if key == "Ref" or (isinstance(key, str) and key.startswith("Fn::")):
            function = _FUNCTIONS.get(key)
            if function is None:
                raise TemplateError(place, f"devcloud does not know the function {key}.")
            return function(argument, names, place)
    for key in value:
        if isinstance(key, str) and key.startswith("Fn::"):
            raise TemplateError(place, f"{key} must stand alone.")
    entries = {key: resolve(entry, names, f"{place}.{key}") for key, entry in value.items()}
    return {key: entry for key, entry in entries.items() if entry is not NO_VALUE}


def _ref(argument: Any, names: Names, place: str) -> Any:
    return names.ref(_text(argument, "Ref", place), place)


def _get_att(argument: Any, names: Names, place: str) -> Any:
    if isinstance(argument, str):
        argument = argument.split(".", 1)
    if not isinstance(argument, list) or len(argument) != 2:
        raise TemplateError(place, "Fn::GetAtt takes a resource and an attribute.")
    logical_id, attribute = argument
    return names.attribute(logical_id, _text(resolve(attribute, names, place), "", place), place)


def _sub(argument: Any, names: Names, place: str) -> str:
    variables: Mapping[str, Any] = {}
    if isinstance(argument, list) and len(argument) == 2:
        argument, variables = argument[0], resolve(argument[1], names, place)
    text = _text(argument, "Fn::Sub", place)

    def value(match: re.Match[str]) -> str:
        is_literal, name = match.groups()
        if is_literal:
            return "${" + name + "}"
        name = name.strip()
        if name in variables:
            return _text(variables[name], "Fn::Sub", place)
        if "." in name:
            logical_id, attribute = name.split(".", 1)
            return str(names.attribute(logical_id, attribute, place))
        return _text(names.ref(name, place), "Fn::Sub", place)

    return _VARIABLE.sub(value, text)


def _join(argument: Any, names: Names, place: str) -> str:
    delimiter, items = _arguments("Fn::Join", argument, 2, place)
    resolved = resolve(items, names, place)
    if not isinstance(resolved, list):
        raise TemplateError(place, "Fn::Join takes a list.")
    return str(delimiter).join(_text(item, "Fn::Join", place) for item in resolved)


def _select(argument: Any, names: Names, place: str) -> Any:
    index, items = resolve(_arguments("Fn::Select", argument, 2, place), names, place)
    try:
        return items[int(index)]
    except (IndexError, ValueError, TypeError) as error:
        raise TemplateError(place, f"Fn::Select finds no element {index}.") from error


def _split(argument: Any, names: Names, place: str) -> list[str]:
    delimiter, text = resolve(_arguments("Fn::Split", argument, 2, place), names, place)
    return _text(text, "Fn::Split", place).split(str(delimiter))


def _if(argument: Any, names: Names, place: str) -> Any:
    name, then, otherwise = _arguments("Fn::If", argument, 3, place)
    return resolve(then if names.condition(name, place) else otherwise, names, place)


def _equals(argument: Any, names: Names, place: str) -> bool:
    left, right = resolve(_arguments("Fn::Equals", argument, 2, place), names, place)
    return str(left) == str(right)


def _not(argument: Any, names: Names, place: str) -> bool:
    [condition] = resolve(_arguments("Fn::Not", argument, 1, place), names, place)
    return not condition


def _and(argument: Any, names: Names, place: str) -> bool:
    return all(resolve(argument, names, place))


def _or(argument: Any, names: Names, place: str) -> bool:
    return any(resolve(argument, names, place))


def _contains(argument: Any, names: Names, place: str) -> bool:
    members, value = resolve(_arguments("Fn::Contains", argument, 2, place), names, place)
    return str(value) in [str(member) for member in members]


def _find_in_map(argument: Any, names: Names, place: str) -> Any:
    keys = resolve(_arguments("Fn::FindInMap", argument, 3, place), names, place)
    return names.mapping([str(key) for key in keys], place)


def _transform(argument: Any, names: Names, place: str) -> Any:
    if not isinstance(argument, dict) or argument.get("Name") != "AWS::Include":
        raise TemplateError(place, "devcloud knows no other transform than AWS::Include.")
    parameters = resolve(argument.get("Parameters", {}), names, place)
    location = parameters.get("Location") if isinstance(parameters, dict) else None
    return resolve(names.include(_text(location, "Location", place), place), names, place)


def _arguments(function: str, argument: Any, count: int, place: str) -> list[Any]:
    if not isinstance(argument, list) or len(argument) != count:
        raise TemplateError(place, f"{function} takes a list of {count}.")
    return argument


def _text(value: Any, function: str, place: str) -> str:
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, str | int | float):
        return str(value)
    raise TemplateError(place, f"{function} takes a string here.".lstrip())


_FUNCTIONS: dict[str, Callable[[Any, Names, str], Any]] = {
    "Ref": _ref,
    "Fn::GetAtt": _get_att,
    "Fn::Sub": _sub,
    "Fn::Join": _join,
    "Fn::Select": _select,
    "Fn::Split": _split,
    "Fn::If": _if,
    "Fn::Equals": _equals,
    "Fn::Not": _not,
    "Fn::And": _and,
    "Fn::Or": _or,
    "Fn::Contains": _contains,
    "Fn::FindInMap": _find_in_map,
    "Fn::Transform": _transform,
}
