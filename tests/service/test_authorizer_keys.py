"""The keys of the pool, as the Lambda authorizer fetches and keeps them."""

import json
import threading
from collections.abc import Iterator
from contextlib import suppress
from http.client import IncompleteRead
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import jwt
import pytest
from cryptography.hazmat.primitives.asymmetric import ec, ed25519

from service import authorizer, jwks
from service.jwks import JwksUnavailable, KeySet
from tests import builders
from tests.service.access_tokens import ISSUER, KID, Endpoint, access_token, asked

OTHER_KEYS = [
    jwt.algorithms.ECAlgorithm.to_jwk(
        ec.generate_private_key(ec.SECP256R1()).public_key(), as_dict=True
    ),
    jwt.algorithms.OKPAlgorithm.to_jwk(
        ed25519.Ed25519PrivateKey.generate().public_key(), as_dict=True
    ),
    jwt.algorithms.HMACAlgorithm.to_jwk("x" * 64, as_dict=True),
]


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
            IncompleteRead(b"{"),
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

    @pytest.mark.parametrize("other", OTHER_KEYS, ids=lambda key: key["kty"])
    def test_keys_that_are_no_rsa_keys_are_none_of_the_pools(self, other: dict[str, str]) -> None:
        """Cognito signs with RSA; a key of another kind would verify another algorithm."""
        document = {"keys": [{**other, "kid": "other"}, *builders.jwks(KID)["keys"]]}
        keys = KeySet(ISSUER, Endpoint(document))
        assert keys.key(KID)
        assert keys.key("other") is None

    @pytest.mark.parametrize("algorithm", ["RS384", "RS512", "PS256", "PS512"])
    def test_no_algorithm_but_rs256_is_good_whatever_it_says_of_a_key(
        self, algorithm: str, endpoint: Endpoint, capsys: pytest.CaptureFixture[str]
    ) -> None:
        """RS256 is the algorithm of Cognito's tokens."""
        (key,) = builders.jwks(KID)["keys"]
        endpoint.documents = [{"keys": [{**key, "alg": algorithm}]}]
        claims = jwt.decode(access_token(), options={"verify_signature": False})
        token = jwt.encode(claims, builders.signing_key(KID), algorithm, headers={"kid": KID})
        with pytest.raises(Exception, match="^Unauthorized$"):
            asked(token)
        assert json.loads(capsys.readouterr().out)["error"] == "InvalidAlgorithmError"

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

    def test_it_reads_no_more_than_a_megabyte(
        self, issuer: str, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        """The function's memory is not the pool's to fill."""
        monkeypatch.setattr(_Answers, "content", b" " * 999_000 + _Answers.content)
        assert KeySet(issuer).key(KID)
        monkeypatch.setattr(_Answers, "content", b" " * 1_000 + _Answers.content)
        with pytest.raises(JwksUnavailable):
            KeySet(issuer).key(KID)

    def test_the_call_fails_for_an_answer_that_is_not_http(
        self, issuer: str, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(_Answers, "protocol_version", "SPDY/3")
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
