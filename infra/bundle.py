"""Makes the source bundle for Elastic Beanstalk: the same commit always gives the same bytes."""

import argparse
import hashlib
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

from infra.archives import ArchivedFile, write_archive

IGNORE_FILE = ".ebignore"


class BundleError(Exception):
    """The bundle cannot be made; the message says what to do."""


@dataclass(frozen=True)
class Bundle:
    """A bundle that lies on disk."""

    path: Path
    version: str
    sha256: str


def git(source: Path, *arguments: str) -> str:
    """What git prints, or a BundleError with what it complains about."""
    done = subprocess.run(["git", *arguments], cwd=source, capture_output=True, text=True)
    if done.returncode:
        raise BundleError(f"git {arguments[0]} failed: {done.stderr.strip()}")
    return done.stdout


def changes(source: Path) -> list[str]:
    """What differs from the commit, new files that git would take included."""
    return git(source, "status", "--porcelain").splitlines()


def check_committed(source: Path) -> None:
    """Raises BundleError when the checkout is not its commit: nobody could make that again."""
    if found := changes(source):
        count = "1 change is" if len(found) == 1 else f"{len(found)} changes are"
        raise BundleError(
            f"{count} not committed, the first is {found[0][3:]}: commit what belongs to the "
            "release, and move the rest out of the checkout."
        )


def bundled_files(source: Path) -> list[ArchivedFile]:
    """The tracked files that .ebignore lets through."""
    if not (source / IGNORE_FILE).is_file():
        raise BundleError(f"{IGNORE_FILE} is missing: nothing says what belongs in the bundle.")
    ignored = set(git(source, "ls-files", "-z", "-ci", f"--exclude-from={IGNORE_FILE}").split("\0"))
    files = []
    for entry in git(source, "ls-files", "-z", "--stage").split("\0")[:-1]:
        attributes, path = entry.split("\t", 1)
        if path in ignored:
            continue
        mode = attributes.split(" ", 1)[0]
        if mode not in {"100644", "100755"}:
            raise BundleError(
                f"{path} is a link or a submodule; the bundle takes plain files only."
            )
        files.append(ArchivedFile(source / path, path, executable=mode == "100755"))
    if not files:
        raise BundleError(f"{IGNORE_FILE} leaves nothing for the bundle.")
    return files


def make_bundle(source: Path, target_folder: Path, *, allow_dirty: bool = False) -> Bundle:
    """The bundle of the commit that is checked out, named after it."""
    if not allow_dirty:
        check_committed(source)
    version = git(source, "rev-parse", "--short=12", "HEAD").strip()
    if changes(source):
        version += "-dirty"
    target_folder.mkdir(parents=True, exist_ok=True)
    target = target_folder / f"notesite-{version}.zip"
    write_archive(target, bundled_files(source))
    return Bundle(target, version, hashlib.sha256(target.read_bytes()).hexdigest())


def main(arguments: list[str] | None = None) -> int:
    """The command line: prints the bundle's path and its SHA-256."""
    repository = Path(__file__).resolve().parent.parent
    parser = argparse.ArgumentParser(prog="python -m infra.bundle", description=__doc__)
    parser.add_argument("--source", type=Path, default=repository, help="the checkout")
    parser.add_argument("--target", type=Path, help="the folder for the bundle (default: dist)")
    parser.add_argument(
        "--allow-dirty",
        action="store_true",
        help="take what is not committed; nobody can make such a bundle again",
    )
    options = parser.parse_args(arguments)
    try:
        bundle = make_bundle(
            options.source,
            options.target or options.source / "dist",
            allow_dirty=options.allow_dirty,
        )
    except BundleError as error:
        print(f"No bundle was made. {error}", file=sys.stderr)
        return 1
    print(bundle.path)
    print(f"SHA-256 {bundle.sha256}")
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
