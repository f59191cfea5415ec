"""What a deployment uploads: named by content, and what it says whatever lay there."""

import re
import zipfile
from pathlib import Path

import boto3
import pytest
from cfnlint.decode import cfn_yaml
from moto import mock_aws

from infra import artifacts, function_package
from infra.artifacts import ArtifactStore

REPOSITORY = Path(__file__).resolve().parents[2]
REGION = "eu-central-1"


class StorageLocation:
    """moto has no CreateStorageLocation; AWS answers with the same bucket each time."""

    def __init__(self, s3):
        self._s3 = s3

    def create_storage_location(self):
        bucket = f"elasticbeanstalk-{REGION}-123456789012"
        self._s3.create_bucket(
            Bucket=bucket, CreateBucketConfiguration={"LocationConstraint": REGION}
        )
        return {"S3Bucket": bucket}


@pytest.fixture
def s3():
    with mock_aws():
        yield boto3.client("s3", region_name=REGION)


@pytest.fixture
def store(s3):
    return ArtifactStore(s3, StorageLocation(s3), REGION)


@pytest.fixture
def source(tmp_path):
    """A checkout with as much as an upload reads."""
    folder = tmp_path / "checkout"
    (folder / "infra").mkdir(parents=True)
    (folder / "infra/openapi.json").write_text("{}")
    (folder / "infra/backend.yaml").write_text(
        "NotesApiDeployment: {}\nStage: !Ref NotesApiDeployment\nLocation: openapi.json\n"
    )
    (folder / "infra/web.yaml").write_text("Resources: {}\n")
    (folder / "infra/edge.yaml").write_text("Resources: {Distribution: {}}\n")
    for name in ("functions-0123.zip", "notesite-abc.zip"):
        (folder / name).write_bytes(name.encode())
    return folder


def upload(store, source, **parameters):
    package, bundle = source / "functions-0123.zip", source / "notesite-abc.zip"
    return artifacts.upload(store, source, package, bundle, parameters)


def backend_template(s3, made):
    """The text that CloudFormation would read."""
    key = made.backend_template_url.split(".com/", 1)[1]
    return s3.get_object(Bucket=made.bucket, Key=key)["Body"].read().decode()


def included(template):
    """Bucket and key of what the template includes."""
    return re.search(r"^ *Location: s3://([^/]+)/(.+)$", template, re.MULTILINE).groups()


class UploadTests:
    def test_everything_lies_where_the_templates_are_told(self, store, source, s3):
        made = upload(store, source)
        bucket, key = included(backend_template(s3, made))
        assert s3.get_object(Bucket=bucket, Key=key)["Body"].read() == b"{}"
        for key in (made.function_key, made.bundle_key):
            assert s3.head_object(Bucket=made.bucket, Key=key)
        for url in (made.edge_template_url, made.backend_template_url, made.web_template_url):
            assert s3.head_object(Bucket=made.bucket, Key=url.split(".com/", 1)[1])

    def test_the_same_again_has_the_same_keys(self, store, source, s3):
        assert upload(store, source) == upload(store, source)
        assert s3.list_objects_v2(Bucket=store.bucket)["KeyCount"] == 6

    def test_what_somebody_else_put_under_a_key_is_not_what_is_deployed(self, store, source, s3):
        """A key can be known in advance; CloudFormation would carry out what lies there."""
        first = upload(store, source)
        honest = backend_template(s3, first)
        for entry in s3.list_objects_v2(Bucket=store.bucket)["Contents"]:
            s3.put_object(Bucket=store.bucket, Key=entry["Key"], Body=b"planted")
        assert backend_template(s3, upload(store, source)) == honest
        for entry in s3.list_objects_v2(Bucket=store.bucket)["Contents"]:
            assert store.read(entry["Key"]) != b"planted"

    def test_another_contract_is_another_key_and_another_template(self, store, source, s3):
        first = upload(store, source)
        (source / "infra/openapi.json").write_text('{"changed": true}')
        second = upload(store, source)
        keys = {included(backend_template(s3, made)) for made in (first, second)}
        assert len(keys) == 2
        assert first.backend_template_url != second.backend_template_url
        assert first.web_template_url == second.web_template_url

    def test_another_authorizer_is_another_template(self, store, source):
        first = upload(store, source, ApiAuthorizer="UserPool")
        second = upload(store, source, ApiAuthorizer="AccessToken")
        assert first.backend_template_url != second.backend_template_url


class ReadTests:
    def test_what_is_not_there_is_none(self, store):
        assert store.read("notesite/deployed/web/1.json") is None

    def test_the_latest_content_is_read(self, store):
        store.put("notesite/deployed/web/1.json", b"first")
        store.put("notesite/deployed/web/1.json", b"second")
        assert store.read("notesite/deployed/web/1.json") == b"second"


class PackagedTests:
    def test_nothing_but_the_place_of_the_contract_changes(self):
        template = (REPOSITORY / "infra/backend.yaml").read_text()
        there = artifacts.packaged(template, "s3://bucket/key")
        assert there.replace("s3://bucket/key", "openapi.json") == template
        assert included(there) == ("bucket", "key")

    @pytest.mark.parametrize("count", [0, 2])
    def test_a_template_that_does_not_include_it_once_is_refused(self, count):
        with pytest.raises(ValueError, match=f"there {count} times"):
            artifacts.packaged("Location: openapi.json\n" * count, "s3://bucket/key")


class FreshDeploymentTests:
    TEMPLATE = (REPOSITORY / "infra/backend.yaml").read_text()

    @pytest.mark.parametrize(
        ("template", "contract", "parameters"),
        [
            (TEMPLATE, b"{}", {}),
            (TEMPLATE, b'{"paths": {}}', {}),
            (TEMPLATE, b"{}", {"ApiAuthorizer": "AccessToken"}),
            (TEMPLATE.replace("python3.13", "python3.14"), b"{}", {}),
        ],
    )
    def test_the_stage_serves_the_deployment_that_was_made(
        self, tmp_path, template, contract, parameters
    ):
        path = tmp_path / "backend.yaml"
        path.write_text(artifacts.with_fresh_deployment(template, contract, parameters))
        resources = cfn_yaml.load(str(path))["Resources"]
        (logical_id,) = (
            name
            for name, resource in resources.items()
            if resource["Type"] == "AWS::ApiGateway::Deployment"
        )
        assert resources["NotesApiStage"]["Properties"]["DeploymentId"] == {"Ref": logical_id}
        assert re.fullmatch("NotesApiDeployment[0-9a-f]{16}", logical_id)

    def test_whatever_changes_the_api_makes_another_deployment(self):
        made = {
            artifacts.with_fresh_deployment(template, contract, parameters).split("Deployment", 1)[
                1
            ]
            for template, contract, parameters in (
                (self.TEMPLATE, b"{}", {}),
                (self.TEMPLATE, b'{"paths": {}}', {}),
                (self.TEMPLATE, b"{}", {"ApiAuthorizer": "AccessToken"}),
                (self.TEMPLATE + "# changed", b"{}", {}),
            )
        }
        assert len(made) == 4

    def test_a_template_without_it_is_refused(self):
        with pytest.raises(ValueError, match="NotesApiDeployment"):
            artifacts.with_fresh_deployment("Resources: {}", b"", {})


class FunctionPackageTests:
    @pytest.fixture
    def source(self, tmp_path):
        service = tmp_path / "checkout/service"
        service.mkdir(parents=True)
        (service / "handler.py").write_text("def lambda_handler(event, context): ...\n")
        (service / "requirements.txt").write_text("# Nothing.\n")
        return service.parent

    def test_it_has_the_same_name_and_bytes_for_the_same_code(self, source, tmp_path):
        first = function_package.make_package(source, tmp_path / "one")
        second = function_package.make_package(source, tmp_path / "two")
        assert first.name == second.name
        assert first.read_bytes() == second.read_bytes()

    def test_it_has_another_name_for_other_code(self, source, tmp_path):
        first = function_package.make_package(source, tmp_path / "one")
        (source / "service/handler.py").write_text("def lambda_handler(event, context): pass\n")
        assert function_package.make_package(source, tmp_path / "two").name != first.name

    def test_it_takes_dependencies_but_nothing_that_is_this_machines(
        self, source, tmp_path, monkeypatch
    ):
        def install(requirements, target):
            for name in ("jwt/__init__.py", "bin/tool", "jwt-1.dist-info/RECORD"):
                (target / name).parent.mkdir(parents=True, exist_ok=True)
                (target / name).write_text("")

        monkeypatch.setattr(function_package, "install", install)
        made = function_package.make_package(source, tmp_path / "made")
        with zipfile.ZipFile(made) as archive:
            assert archive.namelist() == ["jwt/__init__.py", "service/handler.py"]

    def test_its_dependencies_are_for_the_runtime_of_the_template(self):
        functions = [
            resource["Properties"]
            for resource in cfn_yaml.load(str(REPOSITORY / "infra/backend.yaml"))[
                "Resources"
            ].values()
            if resource["Type"] == "AWS::Lambda::Function"
        ]
        assert functions
        for function in functions:
            assert function["Runtime"] == f"python{function_package.PYTHON_VERSION}"
            assert function.get("Architectures", ["x86_64"]) == ["x86_64"]
