"""What a deployment that runs says of itself."""

from datetime import UTC, datetime
from pathlib import Path

import pytest
from botocore.stub import ANY
from cfnlint.decode import cfn_yaml

from infra.deployment_environment import Environment
from infra.stacks import StackError
from tests.infra.fake_account import FakeStack

REPOSITORY = Path(__file__).resolve().parents[2]


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


class AlarmMailTests:
    """SNS forgets who does not confirm within two days, and CloudFormation does not notice."""

    TOPIC = "arn:aws:sns:eu-central-1:123456789012:notesite-backend-AlarmTopic"

    @pytest.fixture
    def heard_by(self, deployment, clients):
        def of(*subscriptions):
            deployment.backend = FakeStack(
                "notesite-backend", exists=True, parameters={"AlarmEmail": "ops@example.com"}
            )
            clients.answer(
                "sns",
                "list_subscriptions_by_topic",
                {
                    "Subscriptions": [
                        {"Protocol": "email", "Endpoint": endpoint, "SubscriptionArn": arn}
                        for endpoint, arn in subscriptions
                    ]
                },
                {"TopicArn": self.TOPIC},
            )

        return of

    @pytest.mark.parametrize(
        "subscriptions",
        [
            [],
            [("ops@example.com", "PendingConfirmation")],
            [("ops@example.com", "Deleted"), ("other@example.com", f"{TOPIC}:1-2")],
        ],
    )
    def test_an_address_that_never_confirmed_is_told(
        self, deployment, heard_by, capsys, subscriptions
    ):
        heard_by(*subscriptions)
        deployment.status()
        shown = capsys.readouterr().out
        assert "notesite-backend: ops@example.com has not confirmed" in shown
        assert f"aws sns subscribe --topic-arn {self.TOPIC} --protocol email" in shown

    def test_one_that_confirmed_is_not(self, deployment, heard_by, capsys):
        heard_by(("ops@example.com", f"{self.TOPIC}:1-2"))
        deployment.status()
        assert "confirmed" not in capsys.readouterr().out

    @pytest.mark.parametrize("name", ["backend", "web"])
    def test_both_templates_have_what_is_asked_for(self, name):
        template = cfn_yaml.load(str(REPOSITORY / f"infra/{name}.yaml"))
        assert template["Resources"]["AlarmTopic"]["Type"] == "AWS::SNS::Topic"
        assert "AlarmEmail" in template["Parameters"]

    @pytest.mark.parametrize("status", ["CREATE_IN_PROGRESS", "ROLLBACK_COMPLETE"])
    def test_a_stack_that_does_not_stand_is_not_asked(self, deployment, capsys, status):
        deployment.backend = FakeStack(
            "notesite-backend", exists=True, parameters={"AlarmEmail": "ops@example.com"}
        )
        deployment.backend.status = status
        deployment.status()
        assert status in capsys.readouterr().out


class LogsTests:
    GROUPS = "/aws/elasticbeanstalk/notesite/var/log/"

    @pytest.fixture
    def events(self, clients):
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

    def lines(self, clients, group, *lines, **more):
        clients.answer(
            "logs",
            "filter_log_events",
            {"events": [{"message": f"{line}\n"} for line in lines]},
            {"logGroupName": self.GROUPS + group, "startTime": ANY, **more},
        )

    def test_it_shows_events_failed_steps_and_lines_in_their_order(
        self, running, clients, events, capsys
    ):
        """What stops a deployment is in the platform's log, not in that of the web processes."""
        self.lines(clients, "eb-engine.log", "[ERROR] third", filterPattern='"[ERROR]"')
        self.lines(clients, "web.stdout.log", "fourth")
        running.logs(30)
        words = capsys.readouterr().out.split()
        shown = [word for word in words if word in {"first", "second", "third", "fourth"}]
        assert shown == ["first", "second", "third", "fourth"]

    def test_a_log_that_nothing_was_written_to_is_no_failure(
        self, running, clients, events, capsys
    ):
        """As of a first deployment that failed before the application started."""
        self.lines(clients, "eb-engine.log", "[ERROR] third", filterPattern='"[ERROR]"')
        clients.refuse("logs", "filter_log_events", "ResourceNotFoundException")
        running.logs(30)
        assert "third" in capsys.readouterr().out

    def test_without_an_environment_it_says_where_they_are(self, deployment):
        with pytest.raises(StackError, match="log groups.*/aws/elasticbeanstalk/"):
            deployment.logs(30)
