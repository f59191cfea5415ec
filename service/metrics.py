"""The metrics that CloudWatch makes of a line of the log (embedded metric format).

https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/CloudWatch_Embedded_Metric_Format_Specification.html
"""

import time
from typing import Any

NAMESPACE = "Notesite"
# For the function as a whole, for its alarms, and for each operation. CloudWatch keeps, and charges
# for, a metric of its own for each value of a dimension: an id or an owner must never be one.
DIMENSIONS = [["function"], ["function", "operation"]]
UNITS = {
    "milliseconds": "Milliseconds",
    # Of each request 0 or 1, so that their sum is a number of requests and their average a share.
    "client_error": "Count",
    "server_error": "Count",
    "mistake": "Count",
}


def metric_members(status: int, seconds: float, *, is_mistake: bool) -> dict[str, Any]:
    """What a line holds beside its dimensions, so that CloudWatch Logs takes the metrics out.

    A mistake is a failure that the function has no name for; the others may be somebody else's.
    """
    directive = {
        "Namespace": NAMESPACE,
        "Dimensions": DIMENSIONS,
        "Metrics": [{"Name": name, "Unit": unit} for name, unit in UNITS.items()],
    }
    return {
        "_aws": {"Timestamp": time.time_ns() // 1_000_000, "CloudWatchMetrics": [directive]},
        "milliseconds": round(seconds * 1000),
        "client_error": int(400 <= status < 500),
        "server_error": int(status >= 500),
        "mistake": int(is_mistake),
    }
