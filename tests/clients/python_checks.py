"""What a program was told, and one line of JSON for each promise that it looked at."""

import json
import sys
from contextlib import contextmanager
from types import SimpleNamespace


def read_given():
    """The description of the running devcloud."""
    return json.load(sys.stdin, object_hook=lambda values: SimpleNamespace(**values))


@contextmanager
def check(name):
    """Say whether the block did what it promises, and go on either way."""
    error = None
    try:
        yield
    except Exception as problem:  # noqa: BLE001  whatever another author's client raises
        error = f"{type(problem).__name__}: {problem}"
    print(json.dumps({"check": name, "error": error}), flush=True)


@contextmanager
def refused(words):
    """The block must raise an error that says this."""
    try:
        yield
    except Exception as error:
        if words not in str(error):
            raise
    else:
        raise AssertionError("it was not refused")
