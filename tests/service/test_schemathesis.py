"""The API against its own contract, by schemathesis; the campaign has many more cases."""

import pytest

from tests.service.schemathesis_campaign import TOKENS, campaign, too_rare

pytest.importorskip("schemathesis")


class SchemathesisTests:
    @pytest.mark.parametrize("authorizer", TOKENS)
    def test_no_answer_breaks_the_contract_or_belies_the_one_before(self, authorizer: str) -> None:
        outcome = campaign(10, seed=1, authorizer=authorizer)
        assert outcome.is_clean, outcome.printed
        assert min(outcome.requests.values()) >= 10, outcome.requests
        assert not too_rare(outcome, 10), outcome.done
