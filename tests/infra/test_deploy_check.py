"""What is wrong with an account, told before anything is made."""

import pytest

from infra import account
from tests.infra.fake_account import PLATFORM


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
