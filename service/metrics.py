"""The metrics that CloudWatch makes of a line of the log (embedded metric format).

https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/CloudWatch_Embedded_Metric_Format_Specification.html
"""

import time
from collections.abc import Mapping, Sequence
from typing import Any

NAMESPACE = "Notesite"
# For the function as a whole, for its alarms, and for each operation. CloudWatch keeps, and charges
# for, a metric of its own for each value of a dimension: an id or an owner must never be one.
REQUEST_DIMENSIONS = (("function",), ("function", "operation"))
REQUEST_METRICS = {
    "milliseconds": "Milliseconds",
    # Of each request 0 or 1, so that their sum is a number of requests and their average a share.
    "client_error": "Count",
    "server_error": "Count",
    "mistake": "Count",
}
SIGN_IN_DIMENSIONS = (("function",),)
SIGN_IN_METRICS = {"milliseconds": "Milliseconds", "refused": "Count"}


def request_members(status: int, seconds: float, *, is_mistake: bool) -> dict[str, Any]:
    """What a request's line holds beside its dimensions.

    A mistake is a failure that the function has no name for; the others may be somebody else's.
    """
    return {
        **_instruction(REQUEST_DIMENSIONS, REQUEST_METRICS),
        "milliseconds": round(seconds * 1000),
        "client_error": int(400 <= status < 500),
        "server_error": int(status >= 500),
        "mistake": int(is_mistake),
    }


def sign_in_members(seconds: float, *, is_refused: bool) -> dict[str, Any]:
    """What the line of a sign-in with a password holds beside its dimension."""
    return {
        **_instruction(SIGN_IN_DIMENSIONS, SIGN_IN_METRICS),
        "milliseconds": round(seconds * 1000),
        "refused": int(is_refused),
    }


def _instruction(dimensions: Sequence[Sequence[str]], units: Mapping[str, str]) -> dict[str, Any]:
    """What tells CloudWatch Logs which members of the line are metrics and dimensions."""
    directive = {
        "Namespace": NAMESPACE,
        "Dimensions": [list(names) for names in dimensions],
        "Metrics": [{"Name": name, "Unit": unit} for name, unit in units.items()],
    }
    return {"_aws": {"Timestamp": time.time_ns() // 1_000_000, "CloudWatchMetrics": [directive]}}
