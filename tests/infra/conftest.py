"""A deployment in an account that a test makes up."""

from pathlib import Path

import pytest

from infra.artifacts import Artifacts
from infra.deployment import Deployment
from infra.deployment_settings import DeploymentSettings
from tests.infra.fake_account import BUCKET, Clients, FakeEnvironment, FakeStack, FakeStore

REPOSITORY = Path(__file__).resolve().parents[2]


@pytest.fixture
def clients():
    made = Clients()
    yield made
    for stub in made.stubs.values():
        stub.assert_no_pending_responses()


@pytest.fixture
def deployment(clients, monkeypatch):
    """A deployment whose stacks are not there yet, and whose artifacts are uploaded."""
    settings = DeploymentSettings(
        name="notesite",
        region="eu-central-1",
        web_app_url="https://notes.example.com",
        backend={"SelfSignUp": "closed"},
        web={"CertificateArn": "arn:aws:acm:eu-central-1:123456789012:certificate/1-2"},
    )
    made = Deployment(settings, clients, REPOSITORY)
    made.edge = FakeStack("notesite-edge")
    made.backend = FakeStack("notesite-backend")
    made.web = FakeStack("notesite-web")
    made.environment = FakeEnvironment()
    uploaded = Artifacts(
        bucket=BUCKET,
        function_key="notesite/functions/functions-1.zip",
        bundle_key="notesite/bundles/notesite-new.zip",
        edge_template_url="https://edge",
        backend_template_url="https://backend",
        web_template_url="https://web",
    )
    store = FakeStore()
    monkeypatch.setattr(made, "upload", lambda: uploaded)
    monkeypatch.setattr(made, "_store", lambda: store)
    return made
