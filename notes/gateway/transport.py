"""HTTP to the notes API: one connection pool a process, a limit on everything."""

import time
from collections.abc import Mapping
from dataclasses import dataclass
from http.cookiejar import DefaultCookiePolicy

import requests
import urllib3

from notes.gateway.breaker import Breaker
from notes.gateway.deadline import Deadline
from notes.gateway.errors import GatewayUnavailable, UnexpectedResponse
from outgoing.connections import OneContextAdapter

# API Gateway passes on at most 6 MB from a Lambda; a note is at most 300,000 bytes, which JSON's
# escapes can make 1.8 MB, and a conflict carries one.
ANSWER_BYTES = 4_000_000
CONNECT_SECONDS = 2.0
_CHUNK_BYTES = 65_536


@dataclass(frozen=True, slots=True)
class Call:
    """One request: an operation of the contract, where it goes and what it sends."""

    operation: str
    method: str
    path: str
    query: Mapping[str, str] | None = None
    json: Mapping[str, object] | None = None
    if_match: str | None = None
    succeeds_with: int = 200

    @property
    def is_about_one_note(self) -> bool:
        return self.path.startswith("/notes/")


@dataclass(frozen=True, slots=True)
class Answer:
    """What came back, whole."""

    status: int
    headers: Mapping[str, str]
    body: bytes

    @property
    def request_id(self) -> str:
        return self.headers.get("x-amzn-RequestId", "")[:128]


class Transport:
    """Sends calls to one API with one ``requests.Session``, safe to share between threads.

    The session keeps no cookies, follows no redirects and reads neither proxies nor ``.netrc``
    from the environment, so nothing but the pool is shared and a token goes nowhere else.
    """

    def __init__(self, url: str, *, read_seconds: float, pool_size: int) -> None:
        self._url = url.rstrip("/")
        self._read_seconds = read_seconds
        self._breaker = Breaker()
        self._session = requests.Session()
        self._session.trust_env = False
        self._session.cookies.set_policy(DefaultCookiePolicy(allowed_domains=[]))
        self._session.headers.clear()
        self._session.headers.update(
            {
                "Accept": "application/json",
                # Nothing to unpack: a small answer cannot grow large here.
                "Accept-Encoding": "identity",
                "Connection": "keep-alive",
                "User-Agent": "notesite",
            }
        )
        adapter = OneContextAdapter(pool_maxsize=pool_size)
        self._session.mount("https://", adapter)
        self._session.mount("http://", adapter)

    def send(self, call: Call, api_token: str, deadline: Deadline) -> Answer:
        """The API's answer; GatewayUnavailable when none came by the deadline."""
        remaining = deadline.remaining()
        if remaining <= 0:
            raise GatewayUnavailable(f"{call.operation}: no time was left for the call.")
        if not self._breaker.lets_through():
            raise GatewayUnavailable(f"{call.operation}: the API has not answered for a while.")
        try:
            answer = self._exchange(call, api_token, remaining)
        except GatewayUnavailable:
            self._breaker.not_answered()
            raise
        self._breaker.answered()
        return answer

    def _exchange(self, call: Call, api_token: str, remaining: float) -> Answer:
        headers = {"Authorization": api_token}
        if call.if_match is not None:
            headers["If-Match"] = call.if_match
        try:
            response = self._session.request(
                call.method,
                self._url + call.path,
                params=call.query,
                json=call.json,
                headers=headers,
                timeout=(min(CONNECT_SECONDS, remaining), min(self._read_seconds, remaining)),
                allow_redirects=False,
                stream=True,
            )
        except requests.exceptions.RequestException as error:
            raise GatewayUnavailable(f"{call.operation}: {_what(error)}.") from None
        try:
            body = _read(response, call)
        finally:
            response.close()
        return Answer(response.status_code, response.headers, body)


def _read(response: requests.Response, call: Call) -> bytes:
    """The body, up to the limit."""
    chunks: list[bytes] = []
    size = 0
    try:
        while chunk := response.raw.read1(_CHUNK_BYTES, decode_content=False):
            chunks.append(chunk)
            size += len(chunk)
            if size > ANSWER_BYTES:
                raise UnexpectedResponse(f"{call.operation}: the answer is too large.")
    except urllib3.exceptions.HTTPError as error:
        raise GatewayUnavailable(f"{call.operation}: {_what(error)} in the answer.") from None
    return b"".join(chunks)


def _what(error: Exception) -> str:
    """The kind of failure. The error's own text is left out: it can quote headers and URLs."""
    return type(error).__name__


def elapsed_ms(started: float) -> int:
    """Milliseconds since ``time.monotonic()`` gave ``started``."""
    return round((time.monotonic() - started) * 1000)
