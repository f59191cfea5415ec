"""What MiniStack says against infra/backend.yaml, each time in a stack of its own."""

import pytest

from tests.second_opinion.ministack import Refusal


class TemplateTests:
    def test_it_takes_no_parameter_as_the_location_of_an_include(self, ministack):
        with pytest.raises(Refusal, match="location parameter is not a valid S3 uri"):
            ministack.deploy("as-it-is", TableName="AsItIs", DomainPrefix="as-it-is")

    def test_it_knows_no_provider_url_of_a_user_pool(self, ministack):
        with pytest.raises(Refusal, match="ProviderURL does not exist"):
            ministack.deploy_with_literal_location(
                "access",
                TableName="AccessNotes",
                DomainPrefix="access",
                ApiAuthorizer="AccessToken",
            )
