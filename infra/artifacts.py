"""What a deployment uploads: contract, functions' package, source bundle, templates.

Each key holds a digest or a commit, so another content is another key. It is uploaded each time all
the same: what lies under a key need not be what a deployment put there. Beside it lies the record
of what was deployed (`releases.py`).
"""

import hashlib
import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from botocore.exceptions import ClientError

BUNDLES = "notesite/bundles/"
CONTRACT_PATH = "openapi.json"
DEPLOYMENT_LOGICAL_ID = "NotesApiDeployment"


@dataclass(frozen=True)
class Artifacts:
    """Where everything lies that the templates refer to."""

    bucket: str
    function_key: str
    bundle_key: str
    edge_template_url: str
    backend_template_url: str
    web_template_url: str


class ArtifactStore:
    """The account's Elastic Beanstalk bucket, which needs no other set-up."""

    def __init__(self, s3: Any, elastic_beanstalk: Any, region: str) -> None:
        self._s3 = s3
        self._region = region
        # Makes the bucket when there is none, and answers the same name ever after.
        self.bucket: str = elastic_beanstalk.create_storage_location()["S3Bucket"]

    def put(self, key: str, content: bytes) -> str:
        """Uploads the content, whatever lay there; returns the key."""
        self._s3.put_object(Bucket=self.bucket, Key=key, Body=content)
        return key

    def url(self, key: str) -> str:
        """The address that CloudFormation takes a template from."""
        return f"https://{self.bucket}.s3.{self._region}.amazonaws.com/{key}"

    def read(self, key: str) -> bytes | None:
        """What lies under a key, or None."""
        try:
            content: bytes = self._s3.get_object(Bucket=self.bucket, Key=key)["Body"].read()
        except ClientError as error:
            if error.response["Error"]["Code"] != "NoSuchKey":
                raise
            return None
        return content


def digest(content: bytes) -> str:
    """Enough of the SHA-256 to tell contents apart in a name."""
    return hashlib.sha256(content).hexdigest()[:16]


def with_fresh_deployment(template: str, contract: bytes, parameters: Mapping[str, str]) -> str:
    """The back end's template with a logical id of its own for the API's deployment.

    An API Gateway deployment is a snapshot, and CloudFormation makes one for each logical id: what
    changes the API (contract, template, a parameter that decides which authorizer it has) would
    otherwise be stored and never served.
    """
    content = json.dumps([template, contract.decode(), sorted(parameters.items())])
    fresh, count = re.subn(
        rf"\b{DEPLOYMENT_LOGICAL_ID}\b", DEPLOYMENT_LOGICAL_ID + digest(content.encode()), template
    )
    if count < 2:
        raise ValueError(f"{DEPLOYMENT_LOGICAL_ID} and the stage's reference are not both there.")
    return fresh


def packaged(template: str, contract_location: str) -> str:
    """The back end's template with the contract's s3:// address where a checkout has its path.

    Source: AWS CLI, ``aws cloudformation package`` does this for the Location of an AWS::Include.
    """
    there, count = re.subn(
        rf"\bLocation: {CONTRACT_PATH}$", f"Location: {contract_location}", template, flags=re.M
    )
    if count != 1:
        raise ValueError(f"Location: {CONTRACT_PATH} is there {count} times, not once.")
    return there


def backend_template(source: Path, contract_location: str, parameters: Mapping[str, str]) -> str:
    """What CloudFormation gets of a checkout's infra/backend.yaml; the contract is up already."""
    contract = (source / "infra" / CONTRACT_PATH).read_bytes()
    template = (source / "infra/backend.yaml").read_text()
    return with_fresh_deployment(packaged(template, contract_location), contract, parameters)


def upload(
    store: ArtifactStore,
    source: Path,
    package: Path,
    bundle: Path,
    backend_parameters: Mapping[str, str],
) -> Artifacts:
    """Everything into the bucket."""
    contract = (source / "infra" / CONTRACT_PATH).read_bytes()
    contract_key = store.put(f"notesite/contract/openapi-{digest(contract)}.json", contract)
    contract_location = f"s3://{store.bucket}/{contract_key}"
    templates = {
        "edge": (source / "infra/edge.yaml").read_bytes(),
        "backend": backend_template(source, contract_location, backend_parameters).encode(),
        "web": (source / "infra/web.yaml").read_bytes(),
    }
    urls = {
        name: store.url(store.put(f"notesite/templates/{name}-{digest(body)}.yaml", body))
        for name, body in templates.items()
    }
    return Artifacts(
        bucket=store.bucket,
        function_key=store.put(f"notesite/functions/{package.name}", package.read_bytes()),
        bundle_key=store.put(f"{BUNDLES}{bundle.name}", bundle.read_bytes()),
        edge_template_url=urls["edge"],
        backend_template_url=urls["backend"],
        web_template_url=urls["web"],
    )
