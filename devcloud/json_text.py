"""Reads JSON that somebody sent."""

import json
from typing import Any


def read_json(text: str | bytes) -> Any:
    """The value; raises ValueError for what is no JSON or nested too deep to be read."""
    try:
        return json.loads(text)
    except RecursionError:
        raise ValueError("The JSON is nested too deep.") from None
