"""A note's time in the trash is over in the same second for every operation."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

import pytest

from tests.service.api import Answer, NotesApi
from tests.service.conftest import MovableTime

if TYPE_CHECKING:
    from types_boto3_dynamodb.service_resource import Table


@pytest.fixture
def expiry(api: NotesApi, table: "Table") -> datetime:
    """When the time of the one note in the trash is over, as the item says."""
    api.create()
    api.delete()
    expires_at: Any = table.scan()["Items"][0]["expires_at"]
    return datetime.fromtimestamp(int(expires_at), UTC)


# The call, and its status while the note is in the trash and when it has left it.
CALLS: dict[str, tuple[Callable[[NotesApi], Answer], int, int]] = {
    "get": (lambda api: api.get(), 200, 404),
    "restore": (lambda api: api.restore(), 200, 404),
    "create": (lambda api: api.create(note="another"), 409, 201),
    "update": (lambda api: api.update(if_match='"2"'), 412, 404),
    "delete": (lambda api: api.delete(), 200, 404),
    "delete for good": (lambda api: api.delete(if_match='"7"', permanent="true"), 412, 200),
}


@pytest.mark.parametrize("name", CALLS)
class ExpiryTests:
    def test_it_is_there_until_the_second_begins(
        self, api: NotesApi, clock: MovableTime, expiry: datetime, name: str
    ) -> None:
        call, status, _ = CALLS[name]
        clock.moment = expiry - timedelta(seconds=0.5)
        assert len(api.list(view="trash").json["notes"]) == 1
        assert call(api).status == status

    def test_it_is_gone_when_the_second_begins(
        self, api: NotesApi, clock: MovableTime, expiry: datetime, name: str
    ) -> None:
        call, _, status = CALLS[name]
        # The clock moves on by a microsecond before it answers.
        clock.moment = expiry - timedelta(microseconds=1)
        assert api.list(view="trash").json["notes"] == []
        assert call(api).status == status
