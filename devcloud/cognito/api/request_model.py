"""Holds requests of the user pool's API against botocore's service model of it."""

import re
import unicodedata
from collections.abc import Iterator, Mapping
from functools import cache

from botocore.model import ListShape, MapShape, ServiceModel, Shape, StructureShape
from botocore.session import Session

from devcloud.cognito.errors import InvalidParameter, Serialization

_TYPES: dict[str, tuple[type, ...]] = {
    "string": (str,),
    "boolean": (bool,),
    "integer": (int,),
    "structure": (Mapping,),
    "map": (Mapping,),
    "list": (list,),
}
_INTEGERS = range(-(2**31), 2**31)
# In the model a pattern with Unicode categories is one repeated set of characters.
_CATEGORY = re.compile(r"\\p\{(\w)\}")


def checked(operation: str, payload: Mapping[str, object]) -> Mapping[str, object]:
    """The request without members that are null or that the operation has not.

    Raises Serialization for a value of another type and InvalidParameter, in the words of AWS's
    services, for one that the model's constraints forbid.
    """
    shape = _service().operation_model(operation).input_shape
    assert isinstance(shape, StructureShape)
    found = list(_mistakes(payload, shape, ""))
    if found:
        errors = "error" if len(found) == 1 else "errors"
        raise InvalidParameter(f"{len(found)} validation {errors} detected: {'; '.join(found)}")
    return {
        name: value
        for name, value in payload.items()
        if name in shape.members and value is not None
    }


@cache
def _service() -> ServiceModel:
    return Session().get_service_model("cognito-idp")


def _mistakes(value: object, shape: Shape, place: str) -> Iterator[str]:
    _check_type(value, shape, place)
    for constraint in _broken(value, shape):
        shown = "" if shape.metadata.get("sensitive") else f" '{value}'"
        yield f"Value{shown} at '{place}' failed to satisfy constraint: Member must {constraint}"
    match shape, value:
        case StructureShape(), dict():
            yield from _mistakes_of_members(value, shape, place)
        case ListShape(), list():
            for number, item in enumerate(value, 1):
                yield from _mistakes(item, shape.member, f"{place}.{number}.member")
        case MapShape(), dict():
            for key, item in value.items():
                yield from _mistakes(key, shape.key, f"{place}.{key}.key")
                yield from _mistakes(item, shape.value, f"{place}.{key}.member")


def _mistakes_of_members(
    value: Mapping[str, object], shape: StructureShape, place: str
) -> Iterator[str]:
    for name, member in shape.members.items():
        inner = f"{place}.{name[:1].lower()}{name[1:]}".removeprefix(".")
        if value.get(name) is not None:
            yield from _mistakes(value[name], member, inner)
        elif name in shape.required_members:
            yield f"Value at '{inner}' failed to satisfy constraint: Member must not be null"


def _check_type(value: object, shape: Shape, place: str) -> None:
    fits = isinstance(value, _TYPES[shape.type_name])
    if shape.type_name == "integer":
        fits = fits and not isinstance(value, bool) and value in _INTEGERS
    if not fits:
        raise Serialization(f"The value at '{place}' is no {shape.type_name}.")


def _broken(value: object, shape: Shape) -> Iterator[str]:
    """What the value must be and is not."""
    low, high = shape.metadata.get("min"), shape.metadata.get("max")
    pattern, choices = shape.metadata.get("pattern"), shape.metadata.get("enum")
    size = value if isinstance(value, int) else len(value) if isinstance(value, str | list) else 0
    what = "value" if isinstance(value, int) else "length"
    if low is not None and size < low:
        yield f"have {what} greater than or equal to {low}"
    if high is not None and size > high:
        yield f"have {what} less than or equal to {high}"
    if pattern is not None and isinstance(value, str) and not _fits(pattern, value):
        yield f"satisfy regular expression pattern: {pattern}"
    if choices and value not in choices:
        yield f"satisfy enum value set: [{', '.join(choices)}]"


def _fits(pattern: str, text: str) -> bool:
    """Whether the whole text has the pattern, as Java understands it: `\\w` is ASCII."""
    categories = _CATEGORY.findall(pattern)
    if not categories:
        return re.fullmatch(pattern, text, re.ASCII) is not None
    # Python's `re` knows no categories, so their characters are taken out of set and text.
    rest = [char for char in text if unicodedata.category(char)[0] not in categories]
    others = _CATEGORY.sub("", pattern)
    return not rest or (others != "[]+" and re.fullmatch(others, "".join(rest)) is not None)
