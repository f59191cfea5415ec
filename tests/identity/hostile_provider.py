"""An OpenID provider on a real socket that gives whatever answer a test asks of it."""

import json
import socket
import struct
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, urlsplit

import jwt

from tests import builders


@dataclass(frozen=True)
class Reply:
    """What is sent back; ``how`` may break it off, drip it or not send it at all."""

    status: int = 200
    body: Any = b""
    headers: dict[str, str] = field(default_factory=dict)
    how: str = "whole"

    def encoded(self) -> bytes:
        return self.body if isinstance(self.body, bytes) else json.dumps(self.body).encode()


@dataclass(frozen=True)
class Asked:
    """A request as it arrived."""

    method: str
    path: str
    headers: dict[str, str]
    form: dict[str, str]


def signed(
    claims: Any, *, kid: Any = builders.KID, signed_by: str = builders.KID, **headers: Any
) -> str:
    """A token with a good signature, whatever the claims are; PyJWT alone would look at them."""
    return jwt.PyJWS().encode(
        json.dumps(claims).encode(),
        builders.signing_key(signed_by),
        algorithm="RS256",
        headers={**({} if kid is None else {"kid": kid}), **headers},
    )


class HostileProvider:
    """Valid until told otherwise: ``claims`` changes the ID token, ``answers`` whole replies.

    ``id_token`` may be a text, any JSON value, or a function of the nonce.
    """

    def __init__(self) -> None:
        self.asked: list[Asked] = []
        self.claims: dict[str, Any] = {}
        self.signing: dict[str, Any] = {}
        self.id_token: Any = None
        self.tokens: dict[str, Any] = {}
        self.user_info: dict[str, Any] = {}
        self.keys: Any = builders.jwks()
        self.answers: dict[str, Reply | Callable[[Asked], Reply]] = {}
        self.nonce = ""
        # Released when the test is over, so that nothing hangs longer than that.
        self.over = threading.Event()
        self._server = _Server(("127.0.0.1", 0), _Handler, self)
        self.url = f"http://127.0.0.1:{self._server.server_port}"

    def settings(self) -> dict[str, str]:
        """The settings that make this the user pool of the site under test."""
        issuer = f"{self.url}/eu-central-1_Hostile01"
        return {
            "COGNITO_DOMAIN": self.url,
            "COGNITO_ISSUER": issuer,
            "OIDC_OP_AUTHORIZATION_ENDPOINT": f"{self.url}/oauth2/authorize",
            "OIDC_OP_TOKEN_ENDPOINT": f"{self.url}/oauth2/token",
            "OIDC_OP_USER_ENDPOINT": f"{self.url}/oauth2/userInfo",
            "OIDC_OP_JWKS_ENDPOINT": f"{issuer}/.well-known/jwks.json",
        }

    def requests(self, ending: str) -> list[Asked]:
        return [asked for asked in self.asked if asked.path.endswith(ending)]

    def answer(self, asked: Asked) -> Reply:
        endpoint = asked.path.rsplit("/", 1)[-1]
        chosen = self.answers.get(endpoint)
        if callable(chosen):
            return chosen(asked)
        return chosen or self._valid(endpoint)

    def _valid(self, endpoint: str) -> Reply:
        if endpoint == "jwks.json":
            return Reply(body=self.keys)
        if endpoint == "token":
            return Reply(body=self._token_answer())
        if endpoint == "userInfo":
            sub = {**builders.claims(), **self.claims}.get("sub")
            return Reply(body={"sub": sub, "email": "ada@example.com", **self.user_info})
        return Reply(status=200 if endpoint == "revoke" else 404)

    def _token_answer(self) -> dict[str, Any]:
        id_token = self.id_token
        if callable(id_token):
            id_token = id_token(self.nonce)
        elif id_token is None:
            changes = {"nonce": self.nonce, **self.claims}
            id_token = signed(builders.claims(**changes), **self.signing)
        answer = {
            "id_token": id_token,
            "access_token": "hostile-access-token",
            "refresh_token": "hostile-refresh-token",
            "token_type": "Bearer",
            "expires_in": 3600,
            **self.tokens,
        }
        return {name: value for name, value in answer.items() if value is not ABSENT}

    @contextmanager
    def running(self) -> Iterator["HostileProvider"]:
        thread = threading.Thread(target=self._server.serve_forever, kwargs={"poll_interval": 0.02})
        thread.start()
        try:
            yield self
        finally:
            self.over.set()
            self._server.shutdown()
            self._server.server_close()
            thread.join()


ABSENT = object()


class _Server(ThreadingHTTPServer):
    daemon_threads = True
    # The browser's end of a hanging request is gone by then.
    block_on_close = False

    def __init__(self, address: Any, handler: Any, provider: HostileProvider) -> None:
        super().__init__(address, handler)
        self.provider = provider

    def handle_error(self, request: Any, client_address: Any) -> None:
        """The other side hung up, which is what it should do with some of these answers."""


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    server: _Server

    def _serve(self) -> None:
        provider = self.server.provider
        sent = self.rfile.read(int(self.headers.get("Content-Length") or 0)).decode()
        form = {name: values[0] for name, values in parse_qs(sent).items()}
        asked = Asked(self.command, urlsplit(self.path).path, dict(self.headers), form)
        provider.asked.append(asked)
        reply = provider.answer(asked)
        if reply.how == "reset":
            self.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
            self.connection.close()
            self.close_connection = True
            return
        if reply.how == "hang":
            provider.over.wait(30)
            return
        body = reply.encoded()
        self.send_response_only(reply.status)
        usual = {"Content-Type": "application/json", "Date": self.date_time_string()}
        for name, value in {**usual, **reply.headers}.items():
            self.send_header(name, value)
        self.send_header("Content-Length", str(len(body)))
        if reply.how == "drip headers":
            for number in range(60):
                self.send_header(f"X-Line-{number}", "x")
                self.flush_headers()
                if provider.over.wait(0.05):
                    return
        self.end_headers()
        if reply.how == "cut":
            self.wfile.write(body[: len(body) // 2])
            self.close_connection = True
            return
        if reply.how == "drip":
            for byte in body:
                self.wfile.write(bytes([byte]))
                if provider.over.wait(0.01):
                    return
            return
        self.wfile.write(body)

    do_GET = do_POST = _serve

    def log_message(self, format: str, *args: Any) -> None:
        """Quiet."""
