"""The tables behind DynamoDB's API: durable and atomic, with expiry and limits."""

import json
import sqlite3
import threading
import time

import pytest

from devcloud.clock import Clock
from tests.devcloud.things_table import Caller, error, item, key, things, values


@pytest.fixture
def path(tmp_path):
    return tmp_path / "devcloud.sqlite3"


@pytest.fixture
def call(path):
    return Caller(path)


class DurabilityTests:
    def test_what_was_written_is_there_after_a_restart(self, call, path):
        call.put("a", title="kept")
        call("UpdateItem", Key=key("a"), UpdateExpression="SET title = :t", **values(t="changed"))
        call.put("b")
        call("DeleteItem", Key=key("b"))
        again = Caller(path)
        assert again.get("a") == item("a", title="changed")
        assert again.get("b") is None

    def test_every_type_comes_back_as_it_was(self, call, path):
        attributes = {
            "text": {"S": 'Zeile\n"☃"\u2028'},
            "number": {"N": "3.50"},
            "bytes": {"B": "AAH/"},
            "flag": {"BOOL": False},
            "nothing": {"NULL": True},
            "list": {"L": [{"S": "a"}, {"M": {"b": {"N": "1"}}}]},
            "set": {"SS": ["x", "y"]},
        }
        call("PutItem", Item={**key("a"), **attributes})
        assert call.get("a") == {**key("a"), **attributes}
        assert Caller(path).get("a") == {**key("a"), **attributes}

    def test_several_items_of_one_request_are_stored_together(self, call, path):
        requests = [{"PutRequest": {"Item": item(name)}} for name in "abc"]
        requests.append({"DeleteRequest": {"Key": key("z")}})
        call.put("z")
        call("BatchWriteItem", RequestItems={"Things": requests})
        assert things(Caller(path).query()) == ["a", "b", "c"]

    @pytest.mark.parametrize(
        ("operation", "arguments"),
        [
            ("PutItem", {"Item": item("old", title="new")}),
            ("PutItem", {"Item": item("fresh")}),
            ("DeleteItem", {"Key": key("old")}),
            ("UpdateItem", {"Key": key("old"), "UpdateExpression": "REMOVE title"}),
            ("UpdateItem", {"Key": key("fresh"), "UpdateExpression": "REMOVE title"}),
        ],
    )
    def test_what_cannot_be_stored_is_not_kept(self, call, monkeypatch, operation, arguments):
        call.put("old", title="old")

        def full(items):
            raise sqlite3.OperationalError("database or disk is full")

        with monkeypatch.context() as patch:
            patch.setattr(call.items, "save", full)
            assert error(call(operation, 500, **arguments)) == "InternalServerError"
        assert call.get("old") == item("old", title="old")
        assert call.get("fresh") is None
        assert things(call.query()) == ["old"]

    def test_a_refused_update_leaves_no_trace(self, call, path):
        answer = call(
            "UpdateItem",
            400,
            Key=key("a"),
            UpdateExpression="SET title = missing",
        )
        assert error(answer) == "ValidationException"
        assert call.get("a") is None
        assert Caller(path).get("a") is None


class ConditionTests:
    def test_only_one_of_many_writers_creates_an_item(self, call):
        results = []

        def create(name):
            body = {
                "TableName": "Things",
                "Item": item("a", title=name),
                "ConditionExpression": "attribute_not_exists(thing)",
            }
            answer = call.dynamodb.answer("PutItem", json.dumps(body).encode())
            results.append((answer.status, name))

        threads = [threading.Thread(target=create, args=(str(number),)) for number in range(16)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        winners = [name for status, name in results if status == 200]
        assert len(winners) == 1
        assert call.get("a")["title"]["S"] == winners[0]

    def test_the_item_comes_with_a_failed_condition(self, call):
        call.put("a", title="there")
        answer = call(
            "PutItem",
            400,
            Item=item("a"),
            ConditionExpression="attribute_not_exists(thing)",
            ReturnValuesOnConditionCheckFailure="ALL_OLD",
        )
        assert error(answer) == "ConditionalCheckFailedException"
        assert answer["Item"] == item("a", title="there")


class TimeToLiveTests:
    def test_items_go_when_their_time_is_over(self, path):
        clock = Clock()
        call = Caller(path, clock)
        soon = int(clock.timestamp()) + 60
        call("PutItem", Item={**key("soon"), "expires": {"N": str(soon)}})
        call("PutItem", Item={**key("ancient"), "expires": {"N": "1"}})
        call("PutItem", Item={**key("text"), "expires": {"S": "1"}})
        call("PutItem", Item=key("never"))
        assert call.dynamodb.purge_expired() == 0
        clock.move(61)
        assert call.dynamodb.purge_expired() == 1
        assert things(call.query()) == ["ancient", "never", "text"]
        assert things(Caller(path).query()) == ["ancient", "never", "text"]

    def test_what_cannot_be_deleted_yet_is_tried_again(self, call, monkeypatch):
        call("PutItem", Item={**key("soon"), "expires": {"N": str(int(time.time()) - 60)}})

        def full(items):
            raise sqlite3.OperationalError("database or disk is full")

        with monkeypatch.context() as patch, pytest.raises(sqlite3.Error):
            patch.setattr(call.items, "save", full)
            call.dynamodb.purge_expired()
        assert things(call.query()) == ["soon"]
        assert call.dynamodb.purge_expired() == 1
        assert things(call.query()) == []


class LimitTests:
    def test_a_batch_answers_a_megabyte_of_each_partition(self, call):
        for owner in ("ada", "bob"):
            for number in range(4):
                call.put(f"t{number}", owner, text="x" * 300_000)
        keys = [key(f"t{n}", owner) for owner in ("ada", "bob") for n in range(4)]
        wanted = {"Keys": [key("not there"), *keys], "ProjectionExpression": "thing"}
        answer = call("BatchGetItem", RequestItems={"Things": wanted})
        assert len(answer["Responses"]["Things"]) == 6
        left = answer["UnprocessedKeys"]["Things"]
        assert left == {**wanted, "Keys": [key("t3", "ada"), key("t3", "bob")]}

        answer = call("BatchGetItem", RequestItems={"Things": left})
        assert len(answer["Responses"]["Things"]) == 2 and answer["UnprocessedKeys"] == {}

    @pytest.mark.parametrize("wrong", [{"owner": {"S": "ada"}}, {"thing": {"S": "t"}}, {}])
    def test_a_batch_with_a_wrong_key_is_refused(self, call, wrong):
        call("BatchGetItem", 400, RequestItems={"Things": {"Keys": [wrong]}})

    def test_an_item_over_400_kb_is_refused(self, call):
        answer = call("PutItem", 400, Item=item("a", text="x" * 410_000))
        assert error(answer) == "ValidationException"
        assert call.get("a") is None

    def test_names_count_to_the_400_kb(self, call):
        answer = call("PutItem", 400, Item={**key("a"), "n" * 409_600: {"S": "x"}})
        assert error(answer) == "ValidationException"

    @pytest.mark.parametrize(("length", "status"), [(0, 400), (1, 200), (1024, 200), (1025, 400)])
    def test_a_sort_key_has_1_to_1024_bytes(self, call, length, status):
        call("PutItem", status, Item=item("x" * length))

    @pytest.mark.parametrize(("length", "status"), [(4096, 200), (4097, 400)])
    def test_an_expression_has_at_most_4_kb(self, call, length, status):
        expression = f"attribute_not_exists({'a' * (length - 22)})"
        assert len(expression) == length
        answer = call("PutItem", status, Item=item("a"), ConditionExpression=expression)
        if status == 400:
            assert error(answer) == "ValidationException"

    @pytest.mark.parametrize("operation", ["TransactWriteItems", "CreateTable", "Nonsense"])
    def test_what_is_not_imitated_is_refused(self, call, operation):
        answer = call(operation, 400)
        assert error(answer) == "UnknownOperationException"
        assert operation in answer["message"]

    @pytest.mark.parametrize(
        ("operation", "changes"),
        [
            ("PutItem", {"Item": {**key("a"), "thing": {"S": 1}}}),
            ("PutItem", {"Item": "text"}),
            ("PutItem", {"Item": key("a"), "ConditionExpression": "x"}),
            ("PutItem", {"TableName": ["Things"]}),
            ("GetItem", {}),
            ("UpdateItem", {"Key": key("a")}),
            ("Query", {"Limit": "1"}),
            ("BatchWriteItem", {"RequestItems": {"Things": [1]}}),
        ],
    )
    def test_a_request_of_another_shape_is_refused(self, call, operation, changes):
        assert error(call(operation, 400, **changes)) == "ValidationException"

    def test_unknown_members_do_not_count(self, call):
        assert call("ListTables", TableName=[])["TableNames"] == ["Things"]
        call("DeleteItem", Key=key("a"), Item=5)

    def test_a_body_that_is_no_object_is_refused(self, call):
        assert call.dynamodb.answer("GetItem", b"[]").status == 400

    def test_an_unknown_table_is_named(self, call):
        answer = call("GetItem", 400, TableName="Other", Key=key("a"))
        assert error(answer) == "ResourceNotFoundException"
