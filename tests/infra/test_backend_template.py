"""What the back end's template must say as a whole, and cfn-lint cannot see."""

import re
import subprocess
import sys
from pathlib import Path

import pytest

from tests import backend_template
from tests.backend_template import properties, template


class TemplateTests:
    def test_cfn_lint_finds_nothing(self) -> None:
        command = Path(sys.executable).with_name("cfn-lint")
        done = subprocess.run([command, backend_template.PATH], capture_output=True, text=True)
        assert (done.returncode, done.stdout) == (0, "")

    def test_every_parameter_is_described_and_limited(self) -> None:
        limits = {"AllowedPattern", "AllowedValues", "MinValue", "MaxLength"}
        for name, parameter in template()["Parameters"].items():
            assert parameter["Description"], name
            assert limits & set(parameter), name
            if "AllowedPattern" in parameter:
                assert parameter["ConstraintDescription"], name

    def test_every_parameter_is_in_a_group(self) -> None:
        groups = template()["Metadata"]["AWS::CloudFormation::Interface"]["ParameterGroups"]
        grouped = [name for group in groups for name in group["Parameters"]]
        assert sorted(grouped) == sorted(template()["Parameters"])

    def test_the_outputs_are_what_the_web_application_reads(self) -> None:
        outputs = template()["Outputs"]
        assert {
            "CognitoRegion",
            "CognitoUserPoolId",
            "CognitoDomain",
            "OidcRpClientId",
            "NotesApiUrl",
            "NotesApiToken",
            "NotesTrashDays",
            "WebAppClientSecretArn",
        } <= set(outputs)
        assert all(output["Description"] for output in outputs.values())

    def test_what_people_have_outlives_the_stack(self) -> None:
        for name in ("UserPool", "NotesTable"):
            resource = template()["Resources"][name]
            assert resource["DeletionPolicy"] == "Retain"
            assert resource["UpdateReplacePolicy"] == "Retain"
        assert properties("UserPool")["DeletionProtection"] == "ACTIVE"
        assert properties("NotesTable")["DeletionProtectionEnabled"] is True

    @pytest.mark.parametrize(
        ("url", "is_allowed"),
        [
            ("https://notes.example.com", True),
            ("https://notes.example.com:8443", True),
            ("http://localhost:8000", True),
            ("https://notes.example.com/", False),
            ("http://notes.example.com", False),
            ("http://localhost.example.com", False),
            ("https://", False),
            ("https://*.example.com", False),
            ("https://notes.example.com/path", False),
        ],
    )
    def test_the_address_of_the_web_application_is_one_that_cognito_takes(
        self, url: str, is_allowed: bool
    ) -> None:
        pattern = template()["Parameters"]["WebAppUrl"]["AllowedPattern"]
        assert bool(re.fullmatch(pattern, url)) is is_allowed

    @pytest.mark.parametrize(
        ("origins", "is_allowed"),
        [
            ("", True),
            ("*", True),
            ("https://app.example.com", True),
            ("https://app.example.com,http://localhost:5173,https://b.example.com:8443", True),
            ("https://app.example.com/", False),
            ("https://app.example.com,", False),
            ("https://app.example.com, https://b.example.com", False),
            ("https://app.example.com,*", False),
            ("https://*.example.com", False),
            ("http://app.example.com", False),
            ("null", False),
        ],
    )
    def test_other_origins_are_named_as_browsers_name_them(
        self, origins: str, is_allowed: bool
    ) -> None:
        pattern = template()["Parameters"]["AllowedOrigins"]["AllowedPattern"]
        assert bool(re.fullmatch(pattern, origins)) is is_allowed
