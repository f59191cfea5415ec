"""MiniStack in a process of its own, with the stack of infra/backend.yaml deployed to it."""

import json
import os
import re
import socket
import subprocess
import time
from pathlib import Path

import requests

from infra.artifacts import ArtifactStore, upload
from infra.function_package import make_package
from infra.stacks import Stack
from tests.devcloud.running import ROOT
from tests.second_opinion.aws_address import AwsAddress
from tests.second_opinion.running_stack import REGION, RunningStack, aws_client

_START_SECONDS = 60
# What MiniStack would otherwise listen on beside its port.
_QUIET = {"IOT_MTLS_ENABLED": "0", "SFTP_ENABLED": "0"}


class ArtifactBucket:
    """Stands for Elastic Beanstalk, which MiniStack has not: where artifacts go."""

    def __init__(self, s3):
        self._s3 = s3

    def create_storage_location(self):
        region = {"LocationConstraint": REGION}
        self._s3.create_bucket(Bucket="notesite", CreateBucketConfiguration=region)
        return {"S3Bucket": "notesite"}


class Artifacts(ArtifactStore):
    """Where MiniStack finds templates: it reads addresses with the bucket in their path only."""

    def url(self, key):
        return f"https://s3.{REGION}.amazonaws.com/{self.bucket}/{key}"


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
        s3 = aws_client("s3", self.base)
        self._store = Artifacts(s3, ArtifactBucket(s3), REGION)

    def stop(self):
        self._process.terminate()
        self._process.wait(20)
        self._issuer_host.stop()
        self._log.close()

    def deploy(self, name, **parameters):
        """Make a stack of infra/backend.yaml as `make deploy` does; raises StackError."""
        package = make_package(ROOT, self._directory)
        # The web application is not deployed here: anything will do as its source bundle.
        made = upload(self._store, ROOT, package, package, parameters)
        backend = Stack(aws_client("cloudformation", self.base), name)
        given = {
            "WebAppUrl": "http://localhost:8000",
            "CodeBucket": made.bucket,
            "CodeKey": made.function_key,
            **parameters,
        }
        backend.carry_out(backend.prepare(made.backend_template_url, given))
        return self._running(backend.outputs())

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
