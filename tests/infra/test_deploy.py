"""The commands that deploy: in order, with the right parameters, and failures in a sentence."""

from datetime import UTC, datetime
from pathlib import Path

import botocore.session
import pytest
from botocore.stub import ANY, Stubber
from cfnlint.decode import cfn_yaml

from infra import account, deploy
from infra.artifacts import Artifacts
from infra.deployment import BACKEND_OUTPUTS, Deployment
from infra.deployment_settings import DeploymentSettings
from infra.stacks import Change, ChangeSet, StackError

REPOSITORY = Path(__file__).resolve().parents[2]
BUCKET = "elasticbeanstalk-eu-central-1-123456789012"
PLATFORM = (
    "arn:aws:elasticbeanstalk:eu-central-1::platform/"
    "Python 3.13 running on 64bit Amazon Linux 2023/4.9.0"
)


# Its loader keeps the services' models, which take long to read.
SESSION = botocore.session.get_session()
SESSION.set_credentials("key", "secret")


class FakeStack:
    """A stack that remembers what was asked of it."""

    def __init__(self, name, *, exists=False, outputs=None, parameters=None):
        self.name = name
        self.exists = exists
        self._outputs = outputs or {}
        self._parameters = parameters or {}
        self.prepared = []
        self.done = []

    def describe(self):
        return {"StackStatus": "UPDATE_COMPLETE"} if self.exists else None

    def outputs(self):
        return self._outputs

    def parameters(self):
        return self._parameters

    def prepare(self, template_url, parameters):
        self.prepared.append((template_url, dict(parameters)))
        change = Change("Modify", "WebEnvironment", "AWS::ElasticBeanstalk::Environment", False)
        return ChangeSet("arn", not self.exists, [change])

    def discard(self, change_set):
        self.done.append("discarded")

    def carry_out(self, change_set):
        self.done.append("carried out")

    def delete(self):
        self.done.append("deleted")


class Clients:
    """botocore's own clients, whose answers a test adds; anything else fails."""

    def __init__(self):
        self._clients = {}
        self.stubs = {}

    def __call__(self, name):
        if name not in self._clients:
            self._clients[name] = SESSION.create_client(name, region_name="eu-central-1")
            self.stubs[name] = Stubber(self._clients[name])
            self.stubs[name].activate()
        return self._clients[name]

    def answer(self, service, operation, response, expected=None):
        self(service)
        self.stubs[service].add_response(operation, response, expected)


@pytest.fixture
def clients():
    made = Clients()
    yield made
    for stub in made.stubs.values():
        stub.assert_no_pending_responses()


@pytest.fixture
def deployment(clients, monkeypatch):
    """A deployment whose stacks are not there yet, and whose artifacts are uploaded."""
    settings = DeploymentSettings(
        name="notesite",
        region="eu-central-1",
        web_app_url="https://notes.example.com",
        backend={"SelfSignUp": "closed"},
        web={"CertificateArn": "arn:aws:acm:eu-central-1:123456789012:certificate/1-2"},
    )
    made = Deployment(settings, clients, REPOSITORY)
    made.backend = FakeStack("notesite-backend")
    made.web = FakeStack("notesite-web")
    uploaded = Artifacts(
        bucket=BUCKET,
        contract_location=f"s3://{BUCKET}/notesite/contract/openapi-1.json",
        function_key="notesite/functions/functions-1.zip",
        bundle_key="notesite/bundles/notesite-new.zip",
        edge_template_url="https://edge",
        backend_template_url="https://backend",
        web_template_url="https://web",
    )
    monkeypatch.setattr(made, "upload", lambda: uploaded)
    return made


def backend_outputs():
    return {name: f"the {name}" for name in BACKEND_OUTPUTS}


def answers_of_the_account(clients):
    clients.answer(
        "elasticbeanstalk",
        "list_platform_versions",
        {"PlatformSummaryList": [{"PlatformArn": PLATFORM}]},
    )
    clients.answer("ec2", "describe_vpcs", {"Vpcs": [{"VpcId": "vpc-1"}]})
    clients.answer(
        "ec2",
        "describe_subnets",
        {
            "Subnets": [
                {"SubnetId": "subnet-b", "AvailabilityZone": "eu-central-1b"},
                {"SubnetId": "subnet-a", "AvailabilityZone": "eu-central-1a"},
            ]
        },
    )


class UpTests:
    def test_the_back_end_goes_first_and_the_web_application_gets_its_outputs(
        self, deployment, clients
    ):
        answers_of_the_account(clients)
        deployment.backend = FakeStack("notesite-backend", outputs=backend_outputs())
        deployment.up()
        ((url, parameters),) = deployment.backend.prepared
        assert url == "https://backend"
        assert parameters["SelfSignUp"] == "closed"
        assert parameters["CodeKey"] == "notesite/functions/functions-1.zip"
        ((url, parameters),) = deployment.web.prepared
        assert url == "https://web"
        assert backend_outputs().items() <= parameters.items()
        assert parameters["SourceBundleKey"] == "notesite/bundles/notesite-new.zip"
        assert parameters["PlatformArn"] == PLATFORM
        assert parameters["LoadBalancerSubnetIds"] == "subnet-a,subnet-b"
        assert deployment.backend.done == deployment.web.done == ["carried out"]

    def test_an_update_leaves_platform_and_network_as_they_are(self, deployment):
        """Managed updates have moved the platform on; asking for it again would move it back."""
        deployment.backend = FakeStack("notesite-backend", exists=True, outputs=backend_outputs())
        deployment.web = FakeStack("notesite-web", exists=True)
        deployment.up()
        ((_, parameters),) = deployment.web.prepared
        assert not {"PlatformArn", "VpcId"} & set(parameters)

    def test_every_parameter_is_one_of_the_template(self, deployment, clients):
        answers_of_the_account(clients)
        deployment.backend = FakeStack("notesite-backend", outputs=backend_outputs())
        deployment.up()
        for stack, template in ((deployment.backend, "backend"), (deployment.web, "web")):
            known = cfn_yaml.load(str(REPOSITORY / f"infra/{template}.yaml"))["Parameters"]
            ((_, parameters),) = stack.prepared
            assert set(parameters) <= set(known)
            required = {name for name, one in known.items() if "Default" not in one}
            assert required <= set(parameters)


class WithoutOwnHostTests:
    """CloudFront lends its name, which the other two stacks are told."""

    @pytest.fixture
    def behind_cloudfront(self, deployment):
        deployment.settings = DeploymentSettings(
            name="notesite",
            region="eu-central-1",
            web_app_url=None,
            backend={},
            web={"CnamePrefix": "my-notes", "VpcId": "vpc-1"},
        )
        deployment.edge = FakeStack(
            "notesite-edge", outputs={"WebAppUrl": "https://d1.cloudfront.net"}
        )
        deployment.backend = FakeStack("notesite-backend", exists=True, outputs=backend_outputs())
        deployment.web = FakeStack("notesite-web", exists=True)
        return deployment

    def prefix_list(self, clients, *found):
        clients.answer(
            "ec2",
            "describe_managed_prefix_lists",
            {"PrefixLists": [{"PrefixListId": one} for one in found]},
        )

    def test_its_address_goes_to_both_stacks(self, behind_cloudfront, clients):
        self.prefix_list(clients, "pl-12345678")
        behind_cloudfront.up()
        assert behind_cloudfront.edge.prepared == [("https://edge", {"CnamePrefix": "my-notes"})]
        for stack in (behind_cloudfront.backend, behind_cloudfront.web):
            ((_, parameters),) = stack.prepared
            assert parameters["WebAppUrl"] == "https://d1.cloudfront.net"
            assert stack.done == ["carried out"]

    def test_only_cloudfront_may_reach_the_load_balancer(self, behind_cloudfront, clients):
        self.prefix_list(clients, "pl-12345678")
        behind_cloudfront.up()
        ((_, parameters),) = behind_cloudfront.web.prepared
        assert parameters["CloudFrontPrefixListId"] == "pl-12345678"
        assert parameters["CnamePrefix"] == "my-notes"

    def test_a_region_without_the_list_is_told(self, behind_cloudfront, clients):
        self.prefix_list(clients)
        with pytest.raises(account.AccountError, match="host of your own"):
            behind_cloudfront.up()

    def test_a_first_plan_stops_at_the_address(self, behind_cloudfront, capsys):
        behind_cloudfront.plan()
        assert "once notesite-edge exists" in capsys.readouterr().out
        assert behind_cloudfront.backend.prepared == []

    def test_all_three_stacks_go(self, behind_cloudfront):
        behind_cloudfront.edge.exists = True
        behind_cloudfront.down(confirmed="notesite", with_database=False)
        assert behind_cloudfront.edge.done == ["deleted"]


class PlanTests:
    def test_it_carries_nothing_out(self, deployment, capsys):
        deployment.backend = FakeStack("notesite-backend", exists=True, outputs=backend_outputs())
        deployment.web = FakeStack("notesite-web", exists=True)
        deployment.plan()
        assert deployment.backend.done == deployment.web.done == ["discarded"]
        assert "WebEnvironment" in capsys.readouterr().out

    def test_it_says_what_it_cannot_know_yet(self, deployment, capsys):
        deployment.plan()
        assert "What follows can be planned once notesite-backend exists" in capsys.readouterr().out
        assert deployment.web.prepared == []


class RollbackTests:
    KEYS = [f"notesite/bundles/notesite-{name}.zip" for name in ("new", "middle", "old")]

    @pytest.fixture
    def running(self, deployment, monkeypatch):
        """The latest of three versions is deployed."""
        deployment.web = FakeStack(
            "notesite-web", exists=True, parameters={"SourceBundleKey": self.KEYS[0]}
        )

        class Store:
            def bundles(self):
                return RollbackTests.KEYS

        monkeypatch.setattr(deployment, "_store", Store)
        return deployment

    def test_it_deploys_the_version_before(self, running):
        running.rollback(None)
        assert running.web.prepared == [(None, {"SourceBundleKey": self.KEYS[1]})]
        assert running.web.done == ["carried out"]
        assert running.backend.done == []

    def test_it_deploys_the_version_that_is_named(self, running):
        running.rollback("old")
        assert running.web.prepared == [(None, {"SourceBundleKey": self.KEYS[2]})]

    def test_an_unknown_version_is_told_with_those_there_are(self, running):
        with pytest.raises(StackError, match="notesite-middle"):
            running.rollback("0000")

    def test_there_is_nothing_before_the_first(self, running):
        running.web = FakeStack(
            "notesite-web", exists=True, parameters={"SourceBundleKey": self.KEYS[2]}
        )
        with pytest.raises(StackError, match="no such source bundle"):
            running.rollback(None)


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
        assert "Deployed: notesite-abc" in shown


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


class DownTests:
    @pytest.fixture
    def running(self, deployment):
        deployment.backend = FakeStack("notesite-backend", exists=True)
        deployment.web = FakeStack(
            "notesite-web", exists=True, outputs={"DatabaseInstance": "database-1"}
        )
        return deployment

    @pytest.mark.parametrize("confirmed", [None, "other"])
    def test_it_deletes_nothing_unless_the_name_is_said(self, running, confirmed):
        with pytest.raises(StackError, match="--confirm notesite"):
            running.down(confirmed=confirmed, with_database=True)
        assert running.web.done == running.backend.done == []

    def test_it_deletes_nothing_while_the_database_is_protected(self, running):
        with pytest.raises(StackError, match="--with-database"):
            running.down(confirmed="notesite", with_database=False)
        assert running.web.done == running.backend.done == []

    def test_it_deletes_both_when_everything_is_said(self, running, clients):
        clients.answer(
            "rds",
            "modify_db_instance",
            {},
            {
                "DBInstanceIdentifier": "database-1",
                "DeletionProtection": False,
                "ApplyImmediately": True,
            },
        )
        running.down(confirmed="notesite", with_database=True)
        assert running.web.done == running.backend.done == ["deleted"]


class CheckTests:
    @pytest.fixture(autouse=True)
    def clean(self, monkeypatch):
        monkeypatch.setattr("infra.bundle.changes", lambda source: [])

    def certificate(self, status="ISSUED", name="notes.example.com"):
        return {"Certificate": {"Status": status, "DomainName": name}}

    def test_it_passes_when_all_is_there(self, deployment, clients, capsys):
        clients.answer("sts", "get_caller_identity", {"Account": "123456789012"})
        clients.answer("acm", "describe_certificate", self.certificate(name="*.example.com"))
        clients.answer(
            "elasticbeanstalk",
            "list_platform_versions",
            {"PlatformSummaryList": [{"PlatformArn": PLATFORM}]},
        )
        for name in ("SelfSignUp", "CertificateArn"):
            clients.answer(
                "cloudformation", "validate_template", {"Parameters": [{"ParameterKey": name}]}
            )
        deployment.check()
        assert "web.yaml: valid" in capsys.readouterr().out

    def test_a_parameter_that_the_template_lacks_is_named(self, deployment, clients):
        clients.answer("sts", "get_caller_identity", {"Account": "123456789012"})
        clients.answer("acm", "describe_certificate", self.certificate())
        clients.answer(
            "elasticbeanstalk",
            "list_platform_versions",
            {"PlatformSummaryList": [{"PlatformArn": PLATFORM}]},
        )
        clients.answer("cloudformation", "validate_template", {"Parameters": []})
        with pytest.raises(Exception, match="backend.yaml has no parameter SelfSignUp"):
            deployment.check()

    @pytest.mark.parametrize(
        ("certificate", "sentence"),
        [
            ({"status": "PENDING_VALIDATION"}, "make the records"),
            ({"name": "other.example.com"}, "not for notes.example.com"),
        ],
    )
    def test_a_certificate_that_will_not_do_is_told(
        self, deployment, clients, certificate, sentence
    ):
        clients.answer("sts", "get_caller_identity", {"Account": "123456789012"})
        clients.answer("acm", "describe_certificate", self.certificate(**certificate))
        with pytest.raises(account.AccountError, match=sentence):
            deployment.check()

    def test_changes_that_are_not_committed_are_told(self, deployment, monkeypatch):
        monkeypatch.setattr("infra.bundle.changes", lambda source: [" M notes/views.py"])
        with pytest.raises(Exception, match="not committed"):
            deployment.check()


class NetworkTests:
    def test_no_default_vpc_is_a_sentence(self, clients):
        clients.answer("ec2", "describe_vpcs", {"Vpcs": []})
        with pytest.raises(account.AccountError, match="set VpcId"):
            account.default_network(clients("ec2"))

    def test_a_single_zone_is_not_enough(self, clients):
        clients.answer("ec2", "describe_vpcs", {"Vpcs": [{"VpcId": "vpc-1"}]})
        clients.answer(
            "ec2",
            "describe_subnets",
            {"Subnets": [{"SubnetId": "subnet-a", "AvailabilityZone": "eu-central-1a"}]},
        )
        with pytest.raises(account.AccountError, match="fewer than two"):
            account.default_network(clients("ec2"))


class CommandLineTests:
    def test_a_failure_is_one_sentence(self, tmp_path, capsys):
        assert deploy.main(["--settings", str(tmp_path / "deploy.toml"), "status"]) == 1
        error = capsys.readouterr().err
        assert error.count("\n") == 1
        assert "docs/deployment.md" in error

    @pytest.mark.parametrize(
        "command", ["check", "plan", "up", "status", "logs", "rollback", "down"]
    )
    def test_each_command_is_known(self, command):
        assert deploy.arguments_parser().parse_args([command]).command == command
