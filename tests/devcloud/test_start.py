"""Starting and ending `python -m devcloud`."""

import os
import select
import shutil
import socket
import sqlite3
import subprocess
from contextlib import closing

import pytest
import requests

from tests.devcloud.running import ECHO_TEMPLATE, ROOT, command


def refusal(data_dir, **arguments):
    """The one sentence with which devcloud does not start."""
    done = subprocess.run(
        command(data_dir, **arguments), cwd=ROOT, capture_output=True, text=True, timeout=60
    )
    assert done.returncode == 1
    assert done.stdout == ""
    assert done.stderr.startswith("devcloud does not start. ")
    assert done.stderr.count("\n") == 1
    return done.stderr


def gone(pid):
    """Whether that process ends within some seconds."""
    try:
        descriptor = os.pidfd_open(pid)
    except ProcessLookupError:
        return True
    try:
        readable, _, _ = select.select([descriptor], [], [], 10)
    finally:
        os.close(descriptor)
    return bool(readable)


@pytest.fixture
def own_stack(tmp_path):
    """A copy of the echo stack that a test may change."""
    copy = tmp_path / "stack"
    shutil.copytree(ECHO_TEMPLATE.parents[1], copy)
    return copy / "infra" / "backend.yaml"


class RefusalTests:
    def test_a_port_in_use(self, tmp_path):
        with socket.socket() as taken:
            taken.bind(("127.0.0.1", 0))
            taken.listen()
            port = taken.getsockname()[1]
            assert f"Port {port} " in refusal(tmp_path, port=port)

    def test_a_data_directory_that_cannot_be_made(self, tmp_path):
        (tmp_path / "file").write_text("")
        assert "file/data cannot be written to" in refusal(tmp_path / "file" / "data")

    def test_data_of_another_version(self, tmp_path):
        with closing(sqlite3.connect(tmp_path / "devcloud.sqlite3")) as other:
            other.execute("CREATE TABLE mail (mail_id INTEGER PRIMARY KEY, recipient TEXT)")
            other.execute("INSERT INTO mail (recipient) VALUES ('me')")
            other.commit()
            said = refusal(tmp_path, template=ECHO_TEMPLATE)
            assert "devcloud.sqlite3 was written by another version of devcloud" in said
            assert "its table mail has other columns" in said
            assert "`make reset`" in said
            assert other.execute("SELECT recipient FROM mail").fetchall() == [("me",)]

    def test_data_that_is_no_database(self, tmp_path):
        (tmp_path / "devcloud.sqlite3").write_text("something else " * 100)
        said = refusal(tmp_path, template=ECHO_TEMPLATE)
        assert "devcloud.sqlite3 cannot be used: file is not a database." in said

    def test_a_data_directory_in_use(self, echo_devcloud):
        assert "Another devcloud uses" in refusal(echo_devcloud.data_dir)

    def test_an_unknown_parameter(self, tmp_path):
        assert "Parameters.Other:" in refusal(tmp_path, Other="x")

    def test_a_parameter_that_is_not_allowed(self, tmp_path):
        assert "Parameters.WebAppUrl:" in refusal(tmp_path, WebAppUrl="ftp://x")

    def test_no_template(self, tmp_path):
        assert "cannot be read" in refusal(tmp_path, template=tmp_path / "none.yaml")

    @pytest.mark.parametrize(
        ("old", "new", "place"),
        [
            ("echo.handler", "echo.nothing", "Resources.EchoFunction.Properties.Handler"),
            ("echo.handler", "nothing.handler", "Resources.EchoFunction.Properties.Handler"),
            ("AWS::DynamoDB::Table", "AWS::RDS::DBInstance", "Resources.Table.Type"),
            ("!Ref Table", "!Ref Tables", "Resources.EchoFunction.Properties.Environment"),
            ("!GetAtt EchoRole.Arn", "!GetAtt EchoRole.Id", ".Properties.Role"),
            ("FunctionName: !Ref EchoFunction", "FunctionName: other", "AWS::Lambda::Permission"),
            ("UsernameAttributes: [email]", "UsernameAttributes: [phone_number]", "UserPool"),
            ("python3.13", "nodejs22.x", "Resources.EchoFunction.Properties.Runtime"),
            ("python3.13", "python2.7", "Resources.EchoFunction.Properties.Runtime"),
            (
                "FunctionName: !Ref EchoFunction",
                "FunctionName: !Ref EchoFunction\n      SourceArn: arn:aws:execute-api:*/other/*",
                "Resources.Api.Properties.Body.paths./.get: no AWS::Lambda::Permission lets arn:",
            ),
            (
                "Action: cognito-idp:ListGroups",
                "NotAction: cognito-idp:ListGroups",
                "Resources.EchoRole.Properties.Policies[0].PolicyDocument.Statement[2].NotAction",
            ),
        ],
    )
    def test_a_mistake_in_the_template(self, tmp_path, own_stack, old, new, place):
        text = own_stack.read_text()
        assert old in text
        own_stack.write_text(text.replace(old, new))
        assert place in refusal(tmp_path / "data", template=own_stack)


class RunningTests:
    def test_it_is_ready_when_it_says_so(self, echo):
        assert requests.get(f"{echo.base}/_local/ready", timeout=5).status_code == 200

    def test_the_environment_comes_from_the_outputs(self, echo):
        environment = echo.environment
        assert environment["COGNITO_DOMAIN"] == echo.base
        assert environment["COGNITO_ENDPOINT_URL"] == echo.base
        assert environment["COGNITO_REGION"] == "eu-central-1"
        assert environment["COGNITO_USER_POOL_ID"].startswith("eu-central-1_")
        assert environment["NOTES_API_URL"] == f"{echo.base}/execute-api/test"
        assert environment["NOTES_API_TOKEN"] == "id"
        assert len(environment["OIDC_RP_CLIENT_ID"]) == 26
        assert len(environment["OIDC_RP_CLIENT_SECRET"]) == 51

    def test_it_answers_loopback_names_only(self, echo):
        for host, status in (("localhost", 200), ("127.0.0.1", 200), ("evil.example", 403)):
            headers = {"Host": f"{host}:{echo.port}"}
            answer = requests.get(f"{echo.base}/_local/ready", headers=headers, timeout=5)
            assert answer.status_code == status

    def test_it_ends_cleanly_on_sigterm_and_keeps_its_ids(self, start):
        first = start(template=ECHO_TEMPLATE)
        function = requests.get(f"{first.api}/environment", timeout=30).json()["process"]
        assert first.stop() == 0
        assert gone(function)
        again = start(template=ECHO_TEMPLATE, port=first.port)
        assert again.environment == first.environment

    def test_a_function_does_not_outlive_kill_9(self, start):
        devcloud = start(template=ECHO_TEMPLATE)
        function = requests.get(f"{devcloud.api}/environment", timeout=30).json()["process"]
        devcloud.kill()
        assert gone(function)
