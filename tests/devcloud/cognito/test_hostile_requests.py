"""Whatever is sent, the answer is designed: never a status of 500 or more, and nothing is logged.

The values are random, but from a seed: a failure names the request and comes again.
"""

import json
import random
from urllib.parse import urlencode

import pytest
import requests

from devcloud.cognito.api import OPERATIONS
from tests.devcloud.cognito.site import (
    CALLBACK,
    CLIENT_ID,
    CLIENT_SECRET,
    EMAIL,
    PASSWORD,
    POOL_ID,
    authorization,
)

TEXTS = [
    *("", "x", "é", "🙂", "\x00", "a" * 10_000, "%00", "'\"<>", "-1", "{}", "../..", "a\r\nb: c"),
    *(
        "\udcff",
        "\u202e",
        "１２３４５６",
        "http://[",
        "de",
        "login",
        "none",
        "begin-again",
        "token",
    ),
    *(EMAIL, f" {EMAIL}\x00", PASSWORD, CLIENT_ID, CLIENT_SECRET, CALLBACK, POOL_ID, "admins"),
    *("code", "S256", "openid email", "authorization_code", "refresh_token", "a.b.c", "1"),
]
VALUES = [*TEXTS, "\ud800", None, True, 5, -1, 10**30, [], {}, [1], ["x"], {"a": 1}]
VALUES += [[{"Name": "email", "Value": "\ud800"}], [{"Name": 1}], {"USERNAME": EMAIL}]
FIELDS = ["_csrf", "username", "password", "confirm_password", "code", "continue"]
FIELDS += ["grant_type", "token", "refresh_token", "client_id", "client_secret"]
FIELDS += ["redirect_uri", "code_verifier"]
PARAMETERS = [*authorization(), "logout_uri", "to", "lang", "prompt", "login_hint", "notice"]
PARAMETERS += ["error", "identity_provider"]
MEMBERS = ["UserPoolId", "Username", "ClientId", "AccessToken", "Session", "GroupName"]
MEMBERS += ["Filter", "Limit", "NextToken", "PaginationToken", "UserAttributes", "AuthFlow"]
MEMBERS += ["AuthParameters", "Password", "ConfirmationCode", "SecretHash", "Token"]
MEMBERS += ["RefreshToken", "ChallengeName", "Precedence"]
FORM = "application/x-www-form-urlencoded"
CONTENT_TYPES = ["application/json", "multipart/form-data", "multipart/form-data; boundary=b"]
CONTENT_TYPES += ["text/plain", "", f"{FORM}; charset=nope", f"{FORM}; charset=idna", "x\x80"]
HEADERS = [
    *(("Authorization", f"Basic {value}") for value in ("x", "4pyT", "Og==", "A" * 9000)),
    *(
        ("Authorization", f"Bearer {value}")
        for value in ("", "é", "a.b.c", "eyJhbGciOiJub25lIn0.e30.")
    ),
    *(("Cookie", f"{name}=x") for name in ("cognito", "cognito-challenge", "cognito-username")),
    *(("Cookie", value) for value in ("=;;=", 'XSRF-TOKEN="\\351"', "cognito=" + "a" * 8000)),
    *(("Accept", value) for value in ("*/*;q=x", "application/json", ";;;")),
    *(("Sec-Fetch-Site", "cross-site"), ("Range", "bytes=0-1"), ("If-None-Match", "x")),
]


def encoded(pairs):
    return urlencode(pairs, errors="surrogatepass")


def strange_body(chance, form):
    """The form as it should be, of another type, twice, cut off, or not at all."""
    kind = chance.random()
    if kind < 0.6:
        return FORM, encoded(form).encode()
    if kind < 0.7:
        parts = [
            f'--b\r\nContent-Disposition: form-data; name="{name}"\r\n\r\n{value}\r\n'
            for name, value in form
        ]
        body = "".join([*parts, "--b--\r\n"]).encode(errors="surrogatepass")
        return "multipart/form-data; boundary=b", body[: chance.randrange(1, len(body) + 1)]
    if kind < 0.8:
        return FORM, chance.randbytes(200)
    return chance.choice(CONTENT_TYPES), encoded(form).encode()


@pytest.fixture
def paths(site, switch):
    site.person()
    rules = switch.application.url_map.iter_rules()
    return sorted(rule.rule for rule in rules if "<" not in rule.rule)


@pytest.fixture
def session():
    with requests.Session() as session:
        session.trust_env = False
        yield session


@pytest.mark.parametrize("seed", range(5))
def test_pages_and_endpoints_stand_any_request(site, paths, session, caplog, seed):
    chance = random.Random(seed)
    for _ in range(200):
        query = list(authorization().items()) if chance.random() < 0.7 else []
        for _ in range(chance.randrange(3)):
            pair = (chance.choice(PARAMETERS), chance.choice(TEXTS))
            query.insert(chance.randrange(len(query) + 1), pair)
        form = [(chance.choice(FIELDS), chance.choice(TEXTS)) for _ in range(chance.randrange(9))]
        headers = dict(chance.sample(HEADERS, chance.randrange(3)))
        if chance.random() < 0.7:
            headers["Cookie"] = "; ".join(["XSRF-TOKEN=t", *filter(None, [headers.get("Cookie")])])
            form.append(("_csrf", "t"))
        content_type, body = strange_body(chance, form)
        if body_goes := chance.random() < 0.7:
            headers["Content-Type"] = content_type
        sent = {name: value.encode("utf-8") for name, value in headers.items()}
        path = chance.choice(paths)
        answer = session.request(
            "POST" if body_goes else chance.choice(["GET", "HEAD", "PUT", "DELETE"]),
            f"{site.base}{path}?{encoded(query)}",
            data=body if body_goes else None,
            headers=sent,
            allow_redirects=False,
            timeout=20,
        )
        session.cookies.clear()
        assert answer.status_code < 500, (path, query, content_type, body, headers)
        assert not caplog.records, (path, query, content_type, body, headers)


@pytest.mark.parametrize("seed", range(5))
def test_the_api_stands_any_request(site, session, caplog, seed):
    site.person()
    chance = random.Random(seed)
    for _ in range(60):
        given = {"UserPoolId": POOL_ID, "ClientId": CLIENT_ID, "Username": EMAIL}
        given |= {chance.choice(MEMBERS): chance.choice(VALUES) for _ in range(4)}
        operation = chance.choice(list(OPERATIONS))
        target = {"X-Amz-Target": f"AWSCognitoIdentityProviderService.{operation}"}
        answer = session.post(f"{site.base}/", data=json.dumps(given), headers=target, timeout=20)
        assert answer.status_code in (200, 400), (operation, given)
        assert not caplog.records, (operation, given)
