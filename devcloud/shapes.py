"""Holds what a template or contract says against what devcloud knows, and names what it does not.

What is said and not known would silently be without effect here, so it stops the start.
"""

import re
from collections.abc import Callable, Collection, Mapping
from typing import Any

from devcloud.errors import TemplateError

# Returns when the value may stand at that place; raises TemplateError with the place otherwise.
Shape = Callable[[Any, str], None]


def anything(value: Any, place: str) -> None:
    """Whatever it is, it is known to change nothing that can be seen here."""


def mapping(known: Mapping[str, Shape], *, required: Collection[str] = ()) -> Shape:
    """A mapping with these names and no others."""

    def check(value: Any, place: str) -> None:
        for name in _names(value, place):
            if name not in known:
                raise TemplateError(f"{place}.{name}", "devcloud does not know this name here.")
        for name in required:
            if name not in value:
                raise TemplateError(f"{place}.{name}", "it is required.")
        for name, entry in value.items():
            known[name](entry, f"{place}.{name}")

    return check


def named(entry: Shape, names: str = ".+") -> Shape:
    """A mapping whose names are free, as long as they fit the pattern."""

    def check(value: Any, place: str) -> None:
        for name in _names(value, place):
            if not re.fullmatch(names, name):
                raise TemplateError(f"{place}.{name}", "this is no name that may stand here.")
            entry(value[name], f"{place}.{name}")

    return check


def chosen_by(name: str, shapes: Mapping[str, Shape]) -> Shape:
    """A mapping whose shape depends on one of its entries, in capital or small letters."""

    def check(value: Any, place: str) -> None:
        _names(value, place)
        choice = str(value.get(name, "")).lower()
        if choice not in shapes:
            raise TemplateError(f"{place}.{name}", f"devcloud knows {_listed(shapes)} here only.")
        shapes[choice](value, place)

    return check


def items(entry: Shape, least: int = 0) -> Shape:
    """A list of such values."""

    def check(value: Any, place: str) -> None:
        if not isinstance(value, list) or len(value) < least:
            raise TemplateError(place, f"a list of at least {least} is expected here.")
        for index, element in enumerate(value):
            entry(element, f"{place}[{index}]")

    return check


def one_or_items(entry: Shape) -> Shape:
    """One such value, or a list of them."""
    several = items(entry)
    return lambda value, place: (several if isinstance(value, list) else entry)(value, place)


def one_of(*values: Any) -> Shape:
    """One of these values."""

    def check(value: Any, place: str) -> None:
        if value not in values:
            raise TemplateError(place, f"devcloud knows {_listed(values)} here only.")

    return check


def text(pattern: str = "") -> Shape:
    """A string, which the pattern, if there is one, describes wholly."""

    def check(value: Any, place: str) -> None:
        if not isinstance(value, str) or (pattern and not re.fullmatch(pattern, value)):
            expected = f"a string like {pattern}" if pattern else "a string"
            raise TemplateError(place, f"{expected} is expected here, not {value!r}.")

    return check


def number(low: float, high: float, kind: type = float) -> Shape:
    """A number in these limits; a string too, because parameters of a template are strings."""

    def check(value: Any, place: str) -> None:
        try:
            fits = not isinstance(value, bool) and low <= kind(str(value)) <= high
        except ValueError:
            fits = False
        if not fits:
            raise TemplateError(
                place, f"a number from {low} to {high} is expected here, not {value!r}."
            )

    return check


def whole(low: int, high: int) -> Shape:
    """A whole number in these limits."""
    return number(low, high, int)


def scalar(value: Any, place: str) -> None:
    """A string, or what CloudFormation makes one of."""
    if not isinstance(value, str | int | float):
        raise TemplateError(place, "a string is expected here.")


def expression(value: Any, place: str) -> None:
    """A regular expression."""
    text()(value, place)
    try:
        re.compile(value)
    except re.error as error:
        raise TemplateError(place, f"this is no regular expression: {error}.") from None


FLAG = one_of(True, False, "true", "false")
# What can be switched on at AWS and not here.
OFF = one_of(False, "false")


def _names(value: Any, place: str) -> list[str]:
    if not isinstance(value, Mapping):
        raise TemplateError(place, "a mapping is expected here.")
    return [str(name) for name in value]


def _listed(values: Collection[Any]) -> str:
    return ", ".join(str(value) for value in values)
