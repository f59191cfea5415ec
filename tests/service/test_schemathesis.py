"""The API against its own contract, by schemathesis; the campaign has many more cases."""

import re

import pytest

from tests.service.schemathesis_campaign import campaign

pytest.importorskip("schemathesis")


class SchemathesisTests:
    def test_no_answer_breaks_the_contract(self) -> None:
        outcome = campaign(examples=15, seed=1)
        assert outcome.returncode == 0, outcome.stdout
        cases = re.search(r"(\d+) generated, (\d+) passed", outcome.stdout)
        assert cases and int(cases[2]) > 100, outcome.stdout
