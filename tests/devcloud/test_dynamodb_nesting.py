"""How deep DynamoDB's values may be nested: 32 levels, of which a text within maps is the last."""

import pytest

from tests.devcloud.things_table import Caller, error, item, key

TOO_DEEP = (
    "Nesting Levels have exceeded supported limits: Attributes in the item have nested levels"
    " beyond supported limit"
)


@pytest.fixture
def call(tmp_path):
    return Caller(tmp_path / "devcloud.sqlite3")


def nested(wrappings, kind="M"):
    value = {"S": "x"}
    for _ in range(wrappings):
        value = {"M": {"n": value}} if kind == "M" else {"L": [value]}
    return value


def put(value):
    return "PutItem", {"Item": {**item("a"), "deep": value}}


def put_in_a_batch(value):
    requests = [{"PutRequest": {"Item": {**item("a"), "deep": value}}}]
    return "BatchWriteItem", {"RequestItems": {"Things": requests}}


def update(value):
    changes = {"UpdateExpression": "SET deep = :v", "ExpressionAttributeValues": {":v": value}}
    return "UpdateItem", {"Key": key("a"), **changes}


def condition(value):
    expression = {"ConditionExpression": "deep <> :v"}
    return "PutItem", {"Item": item("a"), "ExpressionAttributeValues": {":v": value}, **expression}


@pytest.mark.parametrize("kind", ["M", "L"])
@pytest.mark.parametrize("request_of", [put, put_in_a_batch, update, condition])
def test_a_value_of_32_levels_is_taken_and_a_deeper_one_refused(call, request_of, kind):
    operation, members = request_of(nested(31, kind))
    call(operation, **members)
    for wrappings in (32, 40, 160):
        operation, members = request_of(nested(wrappings, kind))
        answer = call(operation, expected=400, **members)
        assert (error(answer), answer["message"]) == ("ValidationException", TOO_DEEP)


def test_what_was_refused_is_not_kept(call):
    call("PutItem", expected=400, Item={**item("a"), "deep": nested(32)})
    assert call.get("a") is None


def test_attributes_beside_each_other_do_not_add_up(call):
    attributes = {f"deep{number}": nested(31) for number in range(3)}
    call("PutItem", Item={**item("a"), **attributes})
    assert call.get("a") == {**item("a"), **attributes}


def test_attributes_that_are_called_as_types_are_no_levels(call):
    """An item whose attributes are named M and L is no deeper than another."""
    value = {"M": {"M": {"L": [{"M": {"L": {"S": "x"}}}]}}}
    call("PutItem", Item={**item("a"), "M": value, "L": nested(31)})
    assert call.get("a")["M"] == value
