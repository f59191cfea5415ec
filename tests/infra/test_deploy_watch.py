"""What a deployment that runs says of itself."""

from datetime import UTC, datetime

import pytest
from botocore.stub import ANY

from infra.stacks import StackError
from tests.infra.fake_account import FakeStack


class StatusTests:
    def test_it_shows_stacks_health_and_version(self, deployment, clients, capsys):
        deployment.web = FakeStack(
            "notesite-web",
            exists=True,
            outputs={"EnvironmentName": "notesite"},
            parameters={"SourceBundleKey": "notesite/bundles/notesite-abc.zip"},
        )
        clients.answer(
            "elasticbeanstalk",
            "describe_environment_health",
            {"Status": "Ready", "HealthStatus": "Warning", "Causes": ["One instance is slow."]},
            {"EnvironmentName": "notesite", "AttributeNames": ANY},
        )
        deployment.status()
        shown = capsys.readouterr().out
        assert "notesite-backend" in shown
        assert "not there" in shown
        assert "health Warning" in shown
        assert "One instance is slow." in shown
        assert "Deployed: abc" in shown


class LogsTests:
    def test_it_shows_events_and_lines_in_their_order(self, deployment, clients, capsys):
        deployment.web = FakeStack(
            "notesite-web", exists=True, outputs={"EnvironmentName": "notesite"}
        )
        when = datetime(2026, 1, 1, 12, tzinfo=UTC)
        clients.answer(
            "elasticbeanstalk",
            "describe_events",
            {
                "Events": [
                    {"EventDate": when, "Severity": "INFO", "Message": "second"},
                    {"EventDate": when, "Severity": "INFO", "Message": "first"},
                ]
            },
        )
        clients.answer(
            "logs",
            "filter_log_events",
            {"events": [{"message": "third\n"}]},
            {
                "logGroupName": "/aws/elasticbeanstalk/notesite/var/log/web.stdout.log",
                "startTime": ANY,
            },
        )
        deployment.logs(30)
        lines = capsys.readouterr().out.split()
        assert [word for word in lines if word in {"first", "second", "third"}] == [
            "first",
            "second",
            "third",
        ]

    def test_without_an_environment_there_are_none(self, deployment):
        with pytest.raises(StackError, match="no logs"):
            deployment.logs(30)
