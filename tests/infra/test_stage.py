"""The stage of the notes API: limits and logs."""

import json
import re

from tests.backend_template import properties, template

STAGE = properties("NotesApiStage")


class StageTests:
    settings, of_user_sign_in = STAGE["MethodSettings"]

    def test_it_throttles_every_method(self) -> None:
        assert (self.settings["ResourcePath"], self.settings["HttpMethod"]) == ("/*", "*")
        assert self.settings["ThrottlingRateLimit"] == {"Ref": "ThrottlingRate"}
        assert self.settings["ThrottlingBurstLimit"] == {"Ref": "ThrottlingBurst"}

    def test_it_caches_nothing(self) -> None:
        assert self.settings["CachingEnabled"] is False
        assert "CacheClusterEnabled" not in STAGE

    def test_no_metric_of_single_methods_is_paid_for(self) -> None:
        """API Gateway counts by API and stage without them, which is what the alarms look at."""
        of_user_sign_in = self.of_user_sign_in["Fn::If"][1]
        assert self.settings["MetricsEnabled"] is of_user_sign_in["MetricsEnabled"] is False
        for name, resource in template()["Resources"].items():
            if resource["Type"] == "AWS::CloudWatch::Alarm":
                watched = {one["Name"] for one in properties(name).get("Dimensions", [])}
                assert "Method" not in watched

    def test_it_logs_no_bodies_and_no_headers(self) -> None:
        assert self.settings["LoggingLevel"] == "OFF"
        assert self.settings["DataTraceEnabled"] is False

    def test_its_access_log_is_json_that_names_nobody(self) -> None:
        line = STAGE["AccessLogSetting"]["Format"]
        assert "\n" not in line
        variables = set(json.loads(line).values())
        ids = ("requestId", "extendedRequestId", "integration.requestId")
        assert {f"$context.{name}" for name in ids} <= variables
        assert not [name for name in variables if re.search("authorizer|identity|path$", name)]

    def test_every_log_ends_some_day(self) -> None:
        for name, resource in template()["Resources"].items():
            if resource["Type"] == "AWS::Logs::LogGroup":
                assert properties(name)["RetentionInDays"] == {"Ref": "LogRetentionDays"}

    def test_the_api_is_the_contract(self) -> None:
        transform = properties("NotesApi")["Body"]["Fn::Transform"]
        assert transform == {
            "Name": "AWS::Include",
            "Parameters": {"Location": "openapi.json"},
        }
