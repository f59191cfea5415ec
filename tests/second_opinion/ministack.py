"""MiniStack in a process of its own, with the stack of infra/backend.yaml deployed to it."""

import json
import os
import re
import socket
import subprocess
import tempfile
import time
from pathlib import Path

import requests
from botocore.exceptions import ClientError, WaiterError

from infra.function_package import make_package
from tests.devcloud.running import NOTES_TEMPLATE, ROOT
from tests.second_opinion.aws_address import AwsAddress
from tests.second_opinion.running_stack import REGION, RunningStack, aws_client

_START_SECONDS = 60
_BUCKET = "notesite"
_PROVIDER_URL = "https://cognito-idp.${AWS::Region}.${AWS::URLSuffix}/${UserPool}"
# What MiniStack would otherwise listen on beside its port.
_QUIET = {"IOT_MTLS_ENABLED": "0", "SFTP_ENABLED": "0"}


class Refusal(Exception):
    """MiniStack does not take the template; it says why."""


class MiniStack:
    """A started MiniStack; ``stop`` must follow."""

    def __init__(self, interpreter, directory):
        self._directory = Path(directory)
        port = _free_port()
        self.base = f"http://127.0.0.1:{port}"
        self._issuer_host = AwsAddress(
            f"cognito-idp.{REGION}.amazonaws.com", self.base, self._directory
        )
        self._log = (self._directory / "ministack.log").open("w")
        self._process = subprocess.Popen(
            [interpreter, "-m", "ministack"],
            cwd=self._directory,
            # Its functions run with `python3` or with itself: both are this interpreter.
            env={
                "PATH": f"{Path(interpreter).parent}:{os.environ['PATH']}",
                "HOME": str(self._directory),
                "TMPDIR": str(self._directory),
                "STATE_DIR": str(self._directory / "state"),
                "S3_DATA_DIR": str(self._directory / "s3"),
                "AUTH": "true",
                "BIND_HOST": "127.0.0.1",
                "MINISTACK_HOST": "127.0.0.1",
                "GATEWAY_PORT": str(port),
                "MINISTACK_REGION": REGION,
                "LAMBDA_EXECUTOR": "local",
                # Its functions inherit them.
                **self._issuer_host.environment,
                **_QUIET,
            },
            stdout=self._log,
            stderr=subprocess.STDOUT,
        )
        self._wait()
        self._upload()

    def stop(self):
        self._process.terminate()
        self._process.wait(20)
        self._issuer_host.stop()
        self._log.close()

    def deploy(self, name, template=None, **parameters):
        """Make a stack of infra/backend.yaml as it is, or raise what MiniStack says against it."""
        formation = aws_client("cloudformation", self.base)
        try:
            formation.create_stack(**self._arguments(name, template, parameters))
        except ClientError as error:
            raise Refusal(error.response["Error"]["Message"]) from error
        try:
            formation.get_waiter("stack_create_complete").wait(
                StackName=name, WaiterConfig={"Delay": 1, "MaxAttempts": 60}
            )
        except WaiterError as error:
            events = formation.describe_stack_events(StackName=name)["StackEvents"]
            failed = [one for one in events if one["ResourceStatus"] == "CREATE_FAILED"]
            raise Refusal(failed[0]["ResourceStatusReason"]) from error
        (stack,) = formation.describe_stacks(StackName=name)["Stacks"]
        return self._running({one["OutputKey"]: one["OutputValue"] for one in stack["Outputs"]})

    def propose(self, name, **parameters):
        """Make a change set, as a deployment does; raises what MiniStack says against it."""
        formation = aws_client("cloudformation", self.base)
        arguments = self._arguments(name, None, parameters)
        try:
            formation.create_change_set(**arguments, ChangeSetName="first", ChangeSetType="CREATE")
        except ClientError as error:
            raise Refusal(error.response["Error"]["Message"]) from error

    def deploy_adapted(self, name, **parameters):
        """The same with the two places written as MiniStack can read them.

        ``tests/second_opinion/test_template.py`` shows that nothing else is in the way.
        """
        template = NOTES_TEMPLATE.read_text()
        for written, adapted in {
            "Location: !Ref ContractLocation": f"Location: {self.contract_location}",
            "!GetAtt UserPool.ProviderURL": f"!Sub {_PROVIDER_URL}",
        }.items():
            assert written in template
            template = template.replace(written, adapted)
        return self.deploy(name, template, **parameters)

    @property
    def contract_location(self):
        return f"s3://{_BUCKET}/openapi.json"

    def _arguments(self, name, template, parameters):
        given = {
            "WebAppUrl": "http://localhost:8000",
            "ContractLocation": self.contract_location,
            "CodeBucket": _BUCKET,
            "CodeKey": "functions.zip",
            **parameters,
        }
        return {
            "StackName": name,
            "TemplateBody": template or NOTES_TEMPLATE.read_text(),
            "Parameters": [
                {"ParameterKey": key, "ParameterValue": value} for key, value in given.items()
            ],
            "Capabilities": ["CAPABILITY_IAM", "CAPABILITY_AUTO_EXPAND"],
        }

    def _running(self, outputs):
        secrets = aws_client("secretsmanager", self.base)
        secret = secrets.get_secret_value(SecretId=outputs["WebAppClientSecretArn"])
        api_id, stage = re.match(r"https://(\w+)\..*/(\w+)$", outputs["NotesApiUrl"]).groups()
        return RunningStack(
            base=self.base,
            api=f"{self.base}/_aws/execute-api/{api_id}/{stage}",
            user_pool_id=outputs["CognitoUserPoolId"],
            app_client_id=outputs["OidcRpClientId"],
            app_client_secret=json.loads(secret["SecretString"])["OIDC_RP_CLIENT_SECRET"],
            user_pool=aws_client("cognito-idp", self.base),
            expired_tokens=_tokens_of_a_second,
        )

    def _upload(self):
        s3 = aws_client("s3", self.base)
        s3.create_bucket(Bucket=_BUCKET, CreateBucketConfiguration={"LocationConstraint": REGION})
        contract = NOTES_TEMPLATE.with_name("openapi.json").read_bytes()
        s3.put_object(Bucket=_BUCKET, Key="openapi.json", Body=contract)
        with tempfile.TemporaryDirectory() as folder:
            package = make_package(ROOT, Path(folder)).read_bytes()
        s3.put_object(Bucket=_BUCKET, Key="functions.zip", Body=package)

    def _wait(self):
        deadline = time.monotonic() + _START_SECONDS
        while time.monotonic() < deadline and self._process.poll() is None:
            try:
                requests.get(f"{self.base}/_ministack/health", timeout=5).raise_for_status()
            except requests.ConnectionError:
                time.sleep(0.1)
            else:
                return
        self.stop()
        raise AssertionError("MiniStack did not start")


def _tokens_of_a_second(stack, email):
    """What a sign-in gave whose tokens have expired: its clock cannot be moved.

    AWS would refuse so short a life; MiniStack takes it.
    """
    client = {"UserPoolId": stack.user_pool_id, "ClientId": stack.app_client_id}
    kept = stack.user_pool.describe_user_pool_client(**client)["UserPoolClient"]
    short = {"IdToken": "seconds", "AccessToken": "seconds", "RefreshToken": "days"}
    stack.user_pool.update_user_pool_client(
        **client, IdTokenValidity=1, AccessTokenValidity=1, TokenValidityUnits=short
    )
    try:
        tokens = stack.sign_in(email)
    finally:
        stack.user_pool.update_user_pool_client(
            **client,
            # It keeps the template's text where AWS has a number.
            IdTokenValidity=int(kept["IdTokenValidity"]),
            AccessTokenValidity=int(kept["AccessTokenValidity"]),
            TokenValidityUnits=kept["TokenValidityUnits"],
        )
    time.sleep(2)
    return tokens


def _free_port():
    with socket.socket() as one:
        one.bind(("127.0.0.1", 0))
        return one.getsockname()[1]
