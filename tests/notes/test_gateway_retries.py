"""When a call is tried again, for how long a call may take, and when a token is refreshed."""

import io
import socket
import threading
from collections.abc import Callable, Iterator
from types import SimpleNamespace

import pytest
import requests
from django.conf import settings

from notes.gateway import (
    Deadline,
    GatewayUnavailable,
    NoteContent,
    NotesGateway,
    Retries,
    TokenRejected,
    TooManyRequests,
    Transport,
)
from notes.gateway.breaker import Breaker
from notes.gateway.retries import RetryBudget
from outgoing.connections import _TimedReader
from tests.builders import note_json
from tests.notes.conftest import NotesApi, Tokens


class RetryTests:
    def test_a_read_that_failed_once_is_tried_again(
        self, api: NotesApi, gateway: NotesGateway, pauses: list[float]
    ) -> None:
        api.answers("GET", "/notes/note1", status=503)
        api.answers("GET", "/notes/note1", note_json())

        assert gateway.get_note("note1").noteid == "note1"
        assert pauses == [0.2]

    def test_three_tries_are_all(
        self, api: NotesApi, gateway: NotesGateway, pauses: list[float]
    ) -> None:
        api.answers("GET", "/notes/note1", status=503)

        with pytest.raises(GatewayUnavailable):
            gateway.get_note("note1")

        assert len(api.requests) == 3
        assert pauses == [0.2, 0.4]

    def test_a_create_without_an_answer_is_repeated_under_the_same_id(
        self, api: NotesApi, gateway: NotesGateway
    ) -> None:
        api.answers("POST", "/notes", body=requests.exceptions.ReadTimeout("slow"))
        api.answers("POST", "/notes", note_json(), 201)

        gateway.create_note("note1", NoteContent("", "x"))

        assert api.requests[0].body == api.requests[1].body

    @pytest.mark.parametrize(
        "error",
        [
            requests.exceptions.ConnectTimeout("x"),
            requests.exceptions.ReadTimeout("x"),
            requests.exceptions.ConnectionError("x"),
            requests.exceptions.SSLError("x"),
            requests.exceptions.ChunkedEncodingError("x"),
            requests.exceptions.InvalidHeader("x"),
        ],
        ids=lambda error: type(error).__name__,
    )
    def test_no_answer_is_one_error_whatever_the_reason(
        self, error: Exception, api: NotesApi, gateway: NotesGateway
    ) -> None:
        api.answers("GET", "/notes/note1", body=error)

        with pytest.raises(GatewayUnavailable, match=type(error).__name__):
            gateway.get_note("note1")

    def test_a_refusal_is_not_tried_again(self, api: NotesApi, gateway: NotesGateway) -> None:
        api.answers("GET", "/notes/note1", status=403)

        with pytest.raises(Exception, match="403"):
            gateway.get_note("note1")

        assert len(api.requests) == 1

    def test_retry_after_is_waited_for_in_full(
        self, api: NotesApi, gateway: NotesGateway, pauses: list[float]
    ) -> None:
        api.answers("GET", "/notes/note1", status=429, headers={"Retry-After": "2"})
        api.answers("GET", "/notes/note1", note_json())

        gateway.get_note("note1")

        assert pauses == [2.2]

    def test_a_retry_after_past_the_deadline_is_passed_on(
        self, api: NotesApi, gateway: NotesGateway, pauses: list[float]
    ) -> None:
        api.answers("GET", "/notes/note1", status=429, headers={"Retry-After": "30"})

        with pytest.raises(TooManyRequests) as error:
            gateway.get_note("note1")

        assert (error.value.retry_after, pauses) == (30, [])

    @pytest.mark.parametrize("value", ["soon", "-1", "nan", "inf", ""])
    def test_a_retry_after_that_is_no_number_counts_for_nothing(
        self, value: str, api: NotesApi, gateway: NotesGateway, pauses: list[float]
    ) -> None:
        api.answers("GET", "/notes/note1", status=429, headers={"Retry-After": value})

        with pytest.raises(TooManyRequests):
            gateway.get_note("note1")

        assert pauses == [0.2, 0.4]

    def test_when_everything_fails_retries_end(self, api: NotesApi, tokens: Tokens) -> None:
        retries = Retries(sleep=lambda seconds: None)
        transport = Transport(settings.NOTES_API_URL, read_seconds=4, pool_size=2)
        api.answers("GET", "/", status=503)

        for _ in range(100):
            with pytest.raises(GatewayUnavailable):
                NotesGateway(transport, tokens, Deadline(7.5), retries).greet()

        assert len(api.requests) == 120

    def test_calls_that_work_refill_the_budget(self) -> None:
        budget = RetryBudget(size=2, refill=0.5)
        assert [budget.take(), budget.take(), budget.take()] == [True, True, False]

        budget.succeeded()
        assert not budget.take()
        budget.succeeded()
        assert budget.take()

    def test_pauses_are_random_and_grow(self) -> None:
        slept: list[float] = []
        retries = Retries(sleep=slept.append)
        for attempt in (1, 2) * 8:
            retries.pause(attempt, remaining=7)

        assert all(0 <= pause <= 0.4 for pause in slept)
        assert len(set(slept)) > 8


class DeadlineTests:
    def test_each_call_has_time_outs(self, api: NotesApi, gateway: NotesGateway) -> None:
        api.answers("GET", "/", {"message": "Hello"})

        gateway.greet()

        assert api.requests[0].req_kwargs["timeout"] == (2, 4)

    def test_near_the_deadline_they_are_shorter(
        self, api: NotesApi, tokens: Tokens, retries: Retries
    ) -> None:
        transport = Transport(settings.NOTES_API_URL, read_seconds=4, pool_size=2)
        api.answers("GET", "/", {"message": "Hello"})
        passed = iter([0.0, 6.5, 6.5, 6.5])

        NotesGateway(transport, tokens, Deadline(7.5, clock=passed.__next__), retries).greet()

        assert api.requests[0].req_kwargs["timeout"] == (1, 1)

    def test_past_the_deadline_nothing_is_sent(
        self, api: NotesApi, tokens: Tokens, retries: Retries
    ) -> None:
        transport = Transport(settings.NOTES_API_URL, read_seconds=4, pool_size=2)

        with pytest.raises(GatewayUnavailable, match="no time"):
            NotesGateway(transport, tokens, Deadline(0), retries).greet()

        assert api.requests == []


class TokenTests:
    def test_a_refused_token_is_refreshed_once(
        self, api: NotesApi, gateway: NotesGateway, tokens: Tokens
    ) -> None:
        api.answers("GET", "/notes/note1", {"message": "The incoming token has expired"}, 401)
        api.answers("GET", "/notes/note1", note_json())

        gateway.get_note("note1")

        sent = [request.headers["Authorization"] for request in api.requests]
        assert sent == ["first-id-token", "refreshed-id-token-1"]

    def test_a_refused_fresh_token_means_signing_in_again(
        self, api: NotesApi, gateway: NotesGateway, tokens: Tokens
    ) -> None:
        api.answers("GET", "/notes/note1", {"message": "Unauthorized"}, 401)

        with pytest.raises(TokenRejected):
            gateway.get_note("note1")

        assert (len(api.requests), tokens.refreshes) == (2, 1)

    def test_the_token_is_sent_raw(self, api: NotesApi, gateway: NotesGateway) -> None:
        api.answers("GET", "/", {"message": "Hello"})

        gateway.greet()

        assert api.requests[0].headers["Authorization"] == "first-id-token"


Serve = Callable[[list[bytes], float], str]


@pytest.fixture
def serve() -> Iterator[Serve]:
    """A server on loopback that answers each request with those parts, at that pace."""
    stop = threading.Event()
    listeners: list[socket.socket] = []

    def start(parts: list[bytes], pace: float) -> str:
        listener = socket.create_server(("127.0.0.1", 0))
        listeners.append(listener)
        threading.Thread(target=_answer, args=(listener, parts, pace, stop), daemon=True).start()
        return f"http://127.0.0.1:{listener.getsockname()[1]}"

    yield start
    stop.set()
    for listener in listeners:
        listener.close()


def _answer(
    listener: socket.socket, parts: list[bytes], pace: float, stop: threading.Event
) -> None:
    try:
        while True:
            connection, _ = listener.accept()
            with connection:
                connection.recv(65_536)
                for part in parts:
                    connection.sendall(part)
                    stop.wait(pace)
    except OSError:
        return


BODY = b'{"message": "Hello"}'
HEAD = b"HTTP/1.1 200 OK\r\nContent-Length: %d\r\nConnection: close\r\n\r\n" % len(BODY)


def drip(data: bytes) -> list[bytes]:
    return [bytes([byte]) for byte in data]


class BreakerTests:
    @pytest.fixture(autouse=True)
    def _breaker(self) -> None:
        self.now = 100.0
        self.breaker = Breaker(clock=lambda: self.now)

    def test_after_ten_calls_without_an_answer_none_is_let_through(self) -> None:
        for _ in range(10):
            assert self.breaker.lets_through()
            self.breaker.not_answered()

        assert not self.breaker.lets_through()

    def test_an_answer_between_them_counts_for_all(self) -> None:
        for _ in range(9):
            self.breaker.not_answered()
        self.breaker.answered()
        self.breaker.not_answered()

        assert self.breaker.lets_through()

    def test_then_one_call_every_two_seconds_finds_out_whether_it_is_over(self) -> None:
        for _ in range(10):
            self.breaker.not_answered()

        self.now += 2
        assert [self.breaker.lets_through() for _ in range(3)] == [True, False, False]
        self.breaker.answered()
        assert self.breaker.lets_through()

    def test_a_silent_api_is_soon_left_alone(self, api: NotesApi, tokens: Tokens) -> None:
        transport = Transport(settings.NOTES_API_URL, read_seconds=4, pool_size=2)
        retries = Retries(sleep=lambda seconds: None)
        api.answers("GET", "/", body=requests.exceptions.ReadTimeout("silence"))

        for _ in range(50):
            with pytest.raises(GatewayUnavailable):
                NotesGateway(transport, tokens, Deadline(7.5), retries).greet()

        assert len(api.requests) == 10

    def test_an_api_that_answers_with_errors_is_not_silent(
        self, api: NotesApi, tokens: Tokens
    ) -> None:
        transport = Transport(settings.NOTES_API_URL, read_seconds=4, pool_size=2)
        retries = Retries(sleep=lambda seconds: None)
        api.answers("GET", "/", status=500)

        for _ in range(20):
            with pytest.raises(GatewayUnavailable):
                NotesGateway(transport, tokens, Deadline(7.5), retries).greet()

        assert len(api.requests) == 40


class TimedReaderTests:
    def test_each_read_has_what_the_ones_before_left(self) -> None:
        given: list[float] = []
        near = SimpleNamespace(gettimeout=lambda: 10.0, settimeout=given.append)
        reader = _TimedReader(near, io.BytesIO(b"answer"))

        reader.read(3)
        reader.read(3)

        assert 10 > given[0] > given[1]


class SlowAnswerTests:
    """Against real sockets: a time-out that starts anew with every byte would never end these."""

    @pytest.mark.parametrize(
        "parts",
        [drip(HEAD + BODY), [HEAD, *drip(BODY)], [], [HEAD, BODY[:-3]], [b"nonsense\r\n\r\n"]],
        ids=["headers drip", "body drips", "closed at once", "cut off", "not HTTP"],
    )
    def test_a_bad_answer_is_not_waited_for_to_its_end(
        self, parts: list[bytes], serve: Serve, tokens: Tokens, retries: Retries
    ) -> None:
        transport = Transport(serve(parts, 0.05), read_seconds=0.2, pool_size=1)

        with pytest.raises(GatewayUnavailable):
            NotesGateway(transport, tokens, Deadline(0.5), retries).greet()

    def test_a_whole_answer_is_read(self, serve: Serve, tokens: Tokens, retries: Retries) -> None:
        transport = Transport(serve([HEAD, BODY], 0), read_seconds=4, pool_size=1)

        assert NotesGateway(transport, tokens, Deadline(7.5), retries).greet() == "Hello"
