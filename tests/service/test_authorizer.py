"""The Lambda authorizer for access tokens."""

import base64
import hashlib
import json
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import suppress
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from types import SimpleNamespace
from typing import Any

import jwt
import pytest
from hypothesis import given
from hypothesis import strategies as st

from service import authorizer, jwks
from service.jwks import JwksUnavailable, KeySet
from service.settings import AuthorizerSettings, MissingSetting
from tests import builders
from tests.service.embedded_metric_format import metrics_in

ISSUER = "https://cognito-idp.eu-central-1.amazonaws.com/eu-central-1_Example"
METHOD_ARN = "arn:aws:execute-api:eu-central-1:000000000000:a1b2c3d4e5/prod/GET/notes/note1"
KID = "access-token-key"


CONTEXT = SimpleNamespace(aws_request_id="request-1", function_name="notesite-AuthorizerFunction")


def access_token(*, kid: str | None = KID, signed_by: str = KID, **changes: Any) -> str:
    """A signed access token; a change to None takes a claim out."""
    now = int(time.time())
    claims = {
        "sub": "5f3c1d1e-0000-4000-8000-00000000000a",
        "iss": ISSUER,
        "client_id": "1example23456789",
        "token_use": "access",
        "scope": "openid email profile",
        "auth_time": now,
        "iat": now,
        "exp": now + 900,
        "username": "ada",
        **changes,
    }
    return jwt.encode(
        {name: value for name, value in claims.items() if value is not None},
        builders.signing_key(signed_by),
        algorithm="RS256",
        headers={"kid": kid} if kid else {},
    )


class Endpoint:
    """Serves the keys and counts how often; ``documents`` may hold an exception."""

    def __init__(self, *documents: Any) -> None:
        self.documents = list(documents) or [builders.jwks(KID)]
        self.asked: list[str] = []

    def __call__(self, url: str) -> Any:
        self.asked.append(url)
        document = self.documents[0] if len(self.documents) == 1 else self.documents.pop(0)
        if isinstance(document, Exception):
            raise document
        return document


@pytest.fixture
def endpoint(monkeypatch: pytest.MonkeyPatch) -> Endpoint:
    endpoint = Endpoint()
    keys = KeySet(ISSUER, endpoint)
    monkeypatch.setattr(authorizer, "settings", lambda: AuthorizerSettings(ISSUER))
    monkeypatch.setattr(authorizer, "key_set", lambda: keys)
    return endpoint


def asked(token: str) -> dict[str, Any]:
    """What the function says of that header."""
    event = {"type": "TOKEN", "authorizationToken": token, "methodArn": METHOD_ARN}
    return authorizer.lambda_handler(event, CONTEXT)


def tampered(token: str, **changes: Any) -> str:
    """The token with other claims and its old signature."""
    header, payload, signature = token.split(".")
    claims = json.loads(base64.urlsafe_b64decode(payload + "=="))
    text = json.dumps({**claims, **changes}).encode()
    return f"{header}.{base64.urlsafe_b64encode(text).decode().rstrip('=')}.{signature}"


@pytest.mark.usefixtures("endpoint")
class AcceptedTokenTests:
    def test_the_principal_is_the_sub(self) -> None:
        assert asked(access_token())["principalId"] == "5f3c1d1e-0000-4000-8000-00000000000a"

    def test_it_may_come_after_bearer(self) -> None:
        assert asked(f"Bearer {access_token()}")["principalId"]
        assert asked(f"bearer  {access_token()}")["principalId"]

    def test_the_policy_is_for_the_whole_stage_and_no_other(self) -> None:
        """The verdict is kept for the token: another method of the API comes with it next."""
        (statement,) = asked(access_token())["policyDocument"]["Statement"]
        assert statement == {
            "Effect": "Allow",
            "Action": "execute-api:Invoke",
            "Resource": "arn:aws:execute-api:eu-central-1:000000000000:a1b2c3d4e5/prod/*",
        }

    def test_the_function_behind_learns_of_the_app_client(self) -> None:
        context = asked(access_token())["context"]
        assert context == {"client_id": "1example23456789", "username": "ada"}


@pytest.mark.usefixtures("endpoint")
class RefusedTokenTests:
    def reason(self, token: str, capsys: pytest.CaptureFixture[str]) -> str:
        """What the log says of the refusal."""
        with pytest.raises(Exception) as refusal:
            asked(token)
        assert (type(refusal.value), str(refusal.value)) == (Exception, "Unauthorized")
        line = metrics_in(capsys.readouterr().out)
        assert (line["status"], line["client_error"], line["server_error"]) == (401, 1, 0)
        return str(line["error"])

    @pytest.mark.parametrize(
        "token",
        ["", "x", "Bearer ", "a.b.c", "..", "a.b", "\u00e9.\u00e9.\u00e9", "null.null.null"],
    )
    def test_it_must_be_a_jwt(self, token: str, capsys: pytest.CaptureFixture[str]) -> None:
        assert self.reason(token, capsys) == "Not a valid JWT token"

    def test_deeply_nested_json_is_none(self, capsys: pytest.CaptureFixture[str]) -> None:
        def encoded(text: str) -> str:
            return base64.urlsafe_b64encode(text.encode()).decode().rstrip("=")

        header = encoded('{"alg":"RS256"}')
        token = f"{header}.{encoded('[' * 100_000)}.{encoded('x')}"
        assert self.reason(token, capsys) == "Not a valid JWT token"

    @pytest.mark.parametrize("iss", [None, "", ISSUER + "x", "https://evil.example", 1, [ISSUER]])
    def test_it_must_be_of_the_pool(self, iss: Any, capsys: pytest.CaptureFixture[str]) -> None:
        token = tampered(access_token(), iss=iss)
        assert self.reason(token, capsys) == "invalid issuer"

    @pytest.mark.parametrize("token_use", [None, "id", "refresh", "", ["access"]])
    def test_it_must_be_an_access_token(
        self, token_use: Any, capsys: pytest.CaptureFixture[str]
    ) -> None:
        assert self.reason(access_token(token_use=token_use), capsys) == "Not an access token"

    @pytest.mark.parametrize("kid", [None, "", "another-key"])
    def test_its_key_must_be_the_pools(
        self, kid: str | None, capsys: pytest.CaptureFixture[str]
    ) -> None:
        assert self.reason(access_token(kid=kid), capsys) == "Invalid access token"

    def test_its_signature_must_be_right(self, capsys: pytest.CaptureFixture[str]) -> None:
        token = access_token(signed_by="key-of-an-attacker")
        assert self.reason(token, capsys) == "InvalidSignatureError"
        token = tampered(access_token(), sub="somebody-else")
        assert self.reason(token, capsys) == "InvalidSignatureError"

    def test_it_must_not_have_expired(self, capsys: pytest.CaptureFixture[str]) -> None:
        token = access_token(exp=int(time.time()) - 1)
        assert self.reason(token, capsys) == "ExpiredSignatureError"

    @pytest.mark.parametrize("iat", [lambda: None, lambda: "soon", lambda: int(time.time()) + 30])
    def test_when_it_was_issued_is_no_reason(self, iat: Callable[[], object]) -> None:
        """The seed asks for signature, issuer and expiry; and clocks differ."""
        assert asked(access_token(iat=iat()))["principalId"]

    @pytest.mark.parametrize("claim", ["exp", "sub"])
    def test_it_must_be_complete(self, claim: str, capsys: pytest.CaptureFixture[str]) -> None:
        assert self.reason(access_token(**{claim: None}), capsys) == "MissingRequiredClaimError"

    @pytest.mark.parametrize("exp", ["soon", [], {}])
    def test_its_times_must_be_times(self, exp: Any, capsys: pytest.CaptureFixture[str]) -> None:
        self.reason(access_token(exp=exp), capsys)

    def test_it_must_not_choose_its_own_algorithm(self, capsys: pytest.CaptureFixture[str]) -> None:
        claims = jwt.decode(access_token(), options={"verify_signature": False})
        unsigned = jwt.encode(claims, None, algorithm="none", headers={"kid": KID})
        assert self.reason(unsigned, capsys) == "InvalidAlgorithmError"
        with_secret = jwt.encode(claims, "x" * 64, algorithm="HS256", headers={"kid": KID})
        assert self.reason(with_secret, capsys) == "InvalidAlgorithmError"

    def test_the_questions_are_asked_in_the_seeds_order(
        self, capsys: pytest.CaptureFixture[str], endpoint: Endpoint
    ) -> None:
        wrong = {"iss": "x", "token_use": "id", "exp": 1}
        assert self.reason(access_token(kid="x", **wrong), capsys) == "invalid issuer"
        del wrong["iss"]
        assert self.reason(access_token(kid="x", **wrong), capsys) == "Not an access token"
        assert endpoint.asked == []
        del wrong["token_use"]
        assert self.reason(access_token(kid="x", **wrong), capsys) == "Invalid access token"
        assert self.reason(access_token(**wrong), capsys) == "ExpiredSignatureError"


class LogTests:
    """One line for each request, which metrics and the alarm stand on; never a token or a claim."""

    def line(self, capsys: pytest.CaptureFixture[str]) -> dict[str, Any]:
        line = metrics_in(capsys.readouterr().out)
        assert line.pop("_aws")
        assert line.pop("milliseconds") >= 0
        return line

    def test_it_says_who_was_let_in(
        self, endpoint: Endpoint, capsys: pytest.CaptureFixture[str]
    ) -> None:
        asked(access_token())
        assert self.line(capsys) == {
            "request_id": "request-1",
            "function": "notesite-AuthorizerFunction",
            "operation": "authorize",
            "owner": hashlib.sha256(b"5f3c1d1e-0000-4000-8000-00000000000a").hexdigest()[:16],
            "status": 200,
            "client_error": 0,
            "server_error": 0,
            "mistake": 0,
        }

    def test_it_says_that_the_keys_cannot_be_fetched(
        self, endpoint: Endpoint, capsys: pytest.CaptureFixture[str]
    ) -> None:
        endpoint.documents = [OSError("down")]
        with pytest.raises(JwksUnavailable):
            asked(access_token())
        line = self.line(capsys)
        assert (line["status"], line["error"]) == (500, "JwksUnavailable")
        assert (line["server_error"], line["mistake"]) == (1, 0)

    def test_it_says_where_a_mistake_is(
        self,
        endpoint: Endpoint,
        monkeypatch: pytest.MonkeyPatch,
        capsys: pytest.CaptureFixture[str],
    ) -> None:
        def mistaken(*_: object) -> None:
            raise RuntimeError("a secret text")

        monkeypatch.setattr(authorizer, "verified_claims", mistaken)
        with pytest.raises(RuntimeError):
            asked(access_token())
        line = self.line(capsys)
        assert (line["status"], line["error"], line["mistake"]) == (500, "RuntimeError", 1)
        assert line["trace"][-1].endswith(" mistaken")
        assert "secret" not in json.dumps(line)


class AnyTokenTests:
    @given(header=st.text(), claims=st.dictionaries(st.text(), st.none() | st.integers()))
    def test_nothing_but_a_refusal_comes_of_what_others_made_up(
        self, header: str, claims: dict[str, Any]
    ) -> None:
        keys = KeySet(ISSUER, Endpoint())
        made_up = tampered(access_token(), **claims)
        for token in (header, f"Bearer {header}", made_up, f"{header}.{header}.{header}"):
            if not claims and token == made_up:
                continue
            with pytest.raises(authorizer.Refused):
                authorizer.verified_claims(token, ISSUER, keys)


class KeySetTests:
    def test_it_is_fetched_once_from_the_pool(self, endpoint: Endpoint) -> None:
        asked(access_token())
        asked(access_token())
        assert endpoint.asked == [f"{ISSUER}/.well-known/jwks.json"]

    @pytest.mark.parametrize(
        "document",
        [
            OSError("down"),
            TimeoutError(),
            ValueError("no JSON"),
            {},
            {"keys": []},
            {"keys": None},
            {"keys": [{}]},
            [],
            None,
            "keys",
        ],
    )
    def test_the_call_fails_when_it_cannot_be_fetched(
        self, endpoint: Endpoint, document: Any
    ) -> None:
        """Any other message than Unauthorized is answered with 500."""
        endpoint.documents = [document]
        with pytest.raises(JwksUnavailable):
            asked(access_token())

    def test_without_any_key_a_flood_is_one_fetch_every_second(self) -> None:
        time_now = [0.0]
        endpoint = Endpoint(*[OSError("down")] * 3, builders.jwks(KID))
        keys = KeySet(ISSUER, endpoint, now=lambda: time_now[0])
        for number in range(100):
            time_now[0] = number * 0.025
            with pytest.raises(JwksUnavailable):
                keys.key(KID)
        assert len(endpoint.asked) == 3
        time_now[0] = 3.1
        assert keys.key(KID)

    def test_it_is_fetched_anew_for_a_key_that_is_not_known(self) -> None:
        time_now = [0.0]
        endpoint = Endpoint(builders.jwks("old"), builders.jwks("old", "new"))
        keys = KeySet(ISSUER, endpoint, now=lambda: time_now[0])
        assert keys.key("old")
        time_now[0] = 11.0
        assert keys.key("new")
        assert len(endpoint.asked) == 2

    def test_a_flood_of_unknown_keys_is_one_fetch_every_ten_seconds(self) -> None:
        time_now = [0.0]
        endpoint = Endpoint(builders.jwks("old"))
        keys = KeySet(ISSUER, endpoint, now=lambda: time_now[0])
        for number in range(1000):
            time_now[0] = number * 0.025
            assert keys.key(f"made-up-{number}") is None
        assert len(endpoint.asked) == 3

    def test_it_is_fetched_anew_after_an_hour(self) -> None:
        time_now = [0.0]
        endpoint = Endpoint(builders.jwks("old"), builders.jwks("new"))
        keys = KeySet(ISSUER, endpoint, now=lambda: time_now[0])
        assert keys.key("old")
        time_now[0] = 3601.0
        assert keys.key("old") is None
        assert keys.key("new")

    def test_known_keys_stay_good_while_it_cannot_be_fetched(self) -> None:
        time_now = [0.0]
        endpoint = Endpoint(builders.jwks("old"), OSError("down"))
        keys = KeySet(ISSUER, endpoint, now=lambda: time_now[0])
        keys.key("old")
        time_now[0] = 3601.0
        assert keys.key("old")
        assert keys.key("old")
        assert len(endpoint.asked) == 2

    def test_an_unknown_key_is_no_refusal_while_it_cannot_be_fetched(self) -> None:
        time_now = [0.0]
        endpoint = Endpoint(builders.jwks("old"), OSError("down"), builders.jwks("new"))
        keys = KeySet(ISSUER, endpoint, now=lambda: time_now[0])
        keys.key("old")
        for time_now[0] in (11.0, 11.1, 20.9):
            with pytest.raises(JwksUnavailable):
                keys.key("new")
        time_now[0] = 21.1
        assert keys.key("new")
        assert keys.key("made-up") is None
        assert len(endpoint.asked) == 3


class AuthorizerSettingsTests:
    def test_it_reads_the_issuer(self) -> None:
        settings = AuthorizerSettings.from_environment({"USER_POOL_ISSUER": ISSUER})
        assert settings == AuthorizerSettings(ISSUER)

    @pytest.mark.parametrize("issuer", ["", "cognito-idp.eu-central-1.amazonaws.com/pool"])
    def test_it_says_what_is_wrong(self, issuer: str) -> None:
        with pytest.raises(MissingSetting, match="^USER_POOL_ISSUER is "):
            AuthorizerSettings.from_environment({"USER_POOL_ISSUER": issuer})


class _Answers(BaseHTTPRequestHandler):
    """Serves the bytes of ``content`` at the one path there is; waits for ``go_on`` first."""

    content = json.dumps(builders.jwks(KID)).encode()
    go_on = threading.Event()

    def do_GET(self) -> None:
        self.go_on.wait(10)
        found = self.path == "/pool/.well-known/jwks.json"
        with suppress(ConnectionError):  # Who asks may have stopped waiting.
            self.send_response(200 if found else 404)
            self.end_headers()
            self.wfile.write(self.content if found else b"")

    def log_message(self, *_: Any) -> None:
        """Says nothing."""


@pytest.fixture
def issuer(monkeypatch: pytest.MonkeyPatch) -> Iterator[str]:
    """A pool on loopback, which the function finds by its environment."""
    _Answers.go_on.set()
    server = ThreadingHTTPServer(("127.0.0.1", 0), _Answers)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    issuer = f"http://127.0.0.1:{server.server_port}/pool"
    monkeypatch.setenv("USER_POOL_ISSUER", issuer)
    authorizer.settings.cache_clear()
    authorizer.key_set.cache_clear()
    yield issuer
    authorizer.settings.cache_clear()
    authorizer.key_set.cache_clear()
    _Answers.go_on.set()
    server.shutdown()
    server.server_close()
    thread.join()


class AgainstAPoolTests:
    def test_it_fetches_the_keys_and_accepts_the_token(self, issuer: str) -> None:
        assert asked(access_token(iss=issuer))["context"]["username"] == "ada"

    @pytest.mark.parametrize(
        "content", [b"", b"<html>", b"[" * 100_000, b'{"keys": [', b"\xff" * 100]
    )
    def test_the_call_fails_for_any_other_document(
        self, issuer: str, content: bytes, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(_Answers, "content", content)
        with pytest.raises(JwksUnavailable):
            asked(access_token(iss=issuer))

    def test_the_call_fails_when_there_is_no_document(self, issuer: str) -> None:
        with pytest.raises(JwksUnavailable):
            KeySet(f"{issuer}-of-nobody").key(KID)

    def test_it_does_not_wait_for_ever(self, issuer: str, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(jwks, "TIMEOUT_SECONDS", 0.1)
        _Answers.go_on.clear()
        with pytest.raises(JwksUnavailable):
            asked(access_token(iss=issuer))
