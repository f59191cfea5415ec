"""Queries behind DynamoDB's API: in order, in pages, of the index."""

import pytest

from tests.devcloud.things_table import Caller, R, T, error, item, key, things, values


class QueryTests:
    @pytest.fixture
    def call(self, tmp_path):
        call = Caller(tmp_path / "devcloud.sqlite3")
        for rank, thing in enumerate("dbca"):
            call.put(thing, rank=f"rank{rank}", title=thing.upper(), text=thing * 3)
        call.put("without")
        call.put("a", owner="bob", rank="rank0")
        return call

    def test_the_table_is_in_order_of_its_sort_key(self, call):
        assert things(call.query()) == ["a", "b", "c", "d", "without"]

    def test_an_index_is_in_order_of_its_own_and_holds_what_has_it(self, call):
        assert things(call.query(IndexName="byRank")) == ["d", "b", "c", "a"]
        backwards = call.query(IndexName="byRank", ScanIndexForward=False)
        assert things(backwards) == ["a", "c", "b", "d"]

    def test_an_index_gives_what_it_projects(self, call):
        first = call.query(IndexName="byRank", Limit=1)["Items"][0]
        assert first == item("d", rank="rank0", title="D")

    def test_a_local_index_fetches_the_rest_on_request(self, call):
        first = call.query(IndexName="byRank", Limit=1, Select="ALL_ATTRIBUTES")["Items"][0]
        assert first == item("d", rank="rank0", title="D", text="ddd")
        some = call.query(IndexName="byRank", Limit=1, ProjectionExpression="thing, #t", **T)
        assert some["Items"] == [{"thing": {"S": "d"}, "text": {"S": "ddd"}}]

    def test_nothing_is_fetched_for_the_next_query(self, call):
        call.query(IndexName="byRank", Select="ALL_ATTRIBUTES")
        assert "text" not in call.query(IndexName="byRank")["Items"][0]

    @pytest.mark.parametrize(
        ("condition", "arguments", "found"),
        [
            ("#r = :x", {"x": "rank1"}, "b"),
            ("#r < :x", {"x": "rank2"}, "db"),
            ("#r <= :x", {"x": "rank2"}, "dbc"),
            ("#r > :x", {"x": "rank1"}, "ca"),
            ("#r >= :x", {"x": "rank1"}, "bca"),
            ("#r BETWEEN :x AND :y", {"x": "rank1", "y": "rank2"}, "bc"),
            ("begins_with(#r, :x)", {"x": "rank"}, "dbca"),
            ("begins_with(#r, :x)", {"x": "rank3"}, "a"),
            ("begins_with(#r, :x)", {"x": "s"}, ""),
        ],
    )
    def test_conditions_on_the_sort_key(self, call, condition, arguments, found):
        answer = call.query(
            IndexName="byRank",
            KeyConditionExpression=f"#o = :o AND {condition}",
            ExpressionAttributeNames={"#o": "owner", "#r": "rank"},
            ExpressionAttributeValues={
                ":o": {"S": "ada"},
                **{f":{name}": {"S": value} for name, value in arguments.items()},
            },
        )
        assert things(answer) == list(found)

    @pytest.mark.parametrize("forward", [True, False])
    @pytest.mark.parametrize("limit", [1, 2, 3, 4])
    def test_pages_hold_every_item_once(self, call, forward, limit):
        pages = []
        start = {}
        while not pages or start:
            page = call.query(IndexName="byRank", Limit=limit, ScanIndexForward=forward, **start)
            pages.append(things(page))
            assert len(pages[-1]) <= limit
            last = page.get("LastEvaluatedKey")
            start = {"ExclusiveStartKey": last} if last else {}
        assert sum(pages, []) == list("dbca" if forward else "acbd")

    def test_the_limit_counts_before_the_filter(self, call):
        page = call.query(
            IndexName="byRank",
            Limit=2,
            FilterExpression="title = :t",
            ExpressionAttributeValues={":o": {"S": "ada"}, ":t": {"S": "A"}},
        )
        assert (page["Count"], page["ScannedCount"]) == (0, 2)
        assert page["LastEvaluatedKey"] == item("b", rank="rank1")

    def test_a_page_holds_a_megabyte_at_most(self, call):
        for number in range(4):
            call.put(f"big{number}", text="x" * 390_000)
        page = call.query()
        assert things(page) == ["a", "b", "big0", "big1"]
        rest = call.query(ExclusiveStartKey=page["LastEvaluatedKey"])
        assert things(rest) == ["big2", "big3", "c", "d", "without"]

    def test_writes_change_the_order_at_once(self, call):
        call.query(IndexName="byRank")
        call("UpdateItem", Key=key("d"), UpdateExpression="SET #r = :r", **R, **values(r="rank9"))
        call("DeleteItem", Key=key("b"))
        call.put("e", rank="rank")
        assert things(call.query(IndexName="byRank")) == ["e", "c", "a", "d"]

    def test_a_start_key_without_the_indexs_key_is_refused(self, call):
        payload = {
            "KeyConditionExpression": "#o = :o",
            "ExpressionAttributeNames": {"#o": "owner"},
            "ExpressionAttributeValues": {":o": {"S": "ada"}},
            "IndexName": "byRank",
            "ExclusiveStartKey": key("a"),
        }
        assert error(call("Query", 400, **payload)) == "ValidationException"
