"""Going back to an earlier release, and taking everything down."""

import pytest

from infra.stacks import StackError
from tests.infra.fake_account import FakeStack


class RollbackTests:
    KEYS = [f"notesite/bundles/notesite-{name}.zip" for name in ("new", "middle", "old")]

    @pytest.fixture
    def running(self, deployment, monkeypatch):
        """The latest of three versions is deployed."""
        deployment.web = FakeStack(
            "notesite-web", exists=True, parameters={"SourceBundleKey": self.KEYS[0]}
        )

        class Store:
            def bundles(self):
                return RollbackTests.KEYS

        monkeypatch.setattr(deployment, "_store", Store)
        return deployment

    def test_it_deploys_the_version_before(self, running):
        running.rollback(None)
        assert running.web.prepared == [(None, {"SourceBundleKey": self.KEYS[1]})]
        assert running.web.done == ["carried out"]
        assert running.backend.done == []

    def test_it_deploys_the_version_that_is_named(self, running):
        running.rollback("old")
        assert running.web.prepared == [(None, {"SourceBundleKey": self.KEYS[2]})]

    def test_an_unknown_version_is_told_with_those_there_are(self, running):
        with pytest.raises(StackError, match="notesite-middle"):
            running.rollback("0000")

    def test_there_is_nothing_before_the_first(self, running):
        running.web = FakeStack(
            "notesite-web", exists=True, parameters={"SourceBundleKey": self.KEYS[2]}
        )
        with pytest.raises(StackError, match="no such source bundle"):
            running.rollback(None)


class DownTests:
    @pytest.fixture
    def running(self, deployment):
        deployment.backend = FakeStack("notesite-backend", exists=True)
        deployment.web = FakeStack(
            "notesite-web", exists=True, outputs={"DatabaseInstance": "database-1"}
        )
        return deployment

    @pytest.mark.parametrize("confirmed", [None, "other"])
    def test_it_deletes_nothing_unless_the_name_is_said(self, running, confirmed):
        with pytest.raises(StackError, match="--confirm notesite"):
            running.down(confirmed=confirmed, with_database=True)
        assert running.web.done == running.backend.done == []

    def test_it_deletes_nothing_while_the_database_is_protected(self, running):
        with pytest.raises(StackError, match="--with-database"):
            running.down(confirmed="notesite", with_database=False)
        assert running.web.done == running.backend.done == []

    def test_it_deletes_both_when_everything_is_said(self, running, clients):
        clients.answer(
            "rds",
            "modify_db_instance",
            {},
            {
                "DBInstanceIdentifier": "database-1",
                "DeletionProtection": False,
                "ApplyImmediately": True,
            },
        )
        running.down(confirmed="notesite", with_database=True)
        assert running.web.done == running.backend.done == ["deleted"]
