"""What moto's DynamoDB does not limit as AWS does.

https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/API_BatchGetItem.html
"""

import json
from collections.abc import Callable
from typing import Any

import pytest
from moto.dynamodb.models import table
from moto.dynamodb.responses import DynamoHandler

PARTITION_BYTES = 1_000_000


def keep_to_aws_limits(patch: pytest.MonkeyPatch) -> None:
    """At most 1 MB of whole items for each partition in a BatchGetItem.

    And the whole Limit in a Query of the index: of its entries a hundred stay far below 1 MB
    (test_item_size.py), but moto counts the items that they stand for.
    """
    patch.setattr(table, "RESULT_SIZE_LIMIT", 100 * PARTITION_BYTES)
    answer_all: Callable[[DynamoHandler], Any] = DynamoHandler.batch_get_item

    def answer_some(handler: DynamoHandler) -> Any:
        ((name, wanted),) = handler.body["RequestItems"].items()
        room: dict[str, int] = {}
        answered, left = [], []
        for key in wanted["Keys"]:
            partition = json.dumps(key["userId"])
            item = handler.dynamodb_backend.get_item(name, key)
            room[partition] = room.get(partition, PARTITION_BYTES) - (item.size() if item else 0)
            (left if room[partition] < 0 else answered).append(key)
        handler.body["RequestItems"] = {name: {**wanted, "Keys": answered}}
        result = answer_all(handler)
        if left:
            result.result["UnprocessedKeys"] = {name: {**wanted, "Keys": left}}
        return result

    patch.setattr(DynamoHandler, "batch_get_item", answer_some)
