"""Whatever is sent, the answer is designed: never a status of 500 or more."""

import json
import random

import pytest

from devcloud.cognito.api import OPERATIONS
from tests.devcloud.cognito.site import CALLBACK, CLIENT_ID, EMAIL, POOL_ID, authorization

TEXTS = [
    *("", "x", "é", "🙂", "\x00", "a" * 3000, "%00", "'\"<>", "-1", "{}", "../..", "a\r\nb: c"),
    *(EMAIL, CLIENT_ID, CALLBACK, POOL_ID, "admins", "code", "S256", "openid email"),
]
VALUES = [*TEXTS, "\ud800", None, True, 5, -1, 10**30, [], {}, [1], ["x"], {"a": 1}]
VALUES += [[{"Name": "email", "Value": "\ud800"}], [{"Name": 1}], {"USERNAME": EMAIL}]
FIELDS = ["_csrf", "username", "password", "confirm_password", "code", "continue"]
FIELDS += ["grant_type", "token", "refresh_token", "client_id", "client_secret"]
FIELDS += ["redirect_uri", "code_verifier"]
MEMBERS = ["UserPoolId", "Username", "ClientId", "AccessToken", "Session", "GroupName"]
MEMBERS += ["Filter", "Limit", "NextToken", "PaginationToken", "UserAttributes", "AuthFlow"]
MEMBERS += ["AuthParameters", "Password", "ConfirmationCode", "SecretHash", "Token"]
MEMBERS += ["RefreshToken", "ChallengeName", "Precedence"]
HEADERS = ["Basic x", "Basic 4pyT", "Bearer a.b.c", "Bearer eyJhbGciOiJub25lIn0.e30.", "Bearer"]


@pytest.fixture
def client(site, switch):
    site.person()
    return switch.application.test_client()


@pytest.mark.parametrize("seed", range(5))
def test_pages_and_endpoints_stand_any_request(client, seed):
    chance = random.Random(seed)
    paths = [rule.rule for rule in client.application.url_map.iter_rules() if "<" not in rule.rule]
    for _ in range(60):
        query = authorization() if chance.random() < 0.6 else {}
        query |= {chance.choice([*authorization(), "logout_uri", "to"]): chance.choice(TEXTS)}
        form = {chance.choice(FIELDS): chance.choice(TEXTS) for _ in range(5)}
        if chance.random() < 0.7:
            client.set_cookie("XSRF-TOKEN", "token")
            form["_csrf"] = "token"
        headers = {"Authorization": chance.choice(HEADERS)} if chance.random() < 0.3 else {}
        call = client.get if chance.random() < 0.4 else client.post
        path = chance.choice(paths)
        arguments = {} if call == client.get else {"data": form}
        answer = call(path, query_string=query, headers=headers, **arguments)
        assert answer.status_code < 500, (path, query, form, headers)


@pytest.mark.parametrize("seed", range(5))
def test_the_api_stands_any_request(client, seed):
    chance = random.Random(seed)
    for _ in range(100):
        given = {"UserPoolId": POOL_ID, "ClientId": CLIENT_ID, "Username": EMAIL}
        given |= {chance.choice(MEMBERS): chance.choice(VALUES) for _ in range(4)}
        operation = chance.choice(list(OPERATIONS))
        target = {"X-Amz-Target": f"AWSCognitoIdentityProviderService.{operation}"}
        answer = client.post("/", data=json.dumps(given), headers=target)
        assert answer.status_code in (200, 400), (operation, given)
