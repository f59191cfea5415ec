"""Holds a line of a log against the specification of the embedded metric format.

https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/CloudWatch_Embedded_Metric_Format_Specification.html
"""

import json
import time
from typing import Any

from jsonschema import Draft202012Validator

_NAME = {"type": "string", "minLength": 1, "maxLength": 1024, "pattern": r"^[\x20-\x7e]+$"}
_UNITS = [
    *("Seconds", "Microseconds", "Milliseconds", "Percent", "Count", "Count/Second", "None"),
    *("Bytes", "Kilobytes", "Megabytes", "Gigabytes", "Terabytes"),
]
_METRIC = {
    "type": "object",
    "required": ["Name"],
    "additionalProperties": False,
    "properties": {
        "Name": _NAME,
        "Unit": {"enum": _UNITS},
        "StorageResolution": {"enum": [1, 60]},
    },
}
_DIRECTIVE = {
    "type": "object",
    "required": ["Namespace", "Dimensions", "Metrics"],
    "additionalProperties": False,
    "properties": {
        "Namespace": {**_NAME, "pattern": r"^[^:][\x20-\x7e]*$"},
        "Dimensions": {
            "type": "array",
            "minItems": 1,
            "items": {
                "type": "array",
                "maxItems": 30,
                "uniqueItems": True,
                "items": {**_NAME, "maxLength": 250},
            },
        },
        "Metrics": {"type": "array", "minItems": 1, "maxItems": 100, "items": _METRIC},
    },
}
_ROOT = Draft202012Validator(
    {
        "type": "object",
        "required": ["_aws"],
        "properties": {
            "_aws": {
                "type": "object",
                "required": ["Timestamp", "CloudWatchMetrics"],
                "additionalProperties": False,
                "properties": {
                    "Timestamp": {"type": "integer"},
                    "CloudWatchMetrics": {"type": "array", "minItems": 1, "items": _DIRECTIVE},
                },
            }
        },
    }
)
# An event of CloudWatch Logs was limited to 256 KB before it was to 1 MB.
_LARGEST = 256 * 1024


def metrics_in(line: str) -> dict[str, Any]:
    """The document in the line; fails the test where CloudWatch would take no metrics from it."""
    assert len(line.encode()) <= _LARGEST
    document: dict[str, Any] = json.loads(line)
    _ROOT.validate(document)
    # Seconds or microseconds would be far away. CloudWatch takes two weeks back, two hours ahead.
    assert abs(document["_aws"]["Timestamp"] / 1000 - time.time()) < 7200
    for directive in document["_aws"]["CloudWatchMetrics"]:
        for name in {name for names in directive["Dimensions"] for name in names}:
            value = document[name]
            assert isinstance(value, str) and value.strip() and value.isascii()
            assert len(value) <= 1024
        for metric in directive["Metrics"]:
            value = document[metric["Name"]]
            assert isinstance(value, int | float) and not isinstance(value, bool)
    return document
