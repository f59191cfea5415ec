"""A function sees what it would see in Lambda, and may do what its role may."""

import importlib.metadata
import select
import socket
import subprocess
import sys

import pytest
import requests

from devcloud.errors import TemplateError
from devcloud.function_package import package_directory
from devcloud.resources import Resource
from tests.devcloud.running import ROOT


def call(echo, operation, **arguments):
    url = f"{echo.api}/dynamodb/{operation}"
    return requests.post(url, json={"TableName": "Things", **arguments}, timeout=10).json()


KEY = {"owner": {"S": "ada"}, "thing": {"S": "1"}}


class EnvironmentTests:
    @pytest.fixture
    def seen(self, echo):
        return requests.get(f"{echo.api}/environment", timeout=10).json()

    def test_it_has_the_templates_variables_and_lambdas_own(self, seen, echo):
        environment = seen["environment"]
        assert environment["TABLE"] == "Things"
        assert environment["AWS_REGION"] == "eu-central-1"
        assert environment["AWS_LAMBDA_FUNCTION_NAME"] == "notesite-EchoFunction"
        assert environment["AWS_LAMBDA_FUNCTION_MEMORY_SIZE"] == "256"

    def test_it_has_nothing_of_devclouds_environment(self, seen):
        allowed = {"TABLE", "ISSUER", "LANG", "LAMBDA_RUNTIME_DIR", "TZ", "LC_CTYPE"}
        others = set(seen["environment"]) - allowed
        assert all(name.startswith("AWS_") for name in others)

    def test_addresses_of_the_stack_are_devclouds(self, seen, echo):
        pool_id = echo.environment["COGNITO_USER_POOL_ID"]
        assert seen["environment"]["ISSUER"] == f"{echo.base}/{pool_id}"

    @pytest.mark.parametrize(
        "module",
        [
            *("devcloud", "service", "notes", "tests"),
            *("flask", "django", "moto", "jwt", "requests", "cryptography", "pytest"),
            *("pip", "setuptools", "yaml", "cheroot"),
        ],
    )
    def test_it_imports_its_own_package_only(self, echo, module):
        answer = requests.get(f"{echo.api}/module/{module}", timeout=10).json()
        assert answer == {"refused": f"No module named '{module}'"}

    @pytest.mark.parametrize(
        "module",
        [
            *("boto3", "botocore", "s3transfer", "jmespath", "dateutil", "six", "urllib3"),
            *("json", "zoneinfo", "ssl", "echo"),
        ],
    )
    def test_it_imports_what_lambdas_runtime_has(self, echo, module):
        answer = requests.get(f"{echo.api}/module/{module}", timeout=10).json()
        assert answer == {"imported": True}

    def test_it_knows_how_much_time_is_left(self, echo):
        context = requests.get(f"{echo.api}/open", timeout=10).json()["context"]
        assert 2000 < context["remaining"] <= 3000


class ProcessTests:
    @pytest.mark.parametrize("is_read", [True, False])
    def test_it_ends_when_devcloud_is_gone(self, tmp_path, is_read):
        """Also with an answer that nobody has read, when the socket is reset instead of ended."""
        (tmp_path / "idle.py").write_text("def handler(event, context): return {}\n")
        ours, theirs = socket.socketpair()
        with theirs:
            runtime = ROOT / "devcloud" / "lambda_runtime.py"
            process = subprocess.Popen(
                [sys.executable, str(runtime), str(theirs.fileno()), str(tmp_path), "idle.handler"],
                pass_fds=[theirs.fileno()],
                stderr=subprocess.DEVNULL,
            )
        ready, _, _ = select.select([ours], [], [], 20)
        assert ready
        if is_read:
            assert ours.recv(100) == b'{"ready": true}\n'
        ours.close()
        assert process.wait(20) is not None


class RoleTests:
    def test_what_the_role_allows_works(self, echo):
        assert call(echo, "put_item", Item={**KEY, "title": {"S": "a"}}) == {}
        assert call(echo, "get_item", Key=KEY)["Item"]["title"] == {"S": "a"}

    @pytest.mark.parametrize(
        ("operation", "arguments", "action"),
        [
            ("scan", {}, "dynamodb:Scan"),
            ("delete_item", {"Key": KEY}, "dynamodb:DeleteItem"),
            ("put_item", {"TableName": "Other", "Item": KEY}, "dynamodb:PutItem"),
        ],
    )
    def test_what_it_does_not_allow_is_refused(self, echo, operation, arguments, action):
        error = call(echo, operation, **arguments)
        assert error["Code"] == "AccessDeniedException"
        assert f"is not authorized to perform: {action} on resource: arn:" in error["Message"]

    def test_a_query_needs_the_right_to_the_index_it_uses(self, echo):
        query = {
            "KeyConditionExpression": "#o = :o",
            "ExpressionAttributeNames": {"#o": "owner"},
            "ExpressionAttributeValues": {":o": {"S": "ada"}},
        }
        assert call(echo, "query", IndexName="byRank", **query)["Count"] == 0
        assert call(echo, "query", **query)["Code"] == "AccessDeniedException"


class PackageTests:
    @pytest.fixture
    def package(self, tmp_path):
        """The package of a function whose code asks for these distributions."""

        def made(requirements):
            code = tmp_path / "code" / "service"
            code.mkdir(parents=True, exist_ok=True)
            (code / "requirements.txt").write_text(requirements)
            function = Resource("Function", "AWS::Lambda::Function", {}, "function", {})
            return package_directory(
                tmp_path / "code", tmp_path / "functions", function, "service.handler.f"
            )

        return made

    def test_it_holds_what_is_installed_with_the_code(self, package):
        version = importlib.metadata.version("pyjwt")
        names = {path.name for path in package(f"# Why\npyjwt=={version}  # via us\n").iterdir()}
        assert names == {"service", "jwt"}

    def test_it_holds_what_those_require(self, package):
        names = {path.name for path in package("cryptography\n").iterdir()}
        assert {"service", "cryptography", "cffi"} <= names

    def test_it_forgets_what_an_earlier_run_needed(self, package):
        package("pyjwt\n")
        assert {path.name for path in package("").iterdir()} == {"service"}

    @pytest.mark.parametrize("requirement", ["pyjwt==1.0.0", "no-such-distribution"])
    def test_another_version_or_none_is_refused(self, package, requirement):
        with pytest.raises(TemplateError, match=rf"Function\.Properties\.Code: {requirement} is"):
            package(requirement)
