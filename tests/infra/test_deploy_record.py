"""The record of releases: it survives what is cut off, and is told when it cannot be used."""

import json

import pytest
from botocore.exceptions import ClientError

from infra.releases import ReleaseError
from infra.stacks import StackError
from tests.infra.fake_account import BUCKET, FakeStack
from tests.infra.releasing import A, B, C, D, Releasing, bundle


class InterruptedTests(Releasing):
    """What ran is known, although the command that replaced it never came to its end."""

    @pytest.fixture
    def interrupted(self, running, monkeypatch):
        """Ends a command as soon as CloudFormation has done what it asked."""

        def run(command, *arguments):
            carry_out = running.web.carry_out

            def cut_off(change_set):
                carry_out(change_set)
                raise KeyboardInterrupt

            with monkeypatch.context() as patched:
                patched.setattr(running.web, "carry_out", cut_off)
                with pytest.raises(KeyboardInterrupt):
                    command(*arguments)

        return run

    def runs(self, deployment, commit):
        """A release of before there was a record."""
        deployment.web = FakeStack(
            "notesite-web", exists=True, parameters={"SourceBundleKey": bundle(commit)}
        )

    @pytest.mark.parametrize("name", [None, A])
    def test_a_release_without_a_record_survives_an_interrupted_up(
        self, running, release, interrupted, name
    ):
        self.runs(running, A)
        interrupted(release, B)
        running.rollback(name)
        assert self.present(running) == bundle(A)

    def test_an_interrupted_up_is_gone_back_to(self, running, release, interrupted):
        release(A)
        interrupted(release, B)
        release(C)
        running.rollback(None)
        assert self.present(running) == bundle(B)

    def test_an_interrupted_rollback_loses_nothing(self, running, release, interrupted):
        release(A)
        interrupted(release, B)
        interrupted(running.rollback, None)
        assert self.present(running) == bundle(A)
        running.rollback(B)
        assert self.present(running) == bundle(B)

    @pytest.mark.parametrize(
        ("status", "sentence"),
        [
            ("UPDATE_IN_PROGRESS", "is in UPDATE_IN_PROGRESS"),
            ("UPDATE_ROLLBACK_FAILED", "is in UPDATE_ROLLBACK_FAILED"),
            ("ROLLBACK_COMPLETE", "could not be created"),
        ],
    )
    def test_what_is_not_settled_is_no_release(self, running, release, status, sentence):
        """Its parameters are those of a change that may still fail, or did."""
        release(A)
        self.runs(running, B)
        running.web.status = status
        before = dict(running._store().content)
        running.backend.done.clear()
        for command, argument in ((release, C), (running.rollback, None)):
            with pytest.raises(StackError, match=sentence):
                command(argument)
        assert running._store().content == before
        assert running.backend.done == running.web.done == []


class ThrownAwayTests(Releasing):
    """CloudFormation has the new version, Elastic Beanstalk went back to the one before."""

    @pytest.fixture
    def thrown_away(self, running, release):
        def deploy(commit):
            running.environment.takes_versions = False
            with pytest.raises(StackError, match=f"does not run {commit}.*`logs`.*`rollback`"):
                release(commit)

        return deploy

    @pytest.fixture
    def recovers(self, running, monkeypatch):
        """Elastic Beanstalk takes what comes next."""

        def from_now_on():
            carry_out = running.web.carry_out

            def taken(change_set):
                carry_out(change_set)
                running.environment.takes_versions = True

            monkeypatch.setattr(running.web, "carry_out", taken)

        return from_now_on

    def record(self, running):
        (content,) = running._store().content.values()
        return json.loads(content)

    @pytest.mark.parametrize("name", [None, C])
    def test_it_is_no_release_and_what_runs_is_gone_back_to(
        self, running, release, thrown_away, recovers, name
    ):
        for commit in (A, C):
            release(commit)
        thrown_away(D)
        assert self.record(running) == [bundle(A), bundle(C)]
        recovers()
        running.rollback(name)
        assert self.present(running) == bundle(C)
        assert self.record(running) == [bundle(A), bundle(C)]

    @pytest.mark.parametrize("name", [None, A])
    def test_where_the_first_was_thrown_away_there_is_none_to_go_back_to(
        self, running, thrown_away, name
    ):
        thrown_away(A)
        with pytest.raises(StackError, match="No version ran before: deploy another commit"):
            running.rollback(name)

    def test_a_rollback_that_is_thrown_away_is_told_too(self, running, release, thrown_away):
        for commit in (A, B):
            release(commit)
        thrown_away(C)
        with pytest.raises(StackError, match=f"does not run {A}"):
            running.rollback(A)

    def test_the_next_release_follows_what_ran(self, running, release, thrown_away, recovers):
        release(A)
        thrown_away(B)
        recovers()
        release(C)
        running.rollback(None)
        assert self.record(running) == [bundle(A), bundle(C), bundle(A)]

    def test_outputs_are_shown_all_the_same(self, running, thrown_away, capsys):
        running.web = FakeStack("notesite-web", outputs={"SiteUrl": "https://notes.example.com"})
        thrown_away(A)
        shown = capsys.readouterr().out
        assert "https://notes.example.com" in shown
        assert "health" in shown
        assert running._store().content == {}


class RecordTests(Releasing):
    """A record that cannot be used is told before anything is deployed."""

    @pytest.fixture
    def record_key(self, running, release):
        release(A)
        running.backend.done.clear()
        running.web.done.clear()
        (key,) = running._store().content
        return key

    @pytest.mark.parametrize(
        "content", [b"", b"{", b"\xff", b"null", b'"text"', b'{"a": 1}', b"[1]", b'["a", null]']
    )
    def test_one_that_is_no_list_of_keys(self, running, release, record_key, content):
        running._store().content[record_key] = content
        for command, argument in ((release, B), (running.rollback, None)):
            with pytest.raises(
                ReleaseError, match=f"s3://{BUCKET}/{record_key} is no list.*delete"
            ):
                command(argument)
        assert running.backend.done == running.web.done == []
        assert running._store().content[record_key] == content

    def test_one_that_may_not_be_read(self, running, release, record_key, monkeypatch):
        def denied(key):
            raise ClientError({"Error": {"Code": "AccessDenied", "Message": key}}, "GetObject")

        monkeypatch.setattr(running._store(), "read", denied)
        with pytest.raises(ClientError):
            release(B)
        assert running.backend.done == running.web.done == []

    def test_a_first_one_that_may_not_be_written_keeps_no_outputs_back(
        self, running, release, monkeypatch, capsys
    ):
        """There is no stack to name it by before the end."""

        def denied(key, content):
            raise ClientError({"Error": {"Code": "AccessDenied", "Message": key}}, "PutObject")

        running.web = FakeStack("notesite-web", outputs={"WebAppUrl": "https://notes.example.com"})
        monkeypatch.setattr(running._store(), "put", denied)
        with pytest.raises(ClientError):
            release(A)
        assert "https://notes.example.com" in capsys.readouterr().out

    def test_one_that_may_not_be_written(self, running, release, record_key, monkeypatch):
        def denied(key, content):
            raise ClientError({"Error": {"Code": "AccessDenied", "Message": key}}, "PutObject")

        del running._store().content[record_key]
        monkeypatch.setattr(running._store(), "put", denied)
        with pytest.raises(ClientError):
            release(B)
        assert running.backend.done == running.web.done == []
