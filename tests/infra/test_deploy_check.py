"""What is wrong with an account, told before anything is made."""

import re
import shutil
from pathlib import Path

import pytest

from infra import account, bundle, deployment_settings
from tests.infra.checkouts import commit_all
from tests.infra.fake_account import PLATFORM, FakeStack

REPOSITORY = Path(__file__).resolve().parents[2]


@pytest.fixture
def checkout(tmp_path):
    """As much of this repository as a check reads, as a git checkout of its own."""
    folder = tmp_path / "checkout"
    (folder / "infra").mkdir(parents=True)
    for name in (".gitignore", "infra/backend.yaml", "infra/web.yaml"):
        shutil.copy(REPOSITORY / name, folder / name)
    return commit_all(folder)


class CheckTests:
    @pytest.fixture(autouse=True)
    def in_a_checkout(self, deployment, checkout):
        deployment.source = checkout

    def certificate(self, status="ISSUED", name="notes.example.com"):
        return {"Certificate": {"Status": status, "DomainName": name}}

    @pytest.fixture
    def valid(self, clients):
        """An account in which nothing is wrong."""
        clients.answer("sts", "get_caller_identity", {"Account": "123456789012"})
        clients.answer("acm", "describe_certificate", self.certificate(name="*.example.com"))
        clients.answer(
            "elasticbeanstalk",
            "list_platform_versions",
            {"PlatformSummaryList": [{"PlatformArn": PLATFORM}]},
        )
        for name in ("SelfSignUp", "CertificateArn"):
            known = [{"ParameterKey": name}, {"ParameterKey": "AlarmEmail"}]
            clients.answer("cloudformation", "validate_template", {"Parameters": known})

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
        deployment.web = FakeStack(
            "notesite-web", exists=True, parameters={"AlarmEmail": "ops@example.com"}
        )
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
