"""The notes API of two operations that takes the ID tokens of one issuer, and verifies them."""

import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import urlsplit

import jwt

from tests import builders
from tests.other_provider.provider import APP_CLIENT


class NotesApi:
    """Answers as API Gateway with its user pool authorizer would; its one note names the caller.

    ``refuses_all`` makes it answer 401 to every ID token.
    """

    def __init__(self) -> None:
        self.issuer = ""
        self.refuses_all = False
        self._server = _Server(("127.0.0.1", 0), _Handler)
        self._server.api = self
        self.url = f"http://127.0.0.1:{self._server.server_port}/v1"

    def trust(self, issuer: str) -> None:
        """Take tokens of that issuer from now on."""
        self.issuer = issuer
        self._keys = jwt.PyJWKClient(f"{issuer}/.well-known/jwks.json")

    def answer(self, path: str, id_token: str) -> tuple[int, dict[str, Any]]:
        try:
            caller = self._verified(id_token)
        except jwt.PyJWTError:
            return 401, {"message": "Unauthorized"}
        if self.refuses_all:
            return 401, {"message": "Unauthorized"}
        if path == "/v1/notes":
            return 200, builders.page_json(builders.summary_json(title=f"Of {caller['sub']}"))
        if path == "/v1/":
            return 200, {"message": f"Hello, {caller['sub']} with email {caller['email']}!"}
        return 403, {"message": "Missing Authentication Token"}

    def _verified(self, id_token: str) -> dict[str, Any]:
        claims: dict[str, Any] = jwt.decode(
            id_token,
            self._keys.get_signing_key_from_jwt(id_token),
            algorithms=["RS256"],
            audience=APP_CLIENT[0],
            issuer=self.issuer,
            options={"require": ["exp", "sub", "token_use"]},
        )
        if claims["token_use"] != "id":
            raise jwt.InvalidTokenError("not an ID token")
        return claims

    @contextmanager
    def running(self) -> Iterator[None]:
        thread = threading.Thread(target=self._server.serve_forever, kwargs={"poll_interval": 0.02})
        thread.start()
        try:
            yield
        finally:
            self._server.shutdown()
            self._server.server_close()
            thread.join()


class _Server(ThreadingHTTPServer):
    daemon_threads = True
    block_on_close = False
    api: NotesApi


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    server: _Server

    def do_GET(self) -> None:
        path = urlsplit(self.path).path
        status, value = self.server.api.answer(path, self.headers.get("Authorization", ""))
        body = json.dumps(value).encode()
        self.send_response(status)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, format: str, *args: Any) -> None:
        """Quiet."""
