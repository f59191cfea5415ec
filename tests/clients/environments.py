"""Where the clients are installed: below the local data, made anew when what is pinned changes."""

import hashlib
import shutil
import subprocess
import sys
from pathlib import Path

HERE = Path(__file__).parent
ROOT = HERE.parents[1]
DIRECTORY = ROOT / ".local" / "clients"


class MissingTool(Exception):
    """Something is missing on this machine; the text says what to do."""


def node_directory():
    """A directory with the programs for Node and the packages that they use."""
    if not (shutil.which("node") and shutil.which("npm")):
        raise MissingTool("The clients need Node 20 or later with npm: install it.")
    directory = DIRECTORY / "node"
    shutil.copytree(HERE / "node", directory, dirs_exist_ok=True)
    _once(
        directory / ".installed",
        directory / "package-lock.json",
        ["npm", "ci", "--ignore-scripts", "--no-audit", "--no-fund", "--loglevel=error"],
        directory,
    )
    return directory


def python(requirements, name):
    """The interpreter of a virtual environment that holds exactly those requirements."""
    directory = DIRECTORY.parent / name / "python"
    interpreter = directory / "bin" / "python"
    if not interpreter.exists():
        subprocess.run([sys.executable, "-m", "venv", directory], check=True)
    install = [interpreter, "-m", "pip", "install", "--quiet", "--disable-pip-version-check"]
    _once(directory / ".installed", requirements, [*install, "-r", requirements], ROOT)
    return interpreter


def _once(mark, pins, command, directory):
    """Run a command unless it has been run for these pins."""
    digest = hashlib.sha256(pins.read_bytes()).hexdigest()
    if not mark.exists() or mark.read_text() != digest:
        subprocess.run(command, cwd=directory, check=True)
        mark.write_text(digest)
