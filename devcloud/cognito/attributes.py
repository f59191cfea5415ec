"""The attributes that people of a user pool can have, and what their values may be."""

import re
from collections.abc import Mapping
from dataclasses import dataclass

from devcloud.cognito.errors import InvalidParameter
from devcloud.cognito.properties import Properties

_NUMBER = re.compile(r"-?[0-9]{1,18}")
# AWS, attributes: a plus sign, the country code, digits alone.
_PHONE_NUMBER = re.compile(r"\+[0-9]{2,15}")
_LONGEST = 2048


@dataclass(frozen=True)
class Attribute:
    """One attribute of the schema; the limits are a text's length or a number's value."""

    name: str
    data_type: str = "String"
    low: int | None = None
    high: int | None = None

    def check(self, value: str) -> None:
        """Raise InvalidParameter for a value of another type or beyond the limits."""
        if self.name == "phone_number" and not _PHONE_NUMBER.fullmatch(value):
            raise InvalidParameter("Invalid phone number format.")
        match self.data_type:
            case "Boolean" if value.lower() not in ("true", "false"):
                raise self._unfit("The value must be true or false")
            case "Number" if not _NUMBER.fullmatch(value):
                raise self._unfit("The value must be a whole number")
            case "Number":
                self._check_limits(int(value), "The value")
            case "String":
                self._check_limits(len(value), "The length")

    def described(self) -> dict[str, object]:
        """As SchemaAttributes of the API has it."""
        body: dict[str, object] = {"Name": self.name, "AttributeDataType": self.data_type}
        limits = {"Min": self.low, "Max": self.high}
        kind = {"Number": "Value", "String": "Length"}.get(self.data_type)
        if kind is not None:
            body[f"{self.data_type}AttributeConstraints"] = {
                f"{end}{kind}": str(limit) for end, limit in limits.items() if limit is not None
            }
        return body

    def _check_limits(self, size: int, what: str) -> None:
        if self.low is not None and size < self.low:
            raise self._unfit(f"{what} must be {self.low} or more")
        if self.high is not None and size > self.high:
            raise self._unfit(f"{what} must be {self.high} or less")

    def _unfit(self, reason: str) -> InvalidParameter:
        return InvalidParameter(f"Attributes did not conform to the schema: {self.name}: {reason}")


_STANDARD_TEXTS = (
    "address",
    "email",
    "family_name",
    "gender",
    "given_name",
    "locale",
    "middle_name",
    "name",
    "nickname",
    "phone_number",
    "picture",
    "preferred_username",
    "profile",
    "website",
    "zoneinfo",
)
STANDARD = (
    Attribute("sub", low=1, high=_LONGEST),
    *(Attribute(name, low=0, high=_LONGEST) for name in _STANDARD_TEXTS),
    Attribute("birthdate", low=10, high=10),
    Attribute("updated_at", "Number", low=0),
    Attribute("email_verified", "Boolean"),
    Attribute("phone_number_verified", "Boolean"),
)


def attributes_of(properties: Properties) -> dict[str, Attribute]:
    """The attributes of an AWS::Cognito::UserPool by name: the standard ones and its own."""
    found = {attribute.name: attribute for attribute in STANDARD}
    for given in properties.sections("Schema"):
        given.ignore("Required", "Mutable")
        kind = given.choice(
            "AttributeDataType", "String", ("String", "Boolean", "Number", "DateTime")
        )
        texts = given.section("StringAttributeConstraints")
        numbers = given.section("NumberAttributeConstraints")
        limits = {
            "String": (_limit(texts, "MinLength"), _limit(texts, "MaxLength")),
            "Number": (_limit(numbers, "MinValue"), _limit(numbers, "MaxValue")),
        }
        low, high = limits.get(kind, (None, None))
        name = given.text("Name")
        if name not in found:
            name = f"custom:{name.removeprefix('custom:')}"
        found[name] = Attribute(name, kind, low, high)
    return found


def check_attributes(schema: Mapping[str, Attribute], given: Mapping[str, str]) -> None:
    """Raise InvalidParameter for an attribute that the pool has not or that cannot be so."""
    for name, value in given.items():
        if name == "sub":
            raise InvalidParameter("Cannot modify the non-mutable attribute sub")
        if name not in schema:
            raise InvalidParameter(
                f"Attributes did not conform to the schema: Type for attribute {{{name}}} could"
                " not be determined"
            )
        # An empty value takes the attribute away.
        if value:
            schema[name].check(value)


def _limit(constraints: Properties, name: str) -> int | None:
    """A limit, which CloudFormation writes as a string."""
    if not constraints.has(name):
        return None
    value = constraints.text(name)
    if not _NUMBER.fullmatch(value):
        raise constraints.wrong(name, "must be a whole number in a string")
    return int(value)
