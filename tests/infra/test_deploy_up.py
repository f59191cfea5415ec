"""What deploying and planning make of the stacks: in order, with the right parameters."""

from pathlib import Path

import pytest
from cfnlint.decode import cfn_yaml

from infra import account
from infra.deployment_settings import DeploymentSettings
from infra.stacks import Change, StackError
from tests.infra.fake_account import PLATFORM, FakeStack, answers_of_the_account, backend_outputs

REPOSITORY = Path(__file__).resolve().parents[2]
# What every web application has that exists.
RUNNING = {"SourceBundleKey": "notesite/bundles/notesite-old.zip"}


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
        deployment.web = FakeStack("notesite-web", exists=True, parameters=dict(RUNNING))
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


class LosingDataTests:
    """CloudFormation would make an empty table, pool or database, and the site would show that."""

    @pytest.fixture
    def running(self, deployment):
        deployment.backend = FakeStack("notesite-backend", exists=True, outputs=backend_outputs())
        deployment.web = FakeStack("notesite-web", exists=True, parameters=dict(RUNNING))
        return deployment

    @pytest.mark.parametrize("kind", ["DynamoDB::Table", "Cognito::UserPool", "RDS::DBInstance"])
    @pytest.mark.parametrize(("action", "replaces"), [("Modify", True), ("Remove", False)])
    def test_what_holds_data_is_not_replaced_by_itself(self, running, kind, action, replaces):
        running.backend.changes = [Change(action, "Holder", f"AWS::{kind}", replaces)]
        with pytest.raises(StackError, match="lose what Holder holds.*--replace Holder"):
            running.up(replace=())
        assert running.backend.done == ["discarded"]
        assert running.web.prepared == []

    def test_it_is_when_it_is_named(self, running):
        running.backend.changes = [Change("Modify", "NotesTable", "AWS::DynamoDB::Table", True)]
        running.up(replace=("NotesTable",))
        assert running.backend.done == ["carried out"]

    @pytest.mark.parametrize(
        "change",
        [
            Change("Modify", "NotesTable", "AWS::DynamoDB::Table", False),
            Change("Add", "NotesTable", "AWS::DynamoDB::Table", False),
            Change("Modify", "Alarm", "AWS::CloudWatch::Alarm", True),
        ],
    )
    def test_what_loses_nothing_needs_no_name(self, running, change):
        running.backend.changes = [change]
        running.up(replace=())
        assert running.backend.done == ["carried out"]


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
        deployment.web = FakeStack("notesite-web", exists=True, parameters=dict(RUNNING))
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

    def test_a_host_of_before_does_not_count_any_more(self, behind_cloudfront, clients):
        """What is not named keeps its value, and a certificate would mean an own host."""
        self.prefix_list(clients, "pl-12345678")
        behind_cloudfront.up()
        ((_, parameters),) = behind_cloudfront.web.prepared
        assert parameters["CertificateArn"] == parameters["HostedZoneId"] == ""


class CloudFrontOfBeforeTests:
    """The site got a host of its own; CloudFront would forward to a name that anybody may take."""

    @pytest.fixture
    def moved(self, deployment):
        deployment.edge = FakeStack("notesite-edge", exists=True)
        deployment.backend = FakeStack("notesite-backend", exists=True, outputs=backend_outputs())
        deployment.web = FakeStack("notesite-web", exists=True, parameters=dict(RUNNING))
        return deployment

    def test_it_is_left_alone_by_a_release(self, moved):
        moved.up()
        assert moved.edge.done == moved.edge.prepared == []

    def test_status_shows_it(self, moved, capsys):
        moved.status()
        assert "notesite-edge" in capsys.readouterr().out

    def test_it_goes_with_the_others(self, moved):
        moved.down(confirmed="notesite", with_database=False)
        assert moved.edge.done == ["deleted"]

    def test_without_one_there_is_nothing_to_show_or_delete(self, moved, capsys):
        moved.edge.exists = False
        moved.status()
        moved.down(confirmed="notesite", with_database=False)
        assert "notesite-edge" not in capsys.readouterr().out
        assert moved.edge.done == []


class PlanTests:
    def test_it_carries_nothing_out(self, deployment, capsys):
        deployment.backend = FakeStack("notesite-backend", exists=True, outputs=backend_outputs())
        deployment.web = FakeStack("notesite-web", exists=True, parameters=dict(RUNNING))
        deployment.plan()
        assert deployment.backend.done == deployment.web.done == ["discarded"]
        assert "WebEnvironment" in capsys.readouterr().out

    def test_it_says_what_it_cannot_know_yet(self, deployment, capsys):
        deployment.plan()
        assert "What follows can be planned once notesite-backend exists" in capsys.readouterr().out
        assert deployment.web.prepared == []
