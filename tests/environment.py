"""The environment of the test run: .env.example's values, set before Django reads them."""

import os
from pathlib import Path

EXAMPLE = Path(__file__).resolve().parent.parent / ".env.example"


def variables() -> dict[str, str]:
    """The variables of .env.example by name."""
    lines = EXAMPLE.read_text().splitlines()
    pairs = (line.split("=", 1) for line in lines if line and not line.startswith("#"))
    return dict(pairs)


os.environ.update(variables())
# The tests look through what the site logs, so it is to say all it can.
os.environ["LOG_LEVEL"] = "DEBUG"
# Playwright keeps an event loop in the thread of the tests, and Django would take every later
# test of that process for asynchronous code.
os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "true"
