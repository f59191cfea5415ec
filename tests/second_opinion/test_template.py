"""What MiniStack says against infra/backend.yaml, each time in a stack of its own."""

import pytest

from tests.devcloud.running import NOTES_TEMPLATE
from tests.second_opinion.ministack import Refusal


class TemplateTests:
    @pytest.mark.parametrize("way", ["deploy", "propose"])
    def test_it_takes_no_parameter_as_the_location_of_an_include(self, ministack, way):
        """Includes are put in before parameters have values, so no value can help."""
        with pytest.raises(Refusal, match="location parameter is not a valid S3 uri"):
            getattr(ministack, way)("as-it-is", TableName="AsItIs", DomainPrefix="as-it-is")

    def test_it_knows_no_provider_url_of_a_user_pool(self, ministack):
        template = NOTES_TEMPLATE.read_text().replace(
            "Location: !Ref ContractLocation", f"Location: {ministack.contract_location}"
        )
        with pytest.raises(Refusal, match="ProviderURL does not exist"):
            ministack.deploy(
                "provider",
                template,
                TableName="ProviderNotes",
                DomainPrefix="provider",
                ApiAuthorizer="AccessToken",
            )
