"""Each line of ROWS.md names tests, and they are there."""

import re
from pathlib import Path

import pytest

HERE = Path(__file__).parent
ROWS = [
    line
    for line in (HERE / "ROWS.md").read_text().splitlines()
    if line.startswith("| ") and not line.startswith(("| ---", "| what AWS"))
]


@pytest.fixture(scope="module")
def defined():
    """The names of all tests of devcloud."""
    found = set()
    for path in HERE.rglob("test_*.py"):
        found.update(re.findall(r"^ *def (test_\w+)\(", path.read_text(), re.MULTILINE))
    return found


@pytest.mark.parametrize("row", ROWS, ids=[row.split("|")[1].strip() for row in ROWS])
def test_a_documented_fact_has_its_tests(row, defined):
    named = re.findall("`(test_[a-z0-9_]+)`", row.split("|")[-2])
    assert named
    assert set(named) <= defined
