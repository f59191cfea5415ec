"""What AWS documents of TOKEN authorizers and of DynamoDB's limits."""

import json
import secrets

import pytest

from tests.devcloud.rows.row import Rows
from tests.second_opinion.running_stack import aws_client

row = Rows()

UNAUTHORIZED = (401, '{"message":"Unauthorized"}')


def short(answer):
    return answer.status_code, answer.text


def authorizer(answer):
    """What the function behind the method is told."""
    return answer.json()["event"]["requestContext"]["authorizer"]


def unused_token():
    """A token of small letters that no verdict is kept of."""
    return "".join(chr(97 + value % 26) for value in secrets.token_bytes(20))


@row(
    'the event is {"type":"TOKEN","authorizationToken":...,"methodArn":'
    '"arn:aws:execute-api:r:acct:api/stage/GET/path"}; principalId and context (strings, numbers,'
    " booleans) reach the function as requestContext.authorizer.*"
)
def the_function_is_asked(aws):
    token = unused_token()
    told = authorizer(aws.get("/asked", Authorization=token))
    asked = json.loads(told["event"])
    assert set(asked) == {"type", "authorizationToken", "methodArn"}
    assert (asked["type"], asked["authorizationToken"]) == ("TOKEN", token)
    assert asked["methodArn"].startswith("arn:aws:execute-api:eu-central-1:000000000000:")
    assert asked["methodArn"].endswith("/test/GET/asked")
    assert told["principalId"] == f"principal of {token}"
    assert (told["number"], told["yes"]) == ("1", "true")


@row(
    "a missing or empty token or a regex miss is 401 without invoking; raising exactly"
    " `Unauthorized` is 401; any other failure is 500 (AuthorizerConfigurationException, message"
    ' null); Deny is 403 {"Message":"User is not authorized to access this resource[ with an'
    ' explicit deny]"} with a capital M'
)
def verdicts_have_their_answers(aws):
    # The function writes a line each time that it is asked.
    log = aws.devcloud.data_dir / "logs" / "AuthorizerFunction.log"
    assert aws.get("/asked", Authorization=unused_token()).status_code == 200
    before = log.read_text()
    assert before.endswith("asked\n")
    for headers in ({}, {"Authorization": ""}, {"Authorization": "NO MATCH 1"}):
        assert short(aws.get("/asked", **headers)) == UNAUTHORIZED
    assert log.read_text() == before
    assert short(aws.get("/asked", Authorization="unauthorized")) == UNAUTHORIZED
    for token in ("broken", "malformed"):
        answer = aws.get("/asked", Authorization=token)
        assert short(answer) == (500, '{"message":null}')
        assert answer.headers["x-amzn-ErrorType"] == "AuthorizerConfigurationException"
    text = "User is not authorized to access this resource"
    denied = aws.get("/asked", Authorization="deny")
    assert (denied.status_code, denied.json()) == (
        403,
        {"Message": f"{text} with an explicit deny"},
    )
    aws.get("/asked", Authorization="only this")
    not_allowed = aws.get("/asked/again", Authorization="only this")
    assert (not_allowed.status_code, not_allowed.json()) == (403, {"Message": text})


@row(
    "the result is cached per token, for 300 s by default, 0 to 3600; with caching a policy for one"
    " method wrongly denies the next path"
)
def verdicts_are_kept(aws):
    def asked_at(path, token):
        return authorizer(aws.get(path, Authorization=token))["at"]

    token = unused_token()
    first = asked_at("/asked", token)
    assert asked_at("/asked/again", token) == first
    assert asked_at("/asked", unused_token()) != first
    aws.later(295)
    assert asked_at("/asked", token) == first
    aws.later(6)
    assert asked_at("/asked", token) != first
    assert asked_at("/asked-each-time", token) != asked_at("/asked-each-time", token)
    assert aws.get("/asked", Authorization="only this").status_code == 200
    assert aws.get("/asked/again", Authorization="only this").status_code == 403
    too_long = (
        '"authorizerResultTtlInSeconds": 0',
        '"authorizerResultTtlInSeconds": 3601',
    )
    assert "authorizerResultTtlInSeconds" in aws.refusal_of(too_long, file="openapi.json")
    longest = aws.variant((too_long[0], too_long[1].replace("3601", "3600")), file="openapi.json")
    first = authorizer(longest.get("/asked-each-time", Authorization=token))["at"]
    longest.devcloud.move_clock(3_590)
    assert authorizer(longest.get("/asked-each-time", Authorization=token))["at"] == first


@row(
    "item 400 KB incl. names (and a further 400 KB rule per LSI: not imitated); Query/Scan 1 MB per"
    " page before filters; sort key 1-1024 B; item collection 10 GB with an LSI (not imitated);"
    " expression 4 KB; table name min 3 characters"
)
def tables_have_limits(aws):
    dynamodb = aws_client("dynamodb", aws.devcloud.base)
    owner = secrets.token_hex(8)

    def put(thing, **attributes):
        given = {"owner": owner, "thing": thing, **attributes}
        item = {name: {"S": value} for name, value in given.items()}
        dynamodb.put_item(TableName="Things", Item=item)

    def is_refused(*arguments, **attributes):
        with pytest.raises(dynamodb.exceptions.ClientError) as caught:
            put(*arguments, **attributes)
        return caught.value.response["Error"]["Code"] == "ValidationException"

    # moto refuses from 405,000 bytes on, a little early.
    put("1", a="x" * 400_000)
    assert is_refused("1", a="x" * 409_601)
    assert is_refused("1", **{"x" * 409_601: ""})
    put("s" * 1024)
    assert is_refused("s" * 1025)
    assert is_refused("")
    for number in range(2, 5):
        put(str(number), a="x" * 390_000)
    query = {
        "TableName": "Things",
        "KeyConditionExpression": "#o = :o",
        "ExpressionAttributeNames": {"#o": "owner"},
        "ExpressionAttributeValues": {":o": {"S": owner}, ":n": {"S": "nothing"}},
        "FilterExpression": "thing = :n",
    }
    page = dynamodb.query(**query)
    assert (page["Count"], page["ScannedCount"]) == (0, 2)
    assert page["LastEvaluatedKey"]["thing"] == {"S": "2"}
    scanned = dynamodb.scan(
        TableName="Things",
        FilterExpression="thing = :n",
        ExpressionAttributeValues={":n": {"S": "nothing"}},
    )
    assert scanned["Count"] == 0
    assert scanned["LastEvaluatedKey"]
    assert dynamodb.query(**query | {"FilterExpression": "thing = :n".ljust(4096)})
    long = query | {"FilterExpression": "thing = :n".ljust(4097)}
    with pytest.raises(dynamodb.exceptions.ClientError, match="Expression size has exceeded"):
        dynamodb.query(**long)
    assert "TableName" in aws.refusal_of(("TableName: Things", "TableName: Th"))
    assert aws.started_with(("TableName: Things", "TableName: Thi"))


@pytest.mark.parametrize("check", row.cases)
def test_row(check, aws):
    check(aws)
