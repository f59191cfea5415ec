"""What a deployment that runs says of itself."""

from datetime import UTC, datetime

import pytest
from botocore.stub import ANY

from infra.deployment_environment import Environment
from infra.stacks import StackError
from tests.infra.fake_account import FakeStack


@pytest.fixture
def running(deployment, clients):
    """A web application whose environment is asked for itself."""
    deployment.web = FakeStack(
        "notesite-web",
        exists=True,
        outputs={"EnvironmentName": "notesite", "VersionLabel": "version-2"},
        parameters={"SourceBundleKey": "notesite/bundles/notesite-abc.zip"},
    )
    deployment.environment = Environment(clients, deployment.web)
    return deployment


def runs(clients, *labels):
    clients.answer(
        "elasticbeanstalk",
        "describe_environments",
        {"Environments": [{"VersionLabel": label} for label in labels]},
        {"EnvironmentNames": ["notesite"], "IncludeDeleted": False},
    )


class VersionTests:
    @pytest.mark.parametrize(
        ("labels", "agrees"), [(["version-2"], True), (["version-1"], False), ([], False)]
    )
    def test_elastic_beanstalk_is_asked_what_runs(self, running, clients, labels, agrees):
        runs(clients, *labels)
        assert running.environment.runs_what_was_deployed() is agrees


class StatusTests:
    @pytest.mark.parametrize(
        ("label", "sentence"),
        [("version-2", "Deployed: abc"), ("version-1", "Deployed: not abc, although")],
    )
    def test_it_shows_stacks_health_and_version(self, running, clients, capsys, label, sentence):
        clients.answer(
            "elasticbeanstalk",
            "describe_environment_health",
            {"Status": "Ready", "HealthStatus": "Warning", "Causes": ["One instance is slow."]},
            {"EnvironmentName": "notesite", "AttributeNames": ANY},
        )
        runs(clients, label)
        running.status()
        shown = capsys.readouterr().out
        assert "notesite-backend" in shown
        assert "not there" in shown
        assert "health Warning" in shown
        assert "One instance is slow." in shown
        assert sentence in shown


class LogsTests:
    def test_it_shows_events_and_lines_in_their_order(self, running, clients, capsys):
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
        running.logs(30)
        lines = capsys.readouterr().out.split()
        assert [word for word in lines if word in {"first", "second", "third"}] == [
            "first",
            "second",
            "third",
        ]

    def test_without_an_environment_there_are_none(self, deployment):
        with pytest.raises(StackError, match="no logs"):
            deployment.logs(30)
