"""The table of notes."""

from service import listing
from tests.backend_template import properties, template

TABLE = properties("NotesTable")


class TableTests:
    def test_its_keys_are_those_of_the_source_document(self) -> None:
        assert template()["Parameters"]["TableName"]["Default"] == "Notes"
        assert TABLE["KeySchema"] == [
            {"AttributeName": "userId", "KeyType": "HASH"},
            {"AttributeName": "noteId", "KeyType": "RANGE"},
        ]

    def test_it_is_encrypted_and_can_be_brought_back(self) -> None:
        assert TABLE["SSESpecification"] == {"SSEEnabled": True}
        assert TABLE["PointInTimeRecoverySpecification"] == {"PointInTimeRecoveryEnabled": True}

    def test_it_empties_the_trash(self) -> None:
        assert TABLE["TimeToLiveSpecification"] == {
            "AttributeName": "expires_at",
            "Enabled": True,
        }

    def test_it_grows_without_being_asked(self) -> None:
        assert TABLE["BillingMode"] == "PAY_PER_REQUEST"

    def test_its_index_is_the_one_the_service_asks_for(self) -> None:
        (index,) = TABLE["LocalSecondaryIndexes"]
        assert index["IndexName"] == listing.INDEX
