"""The environment variables of the functions, read once and checked."""

import os
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal

ApiAuthorizer = Literal["UserPool", "AccessToken"]


class MissingSetting(Exception):
    """The function cannot start; the message says which variable to set to what."""


@dataclass(frozen=True, slots=True)
class Settings:
    """What the notes function needs."""

    notes_table: str
    user_pool_client_ids: frozenset[str]
    trash_days: int
    api_authorizer: ApiAuthorizer
    # Whose pages may call from a browser; * stands for all.
    allowed_origins: frozenset[str] = frozenset()

    @classmethod
    def from_environment(cls, environment: Mapping[str, str] = os.environ) -> "Settings":
        return cls(
            notes_table=_text(environment, "NOTES_TABLE", "the name of the notes table"),
            user_pool_client_ids=_names(
                environment,
                "USER_POOL_CLIENT_ID",
                "the ids of the app clients, with commas between",
            ),
            trash_days=_days(environment, "TRASH_DAYS", default=30),
            api_authorizer=_api_authorizer(environment),
            allowed_origins=_listed(environment.get("ALLOWED_ORIGINS", "")),
        )


@dataclass(frozen=True, slots=True)
class AuthorizerSettings:
    """What the Lambda authorizer needs."""

    issuer: str

    @classmethod
    def from_environment(cls, environment: Mapping[str, str] = os.environ) -> "AuthorizerSettings":
        issuer = _text(environment, "USER_POOL_ISSUER", "the iss of the user pool's tokens")
        if not issuer.startswith(("https://", "http://")):
            raise MissingSetting(f"USER_POOL_ISSUER is {issuer!r}: set it to a whole URL.")
        return cls(issuer)


@dataclass(frozen=True, slots=True)
class SignInSettings:
    """What user-sign-in needs."""

    user_pool_id: str
    client_id: str
    client_secret: str = field(repr=False)

    @classmethod
    def from_environment(cls, environment: Mapping[str, str] = os.environ) -> "SignInSettings":
        return cls(
            user_pool_id=_text(environment, "USER_POOL_ID", "the id of the user pool"),
            client_id=_text(environment, "CLIENT_ID", "the id of the function's app client"),
            client_secret=_text(environment, "CLIENT_SECRET", "the secret of that app client"),
        )


def _text(environment: Mapping[str, str], name: str, meaning: str) -> str:
    value = environment.get(name, "").strip()
    if not value:
        raise MissingSetting(f"{name} is not set: set it to {meaning}.")
    return value


def _names(environment: Mapping[str, str], name: str, meaning: str) -> frozenset[str]:
    return _listed(_text(environment, name, meaning))


def _listed(text: str) -> frozenset[str]:
    return frozenset(stripped for entry in text.split(",") if (stripped := entry.strip()))


def _api_authorizer(environment: Mapping[str, str]) -> ApiAuthorizer:
    match environment.get("API_AUTHORIZER", "UserPool"):
        case "UserPool":
            return "UserPool"
        case "AccessToken":
            return "AccessToken"
        case other:
            raise MissingSetting(f"API_AUTHORIZER is {other!r}: set it to UserPool or AccessToken.")


def _days(environment: Mapping[str, str], name: str, default: int) -> int:
    value = environment.get(name, str(default)).strip()
    if not (value.isascii() and value.isdigit() and 1 <= int(value) <= 365):
        raise MissingSetting(f"{name} is {value!r}: set it to a number of days from 1 to 365.")
    return int(value)
