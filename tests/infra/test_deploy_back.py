"""Going back to an earlier release, and taking everything down."""

import json

import pytest

from infra.releases import ReleaseError
from infra.stacks import StackError
from tests.infra.fake_account import FakeStack
from tests.infra.releasing import A, B, C, D, Releasing, bundle


class RollbackTests(Releasing):
    def test_it_deploys_the_version_before_and_nothing_else(self, running, release):
        for commit in (A, B):
            release(commit)
        running.backend.done.clear()
        running.rollback(None)
        assert running.web.prepared[-1] == (None, {"SourceBundleKey": bundle(A)})
        assert running.web.done[-1] == "carried out"
        assert running.backend.done == []
        (record,) = running._store().content.values()
        assert json.loads(record) == [bundle(A), bundle(B), bundle(A)]

    def test_what_was_only_planned_is_no_version_to_go_back_to(self, running, release, check_out):
        release(A)
        check_out(B).plan()
        release(C)
        running.rollback(None)
        assert self.present(running) == bundle(A)

    def test_what_failed_is_no_version_to_go_back_to(
        self, running, release, check_out, monkeypatch
    ):
        release(A)
        with monkeypatch.context() as failing:
            failing.setattr(running.web, "carry_out", refused)
            with pytest.raises(StackError):
                check_out(B).up()
        release(C)
        running.rollback(None)
        assert self.present(running) == bundle(A)

    def test_a_version_that_was_given_up_is_not_gone_back_to(self, running, release):
        """C was bad: neither after the next release nor by going back once more."""
        for commit in (A, C):
            release(commit)
        running.rollback(None)
        release(D)
        running.rollback(None)
        assert self.present(running) == bundle(A)
        with pytest.raises(ReleaseError, match=f"{A} took over from no version.*{D}, {C}"):
            running.rollback(None)

    def test_an_old_commit_that_is_released_again_is_gone_back_to(self, running, release):
        for commit in (A, B, C, B):
            release(commit)
        running.rollback(None)
        assert self.present(running) == bundle(A)

    def test_the_same_release_twice_is_one(self, running, release):
        for commit in (A, B, B):
            release(commit)
        (record,) = running._store().content.values()
        assert json.loads(record) == [bundle(A), bundle(B)]

    def test_it_deploys_the_version_that_is_named(self, running, release):
        for commit in (A, B, C):
            release(commit)
        running.rollback(A[:4])
        assert self.present(running) == bundle(A)
        running.rollback(f"notesite-{C}")
        assert self.present(running) == bundle(C)

    @pytest.mark.parametrize(
        ("name", "sentence"),
        [
            ("aaaa", f"can be {A}, {D}"),
            ("c", "4 characters"),
            ("", "4 characters"),
            ("0000", f"No version 0000 was deployed.*: {B}, {D}, {A}"),
            (C, "is what is deployed now"),
        ],
    )
    def test_a_name_that_is_not_one_of_them_is_told(self, running, release, name, sentence):
        for commit in (A, D, B, C):
            release(commit)
        with pytest.raises(ReleaseError, match=sentence):
            running.rollback(name)
        assert self.present(running) == bundle(C)

    def test_the_first_has_none_before(self, running, release):
        release(A)
        with pytest.raises(ReleaseError, match="took over from no version. There is no other"):
            running.rollback(None)

    def test_what_runs_counts_although_nothing_wrote_it_down(self, running, release):
        """As after a release whose record could not be written."""
        running.web = FakeStack(
            "notesite-web", exists=True, parameters={"SourceBundleKey": bundle(A)}
        )
        release(B)
        running.rollback(None)
        assert self.present(running) == bundle(A)

    def test_without_a_web_application_there_is_nothing_to_go_back_to(self, running):
        running.web = FakeStack("notesite-web")
        with pytest.raises(StackError, match="nothing was deployed"):
            running.rollback(None)


def refused(change_set):
    raise StackError("notesite-web: refused")


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
