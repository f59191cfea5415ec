"""What goes in the functions' package."""

import ast
import subprocess
import sys
from importlib.metadata import version
from pathlib import Path

import pytest

import service

FOLDER = Path(service.__file__).parent
RUNTIME = {"boto3", "botocore"}
PINNED = {"jwt"}


def imports(path: Path) -> set[str]:
    """The top-level packages that a module names, those for type checkers apart."""
    tree = ast.parse(path.read_text())
    found = set()
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            found |= {alias.name.partition(".")[0] for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            found.add((node.module or "").partition(".")[0])
    return {name for name in found if not name.startswith("types_boto3")}


class PackageTests:
    @pytest.mark.parametrize("path", sorted(FOLDER.glob("*.py")), ids=lambda path: path.name)
    def test_a_module_needs_nothing_that_is_not_there(self, path: Path) -> None:
        there = set(sys.stdlib_module_names) | RUNTIME | PINNED | {"service"}
        assert imports(path) <= there

    def test_its_pins_are_the_versions_that_are_tested(self) -> None:
        lines = (FOLDER / "requirements.txt").read_text().splitlines()
        pins = dict(line.split("==") for line in lines if "==" in line)
        assert pins == {name: version(name) for name in pins}
        assert set(pins) == {"cffi", "cryptography", "pycparser", "pyjwt"}

    def test_the_notes_function_starts_without_what_the_authorizer_needs(self) -> None:
        program = "import sys, service.handler; print({'jwt', 'cryptography'} & set(sys.modules))"
        done = subprocess.run(
            [sys.executable, "-c", program], cwd=FOLDER.parent, capture_output=True, text=True
        )
        assert (done.stdout.strip(), done.returncode) == ("set()", 0)
