"""Who is told when something is wrong, and by which metric."""

import pytest

from service import handler, metrics
from tests.backend_template import properties, template

ALARMS = [
    name
    for name, resource in template()["Resources"].items()
    if resource["Type"] == "AWS::CloudWatch::Alarm"
]
# What each function writes, and the dimensions by which CloudWatch keeps it apart.
WRITTEN = {
    "AuthorizerFunction": (metrics.REQUEST_METRICS, metrics.REQUEST_DIMENSIONS),
    "NotesFunction": (metrics.REQUEST_METRICS, metrics.REQUEST_DIMENSIONS),
    "UserSignInFunction": (metrics.SIGN_IN_METRICS, metrics.SIGN_IN_DIMENSIONS),
}
OUR_METRICS = [name for name in ALARMS if properties(name)["Namespace"] == metrics.NAMESPACE]


class AlarmTests:
    @pytest.mark.parametrize("name", ALARMS)
    def test_it_tells_somebody_and_says_when_it_is_over(self, name: str) -> None:
        assert properties(name)["AlarmDescription"]
        assert properties(name)["AlarmActions"] == [{"Ref": "AlarmTopic"}]
        assert properties(name)["OKActions"] == [{"Ref": "AlarmTopic"}]
        assert properties(name)["TreatMissingData"] == "notBreaching"

    @pytest.mark.parametrize("name", ["NotesApiErrorsAlarm", "NotesApiLatencyAlarm"])
    def test_the_apis_are_about_this_api(self, name: str) -> None:
        api, stage = properties(name)["Dimensions"]
        assert api == {"Name": "ApiName", "Value": properties("NotesApi")["Name"]}
        assert stage == {"Name": "Stage", "Value": {"Ref": "StageName"}}

    def test_a_single_crash_or_mistake_is_told(self) -> None:
        for name in (
            "NotesFunctionErrorsAlarm",
            "NotesFunctionMistakesAlarm",
            "AuthorizerFailuresAlarm",
        ):
            alarm = properties(name)
            assert (alarm["Statistic"], alarm["Threshold"]) == ("Sum", 0)
            assert alarm["ComparisonOperator"] == "GreaterThanThreshold"


class EmbeddedMetricTests:
    """An alarm about a metric that nobody writes would be silent for ever."""

    def test_there_are_some(self) -> None:
        assert len(OUR_METRICS) == 4

    @pytest.mark.parametrize("name", OUR_METRICS)
    def test_the_function_writes_what_it_looks_at(self, name: str) -> None:
        alarm = properties(name)
        dimensions = {one["Name"]: one["Value"] for one in alarm["Dimensions"]}
        written, kept_apart_by = WRITTEN[dimensions["function"]["Ref"]]
        assert alarm["MetricName"] in written
        assert tuple(dimensions) in kept_apart_by
        operations = {operation.__name__ for operation in handler.ROUTES.values()}
        assert dimensions.get("operation", "greet") in operations

    def test_the_functions_lines_become_events_as_they_are(self) -> None:
        for name in ("NotesFunction", "AuthorizerFunction", "UserSignInFunction"):
            assert properties(name)["LoggingConfig"]["LogFormat"] == "Text"
