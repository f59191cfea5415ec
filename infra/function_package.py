"""Makes the package of the Lambda functions: the service's code and what it depends on."""

import hashlib
import subprocess
import sys
import tempfile
from pathlib import Path

from infra.archives import ArchivedFile, write_archive

# The runtime and processor of the functions in infra/backend.yaml.
PYTHON_VERSION = "3.13"
PLATFORM = "manylinux2014_x86_64"


class PackageError(Exception):
    """The package cannot be made; the message says what to do."""


def requirements(path: Path) -> list[str]:
    """The lines of a requirements file that name something."""
    lines = (line.split("#", 1)[0].strip() for line in path.read_text().splitlines())
    return [line for line in lines if line]


def install(requirements_file: Path, target: Path) -> None:
    """The dependencies as they are for Lambda, whatever this machine is."""
    if not requirements(requirements_file):
        return
    done = subprocess.run(
        [
            *(sys.executable, "-m", "pip", "install", "--quiet", "--target", str(target)),
            *("--requirement", str(requirements_file), "--only-binary", ":all:", "--no-compile"),
            *("--python-version", PYTHON_VERSION, "--platform", PLATFORM),
        ],
        capture_output=True,
        text=True,
    )
    if done.returncode:
        raise PackageError(f"pip could not get the functions' dependencies: {done.stderr.strip()}")


def belongs(path: Path) -> bool:
    """Whether an installed file is needed in Lambda and the same on every machine.

    Scripts name this machine's Python; RECORD and the like differ between installations.
    """
    return path.parts[0] != "bin" and path.name not in {"RECORD", "REQUESTED"}


def make_package(source: Path, target_folder: Path) -> Path:
    """The package, named after its content, so that another content is another S3 key."""
    service = source / "service"
    with tempfile.TemporaryDirectory() as folder:
        dependencies = Path(folder)
        install(service / "requirements.txt", dependencies)
        files = [
            ArchivedFile(path, path.relative_to(source).as_posix())
            for path in service.rglob("*.py")
        ]
        files += [
            ArchivedFile(path, path.relative_to(dependencies).as_posix())
            for path in dependencies.rglob("*")
            if path.is_file() and belongs(path.relative_to(dependencies))
        ]
        target_folder.mkdir(parents=True, exist_ok=True)
        draft = target_folder / "functions.zip"
        write_archive(draft, files)
    digest = hashlib.sha256(draft.read_bytes()).hexdigest()
    return draft.rename(target_folder / f"functions-{digest[:16]}.zip")
