"""Versions of the site, and what releases one in a deployment that a test makes up."""

from dataclasses import replace

import pytest

from tests.infra.fake_account import PLATFORM, FakeStack, backend_outputs

A, B, C, D = "aaaa00000001", "bbbb00000002", "cccc00000003", "aaaa00000004"


def bundle(commit):
    return f"notesite/bundles/notesite-{commit}.zip"


class Releasing:
    """A deployment, and what releases a commit in it."""

    @pytest.fixture
    def running(self, deployment):
        """The back end is there; the first release makes the web application."""
        deployment.backend = FakeStack("notesite-backend", exists=True, outputs=backend_outputs())
        settled_once = {"PlatformArn": PLATFORM, "VpcId": "vpc-1"}
        deployment.settings = replace(deployment.settings, web=settled_once)
        return deployment

    @pytest.fixture
    def check_out(self, running, monkeypatch):
        """Makes the checkout that of a commit."""
        uploaded = running.upload()

        def at(commit):
            made = replace(uploaded, bundle_key=bundle(commit))
            monkeypatch.setattr(running, "upload", lambda: made)
            return running

        return at

    @pytest.fixture
    def release(self, check_out):
        """Releases a commit with `up`."""
        return lambda commit: check_out(commit).up()

    def present(self, running):
        return running.web.parameters()["SourceBundleKey"]
