"""The attribute values in a request: of one type each, numbers that are some, not too deep."""

import re
from collections.abc import Iterator, Mapping
from typing import Any

from botocore.model import ListShape, MapShape, Shape, StructureShape

# AWS, service quotas; reports that measured it took 31 maps or lists around a text, and were
# refused 32. They were refused wherever a value may be, and in these words.
_DEEPEST = 32
TOO_DEEP = (
    "Nesting Levels have exceeded supported limits: Attributes in the item have nested levels"
    " beyond supported limit"
)
_EMPTY = "Supplied AttributeValue is empty, must contain exactly one of the supported datatypes"
_SEVERAL = (
    "Supplied AttributeValue has more than one datatypes set, must contain exactly one of the"
    " supported datatypes"
)
_NUMBER = re.compile(r"[+-]?([0-9]+\.?[0-9]*|\.[0-9]+)([eE][+-]?[0-9]+)?", re.ASCII)


def values(given: Any, shape: Shape) -> Iterator[Mapping[str, Any]]:
    """The attribute values in a request that fits the service model, without those within them."""
    match shape:
        case StructureShape(name="AttributeValue"):
            yield given
        case StructureShape():
            for name, member in shape.members.items():
                if name in given:
                    yield from values(given[name], member)
        case ListShape():
            for item in given:
                yield from values(item, shape.member)
        case MapShape():
            for item in given.values():
                yield from values(item, shape.value)


def value_mistake(value: Mapping[str, Any]) -> str | None:
    """What DynamoDB refuses about a value, or about one within it."""
    level, depth = [value], 0
    while level:
        depth += 1
        if depth > _DEEPEST:
            return TOO_DEEP
        for single in level:
            if len(single) != 1:
                return _SEVERAL if single else _EMPTY
            for number in (*single.get("NS", ()), *([single["N"]] if "N" in single else ())):
                if not _NUMBER.fullmatch(number):
                    return f"The parameter cannot be converted to a numeric value: {number}"
        level = [inner for outer in level for inner in _inside(outer)]
    return None


def _inside(value: Mapping[str, Any]) -> list[Mapping[str, Any]]:
    return [*value.get("M", {}).values(), *value.get("L", ())]
