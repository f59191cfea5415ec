"""deploy.toml: read with types, and a wrong one is a sentence."""

import pytest

from infra import deployment_settings

GOOD = """
name = "notesite"
region = "eu-central-1"
web_app_url = "https://notes.example.com"
[backend]
RefreshTokenDays = 7
[web]
CertificateArn = "arn:aws:acm:eu-central-1:123456789012:certificate/1-2"
DatabaseMultiAz = false
LoadBalancerSubnetIds = ["subnet-1", "subnet-2"]
"""


@pytest.fixture
def load(tmp_path):
    def from_text(text):
        path = tmp_path / "deploy.toml"
        path.write_text(text)
        return deployment_settings.load(path)

    return from_text


class LoadTests:
    def test_it_names_the_stacks(self, load):
        settings = load(GOOD)
        assert (settings.backend_stack, settings.web_stack) == ("notesite-backend", "notesite-web")

    def test_parameters_become_cloudformations_texts(self, load):
        settings = load(GOOD)
        assert settings.backend == {"RefreshTokenDays": "7"}
        assert settings.web == {
            "CertificateArn": "arn:aws:acm:eu-central-1:123456789012:certificate/1-2",
            "DatabaseMultiAz": "false",
            "LoadBalancerSubnetIds": "subnet-1,subnet-2",
        }

    def test_one_address_hears_the_alarms_of_both_stacks(self, load):
        settings = load('alarm_email = "ops@example.com"\n' + GOOD)
        assert settings.backend["AlarmEmail"] == settings.web["AlarmEmail"] == "ops@example.com"

    def test_a_stack_can_have_another(self, load):
        settings = load(
            'alarm_email = "ops@example.com"\n' + GOOD + 'AlarmEmail = "web@example.com"'
        )
        assert settings.backend["AlarmEmail"] == "ops@example.com"
        assert settings.web["AlarmEmail"] == "web@example.com"

    @pytest.mark.parametrize(
        ("found", "written", "sentence"),
        [
            ('name = "notesite"', 'name = "Notes"', "name in deploy.toml must be"),
            ("https://notes.example.com", "https://notes.example.com/", "web_app_url"),
            ("https://notes.example.com", "http://notes.example.com", "web_app_url"),
            ('region = "eu-central-1"', "", "region in deploy.toml must be"),
            (
                'name = "notesite"',
                'name = "notesite"\nalarm_email = "ops"',
                "alarm_email in deploy",
            ),
            ("CertificateArn", "HostedZoneId", "needs CertificateArn"),
            ('web_app_url = "https://notes.example.com"', "", "needs CnamePrefix"),
            ("[backend]", "[backned]", "nothing called backned"),
            ("RefreshTokenDays = 7", "RefreshTokenDays = {}", "backend.RefreshTokenDays"),
            ("[backend]", "[backend", "not valid TOML"),
        ],
    )
    def test_a_wrong_one_is_a_sentence(self, load, found, written, sentence):
        with pytest.raises(deployment_settings.SettingsError, match=sentence):
            load(GOOD.replace(found, written))

    def test_a_certificate_of_no_host_is_a_sentence(self, load):
        without_host = GOOD.replace('web_app_url = "https://notes.example.com"', "")
        with pytest.raises(
            deployment_settings.SettingsError, match="CertificateArn .*without web_app_url"
        ):
            load(without_host + 'CnamePrefix = "my-notes"')

    def test_a_missing_file_is_a_sentence(self, tmp_path):
        with pytest.raises(deployment_settings.SettingsError, match="docs/deployment.md"):
            deployment_settings.load(tmp_path / "deploy.toml")
