"""What is wrong with an account, told before anything is made."""

import re
import shutil
from functools import cache
from pathlib import Path

import pytest
from cfnlint.decode import cfn_yaml

from infra import account, bundle, deployment_settings
from infra.stacks import StackError
from tests.infra.checkouts import commit_all
from tests.infra.fake_account import PLATFORM, FakeStack, answers_of_the_network

REPOSITORY = Path(__file__).resolve().parents[2]


@cache
def template_parameters(name):
    """What ValidateTemplate says of a template's parameters."""
    parameters = cfn_yaml.load(str(REPOSITORY / f"infra/{name}.yaml"))["Parameters"]
    return [
        {"ParameterKey": key, "DefaultValue": str(one["Default"])}
        if "Default" in one
        else {"ParameterKey": key}
        for key, one in parameters.items()
    ]


@pytest.fixture
def checkout(tmp_path):
    """As much of this repository as a check reads, as a git checkout of its own."""
    folder = tmp_path / "checkout"
    (folder / "infra").mkdir(parents=True)
    for name in (".gitignore", "infra/backend.yaml", "infra/web.yaml"):
        shutil.copy(REPOSITORY / name, folder / name)
    return commit_all(folder)


class Checking:
    """A deployment that is to be checked, and the answers of its account."""

    @pytest.fixture(autouse=True)
    def in_a_checkout(self, deployment, checkout):
        deployment.source = checkout

    def certificate(self, status="ISSUED", name="notes.example.com"):
        return {"Certificate": {"Status": status, "DomainName": name}}

    @pytest.fixture
    def well_so_far(self, clients):
        """An account in which nothing is wrong but for what stands in the way of single parts."""
        clients.answer("sts", "get_caller_identity", {"Account": "123456789012"})
        clients.answer("acm", "describe_certificate", self.certificate(name="*.example.com"))
        clients.answer(
            "elasticbeanstalk",
            "list_platform_versions",
            {"PlatformSummaryList": [{"PlatformArn": PLATFORM}]},
        )
        for name in ("backend", "web"):
            clients.answer(
                "cloudformation", "validate_template", {"Parameters": template_parameters(name)}
            )

    def domain(self, clients, description, prefix="notesite-123456789012"):
        clients.answer(
            "cognito-idp",
            "describe_user_pool_domain",
            {"DomainDescription": description},
            {"Domain": prefix},
        )

    @pytest.fixture
    def no_table(self, clients):
        clients.refuse("dynamodb", "describe_table", "ResourceNotFoundException")

    @pytest.fixture
    def free_names(self, clients, no_table):
        self.domain(clients, {})

    @pytest.fixture
    def databases(self, clients):
        """Which versions RDS makes new databases of."""

        def of(*versions):
            clients.answer(
                "rds",
                "describe_orderable_db_instance_options",
                {"OrderableDBInstanceOptions": [{"EngineVersion": one} for one in versions]},
                {"Engine": "postgres", "DBInstanceClass": "db.t4g.small"},
            )

        return of

    @pytest.fixture
    def without_network(self, well_so_far, free_names, databases):
        databases("16.9", "17.6", "17.7")

    @pytest.fixture
    def valid(self, clients, without_network):
        """An account in which nothing is wrong."""
        answers_of_the_network(clients)


class CheckTests(Checking):
    def test_it_passes_when_all_is_there(self, deployment, valid, capsys):
        deployment.check()
        assert "web.yaml: valid" in capsys.readouterr().out

    def test_a_stack_whose_alarms_nobody_hears_is_named(self, deployment, valid, capsys):
        deployment.check()
        shown = capsys.readouterr().out
        assert "notesite-backend: nobody is told of its alarms; set alarm_email" in shown
        assert "notesite-web: nobody" in shown

    def test_an_address_that_is_given_or_there_already_is_enough(self, deployment, valid, capsys):
        deployment.settings.backend["AlarmEmail"] = "ops@example.com"
        deployment.web = FakeStack("notesite-web", parameters={"AlarmEmail": "ops@example.com"})
        deployment.check()
        assert "nobody is told" not in capsys.readouterr().out

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

    def test_changes_that_are_not_committed_are_told(self, deployment, checkout):
        (checkout / "infra/web.yaml").write_text("Resources: {}\n")
        with pytest.raises(bundle.BundleError, match="^1 change is not committed.*infra/web.yaml"):
            deployment.check()


class InTheWayTests(Checking):
    """What would stop the first `up` half an hour in, with a database to be deleted by hand."""

    ZONE = "Z0123456789ABC"

    @pytest.fixture
    def in_zone(self, deployment, clients):
        def named(zone, *records, private=False):
            deployment.settings.web["HostedZoneId"] = self.ZONE
            clients.answer(
                "route53",
                "get_hosted_zone",
                {
                    "HostedZone": {
                        "Id": self.ZONE,
                        "Name": zone,
                        "CallerReference": "1",
                        "Config": {"PrivateZone": private},
                    }
                },
                {"Id": self.ZONE},
            )
            if zone == "example.com." and not private:
                clients.answer(
                    "route53",
                    "list_resource_record_sets",
                    {"ResourceRecordSets": records, "IsTruncated": False, "MaxItems": "1"},
                    {
                        "HostedZoneId": self.ZONE,
                        "StartRecordName": "notes.example.com",
                        "MaxItems": "1",
                    },
                )

        return named

    def told(self, deployment, sentence):
        with pytest.raises(account.AccountError, match=sentence):
            deployment.check()

    def test_a_table_of_the_name(self, deployment, clients, well_so_far):
        clients.answer("dynamodb", "describe_table", {}, {"TableName": "Notes"})
        self.told(deployment, "a table Notes already.*TableName")

    def test_a_hosted_ui_of_the_name(self, deployment, clients, well_so_far, no_table):
        self.domain(clients, {"UserPoolId": "eu-central-1_1"})
        self.told(deployment, "domain notesite-123456789012 already: set another DomainPrefix")

    def test_a_hosted_ui_of_the_name_that_is_set(self, deployment, clients, well_so_far, no_table):
        deployment.settings.backend["DomainPrefix"] = "my-notes"
        self.domain(clients, {"UserPoolId": "eu-central-1_1"}, "my-notes")
        self.told(deployment, "domain my-notes already")

    def test_an_account_without_a_network(self, deployment, clients, without_network):
        clients.answer("ec2", "describe_vpcs", {"Vpcs": []})
        self.told(deployment, "no default VPC: set VpcId")

    def test_instances_that_no_zone_has(self, deployment, clients, without_network):
        deployment.settings.web.update(VpcId="vpc-1", InstanceType="t3.smal")
        clients.answer(
            "ec2",
            "describe_instance_type_offerings",
            {"InstanceTypeOfferings": []},
            {
                "LocationType": "availability-zone",
                "Filters": [{"Name": "instance-type", "Values": ["t3.smal"]}],
            },
        )
        self.told(deployment, "no t3.smal: set InstanceType")

    def test_a_minor_version_that_rds_makes_no_new_databases_of(
        self, deployment, well_so_far, free_names, databases
    ):
        deployment.settings.web["DatabaseVersion"] = "17.1"
        databases("16.9", "17.6", "17.7")
        self.told(deployment, "no PostgreSQL 17.1 on db.t4g.small here, but 17.6, 17.7: set")

    def test_a_region_without_the_version_or_the_class(
        self, deployment, well_so_far, free_names, databases
    ):
        databases("16.9")
        self.told(deployment, "but no version 17 at all")

    def test_a_version_is_had_by_its_number_or_the_newest_of_its_kind(
        self, deployment, valid, capsys
    ):
        deployment.settings.web["DatabaseVersion"] = "17.7"
        deployment.check()
        assert "PostgreSQL 17.7 on db.t4g.small" in capsys.readouterr().out

    @pytest.mark.parametrize("available", [True, False])
    def test_an_environments_name_that_somebody_has(self, deployment, clients, valid, available):
        deployment.settings.web["CnamePrefix"] = "my-notes"
        clients.answer(
            "elasticbeanstalk",
            "check_dns_availability",
            {"Available": available, "FullyQualifiedCNAME": "my-notes.elasticbeanstalk.com"},
            {"CNAMEPrefix": "my-notes"},
        )
        if available:
            deployment.check()
        else:
            self.told(deployment, "my-notes.elasticbeanstalk.com is taken.*CnamePrefix")

    @pytest.mark.parametrize("zone", ["example.org.", "ample.com."])
    def test_a_zone_that_cannot_have_the_hosts_record(self, deployment, valid, in_zone, zone):
        in_zone(zone)
        self.told(deployment, f"that of {zone[:-1]}, and notes.example.com is no name in it")

    def test_a_zone_that_is_the_host_itself(self, deployment, valid, in_zone):
        in_zone("notes.example.com.")
        self.told(deployment, "notes.example.com is the zone .* itself, where no CNAME")

    def test_a_zone_that_nobody_outside_asks(self, deployment, valid, in_zone):
        in_zone("example.com.", private=True)
        self.told(deployment, f"zone {self.ZONE} is private: set HostedZoneId")

    def test_a_record_of_the_host(self, deployment, valid, in_zone):
        in_zone("example.com.", {"Name": "notes.example.com.", "Type": "A"})
        self.told(deployment, "notes.example.com has a A record already: delete it, or leave")

    @pytest.mark.parametrize("records", [[], [{"Name": "other.example.com.", "Type": "A"}]])
    def test_a_zone_that_waits_for_the_record(self, deployment, valid, in_zone, records):
        in_zone("example.com.", *records)
        deployment.check()

    def test_what_a_deployment_has_is_not_in_its_own_way(self, deployment, well_so_far):
        deployment.settings.web.update(HostedZoneId=self.ZONE, CnamePrefix="my-notes")
        deployment.backend = FakeStack(
            "notesite-backend", exists=True, parameters={"TableName": "Notes"}
        )
        deployment.web = FakeStack(
            "notesite-web",
            exists=True,
            parameters={
                "DatabaseVersion": "17.1",
                "VpcId": "vpc-1",
                "CnamePrefix": "my-notes",
                "HostedZoneId": self.ZONE,
                "WebAppUrl": "https://notes.example.com",
            },
        )
        deployment.check()

    def test_a_stack_that_could_not_be_made(self, deployment, clients, well_so_far):
        deployment.web = FakeStack("notesite-web", exists=True)
        deployment.web.status = "ROLLBACK_COMPLETE"
        with pytest.raises(StackError, match="delete it"):
            deployment.check()


class FirstDeploymentTests:
    """docs/deployment.md, followed to the letter in a fresh clone."""

    @pytest.fixture
    def documented(self, checkout):
        """The first deploy.toml of the document, where it says to write it."""
        text = (REPOSITORY / "docs/deployment.md").read_text()
        path = checkout / "deploy.toml"
        path.write_text(re.search(r"```toml\n(.+?)```", text, re.DOTALL)[1])
        return path

    def test_the_settings_are_no_change_of_the_checkout(self, checkout, documented):
        bundle.check_committed(checkout)

    def test_the_settings_are_as_they_should_be(self, documented):
        settings = deployment_settings.load(documented)
        assert settings.web_app_url == "https://notes.example.com"
        assert settings.backend["AlarmEmail"] == settings.web["AlarmEmail"] == "ops@example.com"


class NetworkTests:
    def test_no_default_vpc_is_a_sentence(self, clients):
        clients.answer("ec2", "describe_vpcs", {"Vpcs": []})
        with pytest.raises(account.AccountError, match="set VpcId"):
            account.default_network(clients("ec2"), "t3.small")

    def answers(self, clients, subnets, offered):
        """One subnet in each of these zones, instances in those."""
        clients.answer("ec2", "describe_vpcs", {"Vpcs": [{"VpcId": "vpc-1"}]})
        clients.answer(
            "ec2",
            "describe_subnets",
            {
                "Subnets": [
                    {"SubnetId": f"subnet-{zone}", "AvailabilityZone": f"us-east-1{zone}"}
                    for zone in subnets
                ]
            },
        )
        clients.answer(
            "ec2",
            "describe_instance_type_offerings",
            {"InstanceTypeOfferings": [{"Location": f"us-east-1{zone}"} for zone in offered]},
            {
                "LocationType": "availability-zone",
                "Filters": [{"Name": "instance-type", "Values": ["t3.small"]}],
            },
        )

    @pytest.mark.parametrize(("subnets", "offered"), [("a", "ab"), ("ae", "abcd")])
    def test_a_single_zone_is_not_enough(self, clients, subnets, offered):
        self.answers(clients, subnets, offered)
        with pytest.raises(account.AccountError, match="fewer than two.* with t3.small"):
            account.default_network(clients("ec2"), "t3.small")

    def test_three_zones_are_taken_and_none_without_such_instances(self, clients):
        self.answers(clients, "fedcba", "abcdf")
        network = account.default_network(clients("ec2"), "t3.small")
        assert network.subnets == ["subnet-a", "subnet-b", "subnet-c"]

    def test_a_zone_in_between_that_has_none_is_left_out(self, clients):
        self.answers(clients, "abc", "ac")
        network = account.default_network(clients("ec2"), "t3.small")
        assert network.subnets == ["subnet-a", "subnet-c"]

    def test_the_instances_are_those_of_the_template_unless_others_are_set(self):
        defaults = {
            one["ParameterKey"]: one.get("DefaultValue") for one in template_parameters("web")
        }
        assert defaults["InstanceType"] == account.INSTANCE_TYPE
