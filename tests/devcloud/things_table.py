"""A table of things behind DynamoDB's API, and how to ask it."""

import json

from devcloud.clock import Clock
from devcloud.database import Database
from devcloud.dynamodb import DynamoDB
from devcloud.dynamodb_items import ItemStore
from devcloud.resources import Resource

TABLE = {
    "TableName": "Things",
    "KeySchema": [
        {"AttributeName": "owner", "KeyType": "HASH"},
        {"AttributeName": "thing", "KeyType": "RANGE"},
    ],
    "AttributeDefinitions": [
        {"AttributeName": name, "AttributeType": "S"} for name in ("owner", "thing", "rank")
    ],
    "LocalSecondaryIndexes": [
        {
            "IndexName": "byRank",
            "KeySchema": [
                {"AttributeName": "owner", "KeyType": "HASH"},
                {"AttributeName": "rank", "KeyType": "RANGE"},
            ],
            "Projection": {"ProjectionType": "INCLUDE", "NonKeyAttributes": ["title"]},
        }
    ],
    "TimeToLiveSpecification": {"AttributeName": "expires", "Enabled": True},
}
# Names that DynamoDB keeps for itself.
T = {"ExpressionAttributeNames": {"#o": "owner", "#t": "text"}}
R = {"ExpressionAttributeNames": {"#r": "rank"}}


class Caller:
    """Calls DynamoDB with the JSON that botocore would send."""

    def __init__(self, path, clock=None):
        self.items = ItemStore(Database(path))
        resource = Resource("Things", "AWS::DynamoDB::Table", TABLE, "Things", {})
        self.dynamodb = DynamoDB([resource], self.items, clock or Clock())

    def __call__(self, operation, expected=200, **payload):
        body = json.dumps({"TableName": "Things", **payload}).encode()
        answer = self.dynamodb.answer(operation, body)
        assert answer.status == expected, answer.body
        return json.loads(answer.body)

    def put(self, thing, owner="ada", **attributes):
        return self("PutItem", Item=item(thing, owner, **attributes))

    def get(self, thing, owner="ada"):
        return self("GetItem", Key=key(thing, owner)).get("Item")

    def query(self, **more):
        return self(
            "Query",
            **{
                "KeyConditionExpression": "#o = :o",
                "ExpressionAttributeNames": {"#o": "owner"},
                "ExpressionAttributeValues": {":o": {"S": "ada"}},
                **more,
            },
        )


def key(thing, owner="ada"):
    return {"owner": {"S": owner}, "thing": {"S": thing}}


def item(thing, owner="ada", **attributes):
    return {**key(thing, owner), **{name: {"S": value} for name, value in attributes.items()}}


def things(answer):
    return [found["thing"]["S"] for found in answer["Items"]]


def error(answer):
    return answer["__type"].rpartition("#")[2]


def values(**texts):
    return {"ExpressionAttributeValues": {f":{k}": {"S": text} for k, text in texts.items()}}
