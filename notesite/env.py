"""Typed readers of environment variables; a wrong one stops the start with one sentence."""

import os
import re
from typing import NoReturn
from urllib.parse import urlsplit

LOOPBACK_HOSTS = {"localhost", "127.0.0.1", "::1"}


class EnvironmentVariableError(SystemExit):
    """A variable is unset or malformed.

    A ``SystemExit``, so that gunicorn, ``manage.py`` and tools end with the sentence alone: the
    mistake is in the environment, and a traceback would only hide its name.
    """


def refuse(name: str, problem: str) -> NoReturn:
    """Stop the start, naming the variable and what is wrong with it."""
    raise EnvironmentVariableError(f"notesite cannot start: {name} {problem}")


def text(name: str, default: str | None = None, *, pattern: str | None = None) -> str:
    """The variable's text; without a default it is required, an empty value counts as unset."""
    value = os.environ.get(name, "").strip()
    if not value:
        if default is None:
            refuse(name, "is not set; docs/configuration.md says what it is for.")
        return default
    if pattern and not re.fullmatch(pattern, value):
        refuse(name, f"does not have the form {pattern}.")
    return value


def boolean(name: str, default: bool) -> bool:
    """``true`` or ``false`` in any case; everything else is refused."""
    value = text(name, str(default)).lower()
    if value not in {"true", "false"}:
        refuse(name, f"must be true or false, not {value!r}.")
    return value == "true"


def integer(name: str, default: int, *, least: int, most: int) -> int:
    """A whole number within the bounds."""
    value = text(name, str(default))
    if not re.fullmatch(r"\d{1,9}", value) or not least <= int(value) <= most:
        refuse(name, f"must be a whole number from {least} to {most}.")
    return int(value)


def seconds(name: str, default: float, *, most: float) -> float:
    """A positive number of seconds."""
    value = text(name, str(default))
    if not re.fullmatch(r"\d{1,4}(\.\d{1,3})?", value) or not 0 < float(value) <= most:
        refuse(name, f"must be a number of seconds above 0 and at most {most:g}.")
    return float(value)


def choice(name: str, default: str, options: set[str]) -> str:
    """One of the options, to the letter."""
    value = text(name, default)
    if value not in options:
        refuse(name, f"must be one of {', '.join(sorted(options))}.")
    return value


def words(name: str, default: str = "") -> list[str]:
    """A list whose parts are separated by commas."""
    return [word.strip() for word in text(name, default).split(",") if word.strip()]


def url(name: str, default: str | None = None, *, path_allowed: bool = True) -> str:
    """An absolute ``https`` address without a trailing slash; ``http`` only on loopback."""
    value = text(name, default).rstrip("/")
    try:
        parts = urlsplit(value)
        host, port = parts.hostname, parts.port
    except ValueError:
        refuse(name, "is not a valid address.")
    if parts.scheme not in {"http", "https"} or not host or port == 0:
        refuse(name, "must be an absolute address such as https://notes.example.com.")
    if parts.scheme == "http" and host not in LOOPBACK_HOSTS:
        refuse(name, "must begin with https:// (http:// is for this machine alone).")
    if parts.query or parts.fragment or parts.username or (parts.path and not path_allowed):
        path = "" if path_allowed else "a path, "
        refuse(name, f"must not carry {path}a query, a fragment or a user name.")
    return value
