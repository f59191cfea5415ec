"""People, groups and app client as the user pool's API tells of them: answers, parsed once."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from types_boto3_cognito_idp.type_defs import (
        AdminGetUserResponseTypeDef,
        AttributeTypeTypeDef,
        GroupTypeTypeDef,
        UserPoolClientTypeTypeDef,
        UserTypeTypeDef,
    )

# Those that have a place of their own in Person.
NAMED = {"sub", "email", "email_verified", "name"}


@dataclass(frozen=True)
class Person:
    """Somebody of the user pool.

    The user name of a person of the pool itself is the ``sub``; that of somebody who signs in
    through another provider is not. ``status`` is one of AWS's UserStatus.
    """

    username: str
    sub: str
    email: str
    is_email_verified: bool
    name: str
    status: str
    is_enabled: bool
    created_at: datetime
    changed_at: datetime
    other_attributes: tuple[tuple[str, str], ...]

    @classmethod
    def listed(cls, user: "UserTypeTypeDef") -> "Person":
        """From a member of a list; raises KeyError when it lacks what all have."""
        return cls._made(user, user["Attributes"])

    @classmethod
    def asked_for(cls, user: "AdminGetUserResponseTypeDef") -> "Person":
        """From AdminGetUser's answer; raises KeyError when it lacks what all have."""
        return cls._made(user, user["UserAttributes"])

    @classmethod
    def _made(
        cls,
        user: "UserTypeTypeDef | AdminGetUserResponseTypeDef",
        listed: "Iterable[AttributeTypeTypeDef]",
    ) -> "Person":
        attributes = {item["Name"]: item.get("Value", "") for item in listed}
        return cls(
            username=user["Username"],
            sub=attributes.get("sub", user["Username"]),
            email=attributes.get("email", ""),
            is_email_verified=attributes.get("email_verified") == "true",
            name=attributes.get("name", ""),
            status=user["UserStatus"],
            is_enabled=user["Enabled"],
            created_at=user["UserCreateDate"].astimezone(UTC),
            changed_at=user["UserLastModifiedDate"].astimezone(UTC),
            other_attributes=tuple(
                (name, value) for name, value in sorted(attributes.items()) if name not in NAMED
            ),
        )


@dataclass(frozen=True)
class PeoplePage:
    """Some of the people, and the token that the next ones are asked for with, if any."""

    people: tuple[Person, ...]
    next_token: str


@dataclass(frozen=True)
class Group:
    """A group of the user pool."""

    name: str
    description: str

    @classmethod
    def listed(cls, group: "GroupTypeTypeDef") -> "Group":
        """From a member of a list; raises KeyError when it has no name."""
        return cls(group["GroupName"], group.get("Description", ""))


@dataclass(frozen=True)
class AppClient:
    """What the web application relies on; its secret and all the rest left out."""

    callback_urls: tuple[str, ...]
    logout_urls: tuple[str, ...]
    refresh_token_life: timedelta

    @classmethod
    def described(cls, answer: "UserPoolClientTypeTypeDef") -> "AppClient":
        """From DescribeUserPoolClient; a refresh token lasts 30 days unless something is said."""
        unit = answer.get("TokenValidityUnits", {}).get("RefreshToken", "days")
        return cls(
            callback_urls=tuple(answer.get("CallbackURLs", [])),
            logout_urls=tuple(answer.get("LogoutURLs", [])),
            refresh_token_life=timedelta(**{unit: answer.get("RefreshTokenValidity", 30)}),
        )
