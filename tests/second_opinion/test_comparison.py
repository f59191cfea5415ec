"""The comparison has a row for each known difference, and each of those is a test."""

from pathlib import Path

from tests.clients.environments import ROOT
from tests.second_opinion.differences import DIFFERENCES


class ComparisonTests:
    def test_every_difference_has_its_row(self):
        comparison = (ROOT / "devcloud" / "COMPARISON.md").read_text()
        missing = [
            name
            for name, difference in DIFFERENCES.items()
            if f"| {title(name)} | {difference.ministack} | {difference.aws} |" not in comparison
        ]
        assert not missing

    def test_every_difference_is_a_test(self):
        tests = "".join(path.read_text() for path in Path(__file__).parent.glob("test_*.py"))
        assert not [name for name in DIFFERENCES if f"def {name}(" not in tests]


def title(name):
    return name.removeprefix("test_").replace("_", " ")
