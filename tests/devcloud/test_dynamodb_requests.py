"""Requests that DynamoDB refuses: 400, never 500, and nothing of them is kept."""

import json
import random

import pytest

from tests.devcloud.things_table import TABLE, Caller, error, item, key

EMPTY = "Supplied AttributeValue is empty, must contain exactly one of the supported datatypes"
TWO = (
    "Supplied AttributeValue has more than one datatypes set, must contain exactly one of the"
    " supported datatypes"
)
NO_NUMBER = "The parameter cannot be converted to a numeric value: "
WRONG_KEY = "The provided key element does not match the schema"
MISMATCH = "One or more parameter values were invalid: Type mismatch for key"
INDEXED = [name["AttributeName"] for name in TABLE["AttributeDefinitions"]]


@pytest.fixture
def call(tmp_path):
    return Caller(tmp_path / "devcloud.sqlite3")


@pytest.mark.parametrize(
    ("value", "message"),
    [
        ({}, EMPTY),
        ({"L": [{"S": "x"}, {}]}, EMPTY),
        ({"M": {"n": {}}}, EMPTY),
        ({"S": "x", "N": "1"}, TWO),
        ({"N": "x"}, f"{NO_NUMBER}x"),
        ({"N": ""}, NO_NUMBER),
        ({"N": "NaN"}, f"{NO_NUMBER}NaN"),
        ({"N": "Infinity"}, f"{NO_NUMBER}Infinity"),
        ({"NS": ["1", "x"]}, f"{NO_NUMBER}x"),
    ],
)
def test_values_that_are_none(call, value, message):
    for operation, members in [
        ("PutItem", {"Item": {**item("a"), "x": value}}),
        ("BatchWriteItem", batch({"PutRequest": {"Item": {**item("a"), "x": value}}})),
        ("UpdateItem", {"Key": key("a"), **setting(value)}),
    ]:
        answer = call(operation, expected=400, **members)
        assert (error(answer), answer["message"]) == ("ValidationException", message)
    assert call.get("a") is None


@pytest.mark.parametrize("number", ["0", "-1", "3.50", "1e10", "+1", "1E-5", ".5", "5."])
def test_numbers(call, number):
    call("PutItem", Item={**item("a"), "x": {"N": number}})


@pytest.mark.parametrize("value", [{"N": "1"}, {"B": "YQ=="}, {"L": []}, {"SS": ["a"]}])
@pytest.mark.parametrize("name", ["owner", "thing", "rank"])
def test_keys_of_another_type_are_not_kept(call, name, value):
    wrong = {**item("a"), name: value}
    for operation, members in [
        ("PutItem", {"Item": wrong}),
        ("BatchWriteItem", batch({"PutRequest": {"Item": wrong}})),
    ]:
        answer = call(operation, expected=400, **members)
        assert (error(answer), answer["message"][: len(MISMATCH)]) == (
            "ValidationException",
            MISMATCH,
        )
    call.put("b", rank="1")
    assert call.query()["Count"] == 1
    assert call.query(IndexName="byRank")["Count"] == 1


def test_an_update_gives_an_index_no_key_of_another_type(call):
    call.put("a", rank="1")
    changes = {"UpdateExpression": "SET #r = :v", "ExpressionAttributeNames": {"#r": "rank"}}
    values = {"ExpressionAttributeValues": {":v": {"N": "5"}}}
    answer = call("UpdateItem", expected=400, Key=key("a"), **changes, **values)
    assert answer["message"].startswith(MISMATCH)
    assert call.get("a") == item("a", rank="1")


@pytest.mark.parametrize(
    "wrong",
    [
        {"owner": {"S": "ada"}},
        {**key("a"), "more": {"S": "x"}},
        {**key("a"), "thing": {"N": "1"}},
        {**key("a"), "thing": {"L": []}},
    ],
)
def test_a_key_that_is_not_the_table_s(call, wrong):
    for operation, members in [
        ("GetItem", {"Key": wrong}),
        ("DeleteItem", {"Key": wrong}),
        ("UpdateItem", {"Key": wrong, **setting({"S": "x"})}),
        ("BatchGetItem", {"RequestItems": {"Things": {"Keys": [wrong]}}}),
        ("BatchWriteItem", batch({"DeleteRequest": {"Key": wrong}})),
    ]:
        answer = call(operation, expected=400, **members)
        assert (error(answer), answer["message"]) == ("ValidationException", WRONG_KEY)


@pytest.mark.parametrize(
    "entry", [{}, {"PutRequest": {"Item": item("a")}, "DeleteRequest": {"Key": key("b")}}]
)
def test_an_entry_of_a_batch_is_one_write(call, entry):
    assert error(call("BatchWriteItem", expected=400, **batch(entry))) == "ValidationException"
    assert call.get("a") is None


EXPRESSIONS = ["", " ", ":a", "#a", "#a = :a", "thing = :b", "owner = :a AND", "[0]", "x[0].y", "#"]
EXPRESSIONS += ["owner = :a AND thing BETWEEN :b AND :a", "begins_with(thing, :b)", "NOT x = :a"]
EXPRESSIONS += ["SET x", "SET x = :a", "SET x = x + :a", "ADD x :a", "SET x = list_append(x, :a)"]
EXPRESSIONS += ["(" * 2000, "NOT " * 900 + "x = :a", "x IN (:a, :b)", "size(x) > :a", "x,x"]
EXPRESSIONS += ["owner = :a AND begins_with(thing, :b)", "owner = :a AND thing > :b", "\ud800"]
VALUES = [{"S": "ada"}, {"N": "1"}, {"L": []}, {"M": {}}, {"NULL": True}, {"SS": ["a", "a"]}]
VALUES += [{"BOOL": True}, {"S": ""}, {"S": "\ud800"}, {"B": "!!"}, {"NS": []}, {}, None, 5, "x"]
KINDS = ["ConditionExpression", "UpdateExpression", "KeyConditionExpression"]
KINDS += ["FilterExpression", "ProjectionExpression"]
OTHERS = ["Limit", "Select", "IndexName", "ExclusiveStartKey", "ReturnValues", "AttributesToGet"]


@pytest.mark.parametrize("seed", range(4))
def test_any_request_is_answered(call, seed):
    chance = random.Random(seed)
    for _ in range(150):
        operation = chance.choice(
            ["PutItem", "UpdateItem", "DeleteItem", "GetItem", "Query", "Scan"]
        )
        own = {name: chance.choice(VALUES) for name in chance.sample(["x", *INDEXED], 2)}
        members = {"TableName": "Things"}
        if operation == "PutItem":
            members["Item"] = {**item("a"), **own}
        elif operation not in ("Query", "Scan"):
            members["Key"] = key("a") if chance.random() < 0.8 else own
        members |= {kind: chance.choice(EXPRESSIONS) for kind in KINDS if chance.random() < 0.5}
        members["ExpressionAttributeValues"] = {":a": chance.choice(VALUES), ":b": {"S": "b"}}
        if chance.random() < 0.5:
            members["ExpressionAttributeNames"] = {"#a": chance.choice(["x", "owner", ""])}
        if chance.random() < 0.3:
            members[chance.choice(OTHERS)] = chance.choice([0, 1, "byRank", "ALL_NEW", {}, own])
        answer = call.dynamodb.answer(operation, json.dumps(members).encode())
        assert answer.status in (200, 400), (operation, members)


def batch(*entries):
    return {"RequestItems": {"Things": list(entries)}}


def setting(value):
    return {"UpdateExpression": "SET x = :v", "ExpressionAttributeValues": {":v": value}}
