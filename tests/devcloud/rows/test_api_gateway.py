"""What AWS documents of a REST API's stage and its Cognito authorizer, and what was recorded."""

import contextlib
import http.client
import itertools
import json
import secrets
import time
from unittest import mock

import pytest
import requests

from devcloud.contract import read_contract
from devcloud.gateway_responses import GatewayError
from devcloud.throttling import Throttle
from tests.devcloud.rows.exchanges import claims
from tests.devcloud.rows.row import Rows
from tests.devcloud.test_contract import INTEGRATED, POST, VALID, refused_place

row = Rows()

UNAUTHORIZED = (401, '{"message":"Unauthorized"}')
VALID_REQUEST = {
    "headers": {"X-Needed": "yes"},
    "params": {"needed": "yes"},
    "json": {"name": "ada"},
}


def short(answer):
    return answer.status_code, answer.text


def result(aws, value, **headers):
    """What the stage makes of a function's result."""
    return aws.post("/result", data=json.dumps(value), headers=headers)


def event(aws, path, **headers):
    """What the function gets."""
    return aws.get(path, **headers).json()["event"]


@row(
    'no token, garbage, wrong signature or issuer: 401 {"message":"Unauthorized"}, x-amzn-ErrorType'
    " UnauthorizedException, application/json, content-length 26, x-amzn-RequestId, x-amz-apigw-id"
)
def wrong_tokens_are_unauthorized(aws):
    minting = aws.variant(mint=True)

    def minted(**wanted):
        wish = {"token_use": "id", **wanted}
        url = f"{minting.devcloud.base}/_local/mint"
        return requests.post(url, json=wish, timeout=10).json()["token"]

    assert minting.get("/secured", Authorization=minted()).status_code == 200
    for headers in (
        {},
        {"Authorization": "garbage"},
        {"Authorization": minted(key="foreign")},
        {"Authorization": minted(claims={"iss": f"{minting.devcloud.base}/another"})},
    ):
        answer = minting.get("/secured", **headers)
        assert short(answer) == UNAUTHORIZED
        assert answer.headers["x-amzn-ErrorType"] == "UnauthorizedException"
        assert answer.headers["Content-Type"] == "application/json"
        assert answer.headers["Content-Length"] == "26"
        assert answer.headers["x-amzn-RequestId"]
        assert answer.headers["x-amz-apigw-id"]


@row('an expired token: 401 {"message":"The incoming token has expired"}')
def expired_tokens_are_named(aws):
    aws.later(claims(aws.tokens["id_token"])["exp"] - time.time() + 1)
    answer = aws.get("/secured", Authorization=aws.tokens["id_token"])
    assert short(answer) == (401, '{"message":"The incoming token has expired"}')


@row(
    "no scopes on the method: only an ID token works, an access token is 401; scopes on the method:"
    " only an access token with one of them, else 401"
)
def scopes_choose_the_token(aws):
    for path, name, status in (
        ("/secured", "id_token", 200),
        ("/secured", "access_token", 401),
        ("/scoped", "access_token", 200),
        ("/scoped", "id_token", 401),
        ("/other-scope", "access_token", 401),
    ):
        assert aws.get(path, Authorization=aws.tokens[name]).status_code == status


@row("a raw token and `Bearer <token>` are both accepted")
def tokens_come_raw_and_as_bearer(aws):
    for prefix in ("", "Bearer "):
        answer = aws.get("/secured", Authorization=prefix + aws.tokens["id_token"])
        assert answer.status_code == 200


@row(
    "identityValidationExpression on a Cognito authorizer checks the token's aud, so access tokens"
    " always fail; on a TOKEN authorizer it is a regex on the raw header"
)
def the_expression_is_about_the_audience(aws):
    assert short(aws.get("/audience", Authorization=aws.tokens["id_token"])) == UNAUTHORIZED
    variant = aws.variant(('"nobody"', '"[a-z0-9]{26}"'), file="openapi.json")
    tokens = variant.stack.sign_in(variant.person())
    assert variant.get("/audience", Authorization=tokens["id_token"]).status_code == 200
    assert short(variant.get("/audience", Authorization=tokens["access_token"])) == UNAUTHORIZED
    # An expression that fits everything does not fit a token without an audience, whatever its
    # scopes.
    scoped = ('"PoolWithAudience": []', '"PoolWithAudience": ["email"]')
    variant = aws.variant(('"nobody"', '".*"'), scoped, file="openapi.json")
    tokens = variant.stack.sign_in(variant.person())
    assert variant.get("/scoped", Authorization=tokens["access_token"]).status_code == 200
    assert short(variant.get("/audience", Authorization=tokens["access_token"])) == UNAUTHORIZED
    assert aws.get("/asked", Authorization="small letters").status_code == 200
    assert short(aws.get("/asked", Authorization="Bearer small letters")) == UNAUTHORIZED


@row(
    'an unknown path or method: 403 {"message":"Missing Authentication Token"},'
    " MissingAuthenticationTokenException"
)
def unknown_paths_and_methods_are_403(aws):
    for answer in (aws.get("/nowhere"), aws.post("/secured")):
        assert short(answer) == (403, '{"message":"Missing Authentication Token"}')
        assert answer.headers["x-amzn-ErrorType"] == "MissingAuthenticationTokenException"


@row(
    'validation: 400 {"message":"Missing required request parameters: [a, b]"} or 400'
    ' {"message":"Invalid request body"}, BadRequestException; an empty body is validated as {}; a'
    " blank parameter counts as missing; names of headers are case-sensitive"
)
def requests_are_validated(aws):
    assert aws.post("/validated", **VALID_REQUEST).status_code == 200
    as_json = {"X-Needed": "yes", "Content-Type": "application/json"}
    for changed, message in (
        ({"headers": {}, "params": {}}, "Missing required request parameters: [X-Needed, needed]"),
        ({"params": {"needed": " "}}, "Missing required request parameters: [needed]"),
        ({"headers": {"x-needed": "yes"}}, "Missing required request parameters: [X-Needed]"),
        ({"json": {"name": 1}}, "Invalid request body"),
        ({"json": None, "headers": as_json}, "Invalid request body"),
        ({"json": None, "data": "no json", "headers": as_json}, "Invalid request body"),
    ):
        answer = aws.post("/validated", **VALID_REQUEST | changed)
        assert (answer.status_code, answer.json()) == (400, {"message": message})
        assert answer.headers["x-amzn-ErrorType"] == "BadRequestException"


@row(
    '429 {"message":"Too Many Requests"}, TooManyRequestsException; quota 429'
    " LimitExceededException (not imitated); token bucket, best effort, default 10,000 rps / burst"
    " 5,000"
)
def a_stage_throttles(aws):
    answers = [aws.get("/throttled") for _ in range(3)]
    assert [answer.status_code for answer in answers] == [200, 200, 429]
    refused = answers[-1]
    assert refused.text == '{"message":"Too Many Requests"}'
    assert refused.headers["x-amzn-ErrorType"] == "TooManyRequestsException"
    # The contract's own gateway response adds it.
    assert refused.headers["Retry-After"] == "1"
    # The defaults are too many for requests.
    [method] = read_contract(VALID, "Body").methods
    with mock.patch("devcloud.throttling.time") as time_of_bucket:
        time_of_bucket.monotonic.return_value = 0.0
        throttle = Throttle([method], [])
        assert passed(throttle, method) == 5_000
        time_of_bucket.monotonic.return_value = 0.1
        assert passed(throttle, method) == 1_000
        time_of_bucket.monotonic.return_value = 100.0
        assert passed(throttle, method) == 5_000


def passed(throttle, method):
    """How many requests go through now."""
    for count in itertools.count():
        try:
            throttle.let_through(method)
        except GatewayError:
            return count


@row(
    "a function's error, a bad shape or any unknown key in its result: 502"
    ' {"message":"Internal server error"}, InternalServerErrorException; no statusCode is 200; a'
    ' status as a string is accepted; a header that is a boolean becomes "true"'
)
def results_have_a_shape(aws):
    for answer in (
        aws.get("/raise"),
        aws.get("/exit"),
        result(aws, "text"),
        result(aws, {"body": {}}),
        result(aws, {"statusCode": 200, "unknown": 1}),
    ):
        assert (answer.status_code, answer.json()) == (502, {"message": "Internal server error"})
        assert answer.headers["x-amzn-ErrorType"] == "InternalServerErrorException"
    assert result(aws, {"body": "text"}).status_code == 200
    assert result(aws, {"statusCode": "201"}).status_code == 201
    assert result(aws, {"headers": {"X-Yes": True}}).headers["X-Yes"] == "true"


@row(
    'integration > 29 s: 504 {"message":"Endpoint request timed out"}; the contract may set 50 ms'
    " and more; a longer limit of the account is not imitated"
)
def integrations_time_out(aws):
    answer = aws.get("/slow?seconds=2.5")
    assert short(answer) == (504, '{"message":"Endpoint request timed out"}')
    # Nobody waits for 29 s here: the contract that says nothing has them, and none has more.
    [method] = read_contract(VALID, "Body").methods
    assert method.integration.timeout == 29
    for wrong in (49, 29_001):
        place = refused_place((*POST, INTEGRATED, "timeoutInMillis"), wrong)
        assert place.endswith("timeoutInMillis")


@row(
    "payload 10 MB: 413; the body is the text `HTTP content length exceeded 10485760 bytes.`, which"
    " cannot be customised"
)
def payloads_have_a_limit(aws):
    limit = 10_485_760
    too_large = (413, f"HTTP content length exceeded {limit} bytes.")
    answer = aws.post("/open", data=(b"x" * 1_000_000 for _ in range(11)))
    assert short(answer) == too_large
    changed = {kind: {"statusCode": 400} for kind in ("REQUEST_TOO_LARGE", "DEFAULT_4XX")}
    text = json.dumps(changed)[1:-1]
    variant = aws.variant(('"THROTTLED": {', f'{text}, "THROTTLED": {{'), file="openapi.json")
    assert short(variant.post("/open", data=b"x" * (limit + 1))) == too_large
    # One byte less is too much for the function only, which can be customised.
    assert short(variant.post("/open", data=b"x" * limit)) == (
        400,
        '{"message":"Request Too Long"}',
    )


@row(
    "headers total 10,240 B; URL 10,240 (not imitated); Lambda sync payload 6 MB; the statuses are"
    " inferred"
)
def headers_and_functions_have_limits(aws):
    # "Host: localhost" and "x-long: " with their line endings take 27 bytes.
    for size, status in ((10_240, 200), (10_241, 431)):
        sent = [("Host", "localhost"), ("x-long", "x" * (size - 27))]
        assert answer_to_headers(aws, sent)[0] == status
    assert aws.post("/open", data=b"x" * 3_000_000).status_code == 200
    too_long = aws.post("/open", data=b"x" * 6_300_000)
    assert short(too_long) == (413, '{"message":"Request Too Long"}')
    assert aws.get("/large?size=6200000").status_code == 200
    assert aws.get("/large?size=6300000").status_code == 502


@row(
    "proxy event 1.0: its twelve keys and no version; absent maps are null; the last value wins in"
    " the single map; header names keep their case (Authorization and User-Agent are capitalised);"
    " content-length is dropped; requestContext.path includes the stage, path does"
    " not"
)
def functions_get_the_proxy_event(aws):
    got = event(aws, "/open?a=1&a=2")
    assert set(got) == {
        *("resource", "path", "httpMethod", "headers", "multiValueHeaders", "pathParameters"),
        *("queryStringParameters", "multiValueQueryStringParameters", "stageVariables"),
        *("requestContext", "body", "isBase64Encoded"),
    }
    assert got["queryStringParameters"] == {"a": "2"}
    assert got["multiValueQueryStringParameters"] == {"a": ["1", "2"]}
    assert (got["path"], got["requestContext"]["path"]) == ("/open", "/test/open")
    named = event(aws, "/open", **{"x-Some-thing": "1", "authorization": "2", "user-agent": "3"})
    assert {"x-Some-thing", "Authorization", "User-Agent"} <= set(named["headers"])
    bare = aws.post("/open", data=b"text").json()["event"]
    assert "content-length" not in {name.lower() for name in bare["headers"]}
    for name in ("queryStringParameters", "multiValueQueryStringParameters", "pathParameters"):
        assert bare[name] is None
    without = aws.variant(("      Variables:\n        colour: green\n", ""))
    assert event(without, "/open")["stageVariables"] is None
    sent = [("Host", "localhost"), ("x-twice", "1"), ("x-twice", "2")]
    twice = answer_to_headers(aws, sent)[1]["event"]
    assert twice["headers"]["x-twice"] == "2"
    assert twice["multiValueHeaders"]["x-twice"] == ["1", "2"]


def answer_to_headers(aws, headers):
    """Status and body of an answer to exactly these headers, of which some may come twice."""
    connection = http.client.HTTPConnection("127.0.0.1", aws.devcloud.port, timeout=10)
    with contextlib.closing(connection):
        path = "/execute-api/test/open"
        connection.putrequest("GET", path, skip_host=True, skip_accept_encoding=True)
        for name, value in headers:
            connection.putheader(name, value)
        connection.endheaders()
        answer = connection.getresponse()
        return answer.status, json.load(answer)


@row(
    "requestContext.authorizer.claims: every value is a string; exp and iat as `Tue Apr 04 18:39:39"
    ' UTC 2023`; auth_time in digits; email_verified "true"; cognito:groups joined with commas'
)
def claims_are_strings(aws):
    email, pool = aws.person(), {"UserPoolId": aws.stack.user_pool_id}
    writers = f"writers-{secrets.token_hex(4)}"
    aws.stack.user_pool.create_group(**pool, GroupName=writers)
    for group in ("admins", writers):
        aws.stack.user_pool.admin_add_user_to_group(**pool, Username=email, GroupName=group)
    token = aws.stack.sign_in(email)["id_token"]
    # Others count the groups of this stack.
    aws.stack.user_pool.delete_group(**pool, GroupName=writers)
    sent = claims(token)
    got = event(aws, "/secured", Authorization=token)["requestContext"]["authorizer"]["claims"]
    assert set(got) == set(sent)
    assert all(isinstance(value, str) for value in got.values())
    for name in ("exp", "iat"):
        spelled = time.strftime("%a %b %d %H:%M:%S UTC %Y", time.gmtime(sent[name]))
        assert got[name] == spelled
    assert got["auth_time"] == str(sent["auth_time"])
    assert got["email_verified"] == "true"
    assert got["cognito:groups"] == ",".join(sent["cognito:groups"])
    assert set(sent["cognito:groups"]) == {"admins", writers}


@row(
    "isBase64Encoded: true is decoded only when Accept matches binaryMediaTypes, else the base64"
    " text is returned"
)
def base64_is_decoded_for_binary_types(aws):
    encoded = {"body": "aGVsbG8=", "isBase64Encoded": True}
    assert result(aws, encoded, Accept="image/png").text == "aGVsbG8="
    extension = '"x-amazon-apigateway-binary-media-types": ["image/png"],'
    change = ('"openapi": "3.0.1",', f'"openapi": "3.0.1", {extension}')
    variant = aws.variant(change, file="openapi.json")
    assert result(variant, encoded, Accept="image/png").text == "hello"
    assert result(variant, encoded, Accept="text/html").text == "aGVsbG8="


@row(
    "OpenAPI import: security must be on each operation (root security is ignored!); security"
    " scheme type apiKey; parameter schemas ignored beyond name/in/required/type; models are JSON"
    " Schema draft 4, alphanumeric names; minItems/maxItems not enforced, exclusiveMinimum,"
    " discriminator, example, readOnly, default unsupported"
)
def contracts_are_imported_with_gaps(aws):
    assert aws.get("/open").status_code == 200
    wrong_type = aws.post(
        "/validated", **VALID_REQUEST | {"params": {"needed": "1", "optional": "x"}}
    )
    assert wrong_type.status_code == 200
    for tags in ([], ["a", "b", "c"]):
        body = {"name": "ada", "tags": tags}
        assert aws.post("/validated", **VALID_REQUEST | {"json": body}).status_code == 200
    scheme = '"PoolWithAudience": {\n        "type": "apiKey"'
    no_key = (scheme, scheme.replace("apiKey", "oauth2"))
    assert "PoolWithAudience" in aws.refusal_of(no_key, file="openapi.json")
    named = ('"Tag": {', '"Tag-": {')
    assert "components.schemas" in aws.refusal_of(named, file="openapi.json")
    # Draft 4 has a boolean here, later drafts a number.
    later_draft = {"type": "integer", "minimum": 0, "exclusiveMinimum": 0}
    assert "schemas.A" in refused_place(("components", "schemas", "A"), later_draft)
    unsupported = (
        ('"minimum": 0,', '"minimum": 0, "exclusiveMinimum": true, "readOnly": true,'),
        ('"maxLength": 5', '"maxLength": 5, "default": "bob", "example": "eve"'),
        ('"title": "Thing",', '"title": "Thing", "discriminator": {"propertyName": "kind"},'),
    )
    variant = aws.variant(*unsupported, file="openapi.json")
    taken = variant.post("/validated", **VALID_REQUEST | {"json": {"name": "ada", "count": 0}})
    assert json.loads(taken.json()["event"]["body"]) == {"name": "ada", "count": 0}
    # The default does not stand in for what is required.
    refused = variant.post("/validated", **VALID_REQUEST | {"json": {"count": 1}})
    assert short(refused) == (400, '{"message":"Invalid request body"}')


@pytest.mark.parametrize("check", row.cases)
def test_row(check, aws):
    check(aws)
