"""The command line of `infra.deploy`."""

import pytest

from infra import deploy


class CommandLineTests:
    def test_a_failure_is_one_sentence(self, tmp_path, capsys):
        assert deploy.main(["--settings", str(tmp_path / "deploy.toml"), "status"]) == 1
        error = capsys.readouterr().err
        assert error.count("\n") == 1
        assert "docs/deployment.md" in error

    @pytest.mark.parametrize(
        "command", ["check", "plan", "up", "status", "logs", "rollback", "down"]
    )
    def test_each_command_is_known(self, command):
        assert deploy.arguments_parser().parse_args([command]).command == command

    def test_what_may_be_replaced_is_named_one_by_one(self):
        options = deploy.arguments_parser().parse_args(
            ["up", "--replace", "NotesTable", "--replace", "Database"]
        )
        assert options.replace == ["NotesTable", "Database"]
        assert deploy.arguments_parser().parse_args(["up"]).replace == []
