"""The API against its own contract, by schemathesis; the campaign has many more cases."""

import pytest

from tests.service.schemathesis_campaign import campaign

pytest.importorskip("schemathesis")


class SchemathesisTests:
    def test_no_answer_breaks_the_contract(self) -> None:
        outcome = campaign(8, seed=1)
        assert outcome.is_clean, outcome.printed
        assert min(outcome.requests.values()) >= 8, outcome.requests
