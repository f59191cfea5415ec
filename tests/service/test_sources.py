"""docs/sources.md names tests that exist."""

import ast
import re
from functools import cache
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
SOURCES = (ROOT / "docs" / "sources.md").read_text(encoding="utf-8")
# A file, and what it names in it: nothing where the whole file is meant.
NAMED = sorted(set(re.findall(r"`(tests/[\w/]+\.py)(?:::([\w:]+))?`", SOURCES)))


@cache
def names_in(path: str) -> set[str]:
    """The file's test classes, and its tests as ``Class::test`` or ``test``."""
    found = set()
    for node in ast.parse((ROOT / path).read_text(encoding="utf-8")).body:
        if isinstance(node, ast.ClassDef):
            found |= {node.name} | {
                f"{node.name}::{method.name}"
                for method in node.body
                if isinstance(method, ast.FunctionDef) and method.name.startswith("test_")
            }
        elif isinstance(node, ast.FunctionDef) and node.name.startswith("test_"):
            found.add(node.name)
    return found


class SourcesTests:
    @pytest.mark.parametrize(("path", "name"), NAMED, ids=map("::".join, NAMED))
    def test_a_test_that_it_names_exists(self, path: str, name: str) -> None:
        names = names_in(path)
        assert name in names if name else names

    def test_whatever_looks_like_a_test_is_one_of_them(self) -> None:
        named = re.findall(r"`tests/[\w/]+\.py(?:::[\w:]+)?`", SOURCES)
        assert SOURCES.count("`tests/") == len(named)

    def test_every_statement_has_its_proof(self) -> None:
        rows = [row for row in re.findall(r"^\|.*$", SOURCES, re.MULTILINE) if "---" not in row]
        statements = [row for row in rows if not row.startswith("| the document says |")]
        assert len(rows) - len(statements) == 5
        assert all("`tests/" in row.split("|")[-2] for row in statements)
