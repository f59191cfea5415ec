"""The source bundle: what is in it, and that the same commit always gives the same bytes."""

import os
import subprocess
import zipfile
from pathlib import Path

import pytest

from infra import bundle
from tests.infra.checkouts import commit_all

REPOSITORY = Path(__file__).resolve().parents[2]


@pytest.fixture
def checkout(tmp_path):
    """A small repository with one commit: a page, a script, and a test that must stay out."""
    source = tmp_path / "checkout"
    for path, text in {
        ".ebignore": "/*\n!/notesite/\n!/start.sh\n",
        "notesite/views.py": "page = 1\n",
        "start.sh": "#!/bin/sh\n",
        "tests/test_views.py": "assert True\n",
    }.items():
        (source / path).parent.mkdir(parents=True, exist_ok=True)
        (source / path).write_text(text)
    (source / "start.sh").chmod(0o755)
    return commit_all(source)


def names(path):
    with zipfile.ZipFile(path) as archive:
        return archive.namelist()


class BundleTests:
    def test_it_takes_what_the_ignore_file_lets_through_in_order(self, checkout, tmp_path):
        made = bundle.make_bundle(checkout, tmp_path / "dist")
        assert names(made.path) == ["notesite/views.py", "start.sh"]

    def test_it_gives_the_same_bytes_twice(self, checkout, tmp_path):
        first = bundle.make_bundle(checkout, tmp_path / "one")
        os.utime(checkout / "notesite/views.py", (1, 1))
        second = bundle.make_bundle(checkout, tmp_path / "two")
        assert first.path.read_bytes() == second.path.read_bytes()
        assert first.sha256 == second.sha256

    def test_it_keeps_which_files_can_be_run(self, checkout, tmp_path):
        made = bundle.make_bundle(checkout, tmp_path / "dist")
        with zipfile.ZipFile(made.path) as archive:
            modes = {entry.filename: entry.external_attr >> 16 for entry in archive.infolist()}
        assert modes == {"notesite/views.py": 0o100644, "start.sh": 0o100755}

    def test_it_is_named_after_the_commit(self, checkout, tmp_path):
        made = bundle.make_bundle(checkout, tmp_path / "dist")
        commit = bundle.git(checkout, "rev-parse", "HEAD").strip()
        assert made.path.name == f"notesite-{commit[:12]}.zip"

    @pytest.mark.parametrize("path", ["notesite/views.py", "notesite/new.py"])
    def test_it_refuses_changes_that_are_not_committed(self, checkout, tmp_path, path):
        (checkout / path).write_text("page = 2\n")
        with pytest.raises(
            bundle.BundleError, match=f"^1 change is not committed.* {path}: commit"
        ):
            bundle.make_bundle(checkout, tmp_path / "dist")

    def test_it_counts_them(self, checkout, tmp_path):
        for name in ("one.py", "two.py"):
            (checkout / name).write_text("")
        with pytest.raises(bundle.BundleError, match="^2 changes are not committed"):
            bundle.make_bundle(checkout, tmp_path / "dist")

    def test_it_takes_them_when_told_and_says_so_in_the_name(self, checkout, tmp_path):
        (checkout / "notesite/views.py").write_text("page = 2\n")
        made = bundle.make_bundle(checkout, tmp_path / "dist", allow_dirty=True)
        assert made.version.endswith("-dirty")
        with zipfile.ZipFile(made.path) as archive:
            assert archive.read("notesite/views.py") == b"page = 2\n"

    def test_it_refuses_a_link(self, checkout, tmp_path):
        (checkout / "notesite/link.py").symlink_to("views.py")
        subprocess.run(["git", "add", "."], cwd=checkout, check=True)
        with pytest.raises(bundle.BundleError, match="link"):
            bundle.make_bundle(checkout, tmp_path / "dist", allow_dirty=True)

    def test_it_refuses_to_guess_without_an_ignore_file(self, checkout, tmp_path):
        (checkout / ".ebignore").unlink()
        with pytest.raises(bundle.BundleError, match="missing"):
            bundle.make_bundle(checkout, tmp_path / "dist", allow_dirty=True)


class CommandLineTests:
    def test_it_prints_the_path_and_the_digest(self, checkout, capsys):
        assert bundle.main(["--source", str(checkout)]) == 0
        path, digest = capsys.readouterr().out.splitlines()
        assert Path(path).is_file()
        assert digest.startswith("SHA-256 ")

    def test_it_says_in_a_sentence_why_there_is_none(self, checkout, capsys):
        (checkout / "new.py").write_text("")
        assert bundle.main(["--source", str(checkout)]) == 1
        assert "No bundle was made. 1 change is not committed" in capsys.readouterr().err


class NotesiteBundleTests:
    """What goes to Elastic Beanstalk from this repository."""

    @pytest.fixture
    def paths(self):
        return {file.name for file in bundle.bundled_files(REPOSITORY)}

    @pytest.mark.parametrize(
        "path", ["Procfile", "gunicorn.conf.py", "manage.py", "requirements.txt"]
    )
    def test_it_has_what_the_platform_looks_for(self, paths, path):
        assert path in paths

    def test_it_has_nothing_that_is_not_run(self, paths):
        assert {path.split("/", 1)[0] for path in paths} <= {
            ".ebextensions",
            ".platform",
            "Procfile",
            "gunicorn.conf.py",
            "identity",
            "manage.py",
            "notes",
            "administration",
            "cognito",
            "notesite",
            "outgoing",
            "requirements.txt",
            "static",
            "templates",
        }
