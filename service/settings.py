"""The environment variables of the notes function, read once and checked."""

import os
from collections.abc import Mapping
from dataclasses import dataclass


class MissingSetting(Exception):
    """The function cannot start; the message says which variable to set to what."""


@dataclass(frozen=True, slots=True)
class Settings:
    notes_table: str
    user_pool_client_id: str
    trash_days: int

    @classmethod
    def from_environment(cls, environment: Mapping[str, str] = os.environ) -> "Settings":
        return cls(
            notes_table=_text(environment, "NOTES_TABLE", "the name of the notes table"),
            user_pool_client_id=_text(
                environment, "USER_POOL_CLIENT_ID", "the id of the web application's app client"
            ),
            trash_days=_days(environment, "TRASH_DAYS", default=30),
        )


def _text(environment: Mapping[str, str], name: str, meaning: str) -> str:
    value = environment.get(name, "").strip()
    if not value:
        raise MissingSetting(f"{name} is not set: set it to {meaning}.")
    return value


def _days(environment: Mapping[str, str], name: str, default: int) -> int:
    value = environment.get(name, str(default)).strip()
    if not (value.isascii() and value.isdigit() and 1 <= int(value) <= 365):
        raise MissingSetting(f"{name} is {value!r}: set it to a number of days from 1 to 365.")
    return int(value)
