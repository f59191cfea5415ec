"""Bodies that end early, are no chunks or are not read: none is taken for another request."""

import socket

import pytest

PATHS = ["/", "/login", "/oauth2/token", "/execute-api/local/echo", "/_local/clock"]
FORM = "Content-Type: application/x-www-form-urlencoded"


def answer_to(devcloud, path, headers, body):
    """The first bytes of what is answered when the client says no more, and closes its side."""
    head = f"POST {path} HTTP/1.1\r\nHost: 127.0.0.1\r\n{headers}\r\n\r\n"
    with socket.create_connection(("127.0.0.1", devcloud.port), timeout=20) as connection:
        connection.sendall(head.encode() + body)
        connection.shutdown(socket.SHUT_WR)
        received = b""
        while part := connection.recv(1 << 16):
            received += part
    return received


@pytest.mark.parametrize("path", PATHS)
@pytest.mark.parametrize("chunks", [b"zz\r\nabc", b"\r\n", b"5\r\nab", b"3\r\nabcdef"])
def test_chunks_that_are_none(echo, path, chunks):
    answer = answer_to(echo, path, f"Transfer-Encoding: chunked\r\n{FORM}", chunks)
    assert 300 <= int(answer[9:12]) < 500, answer


@pytest.mark.parametrize("path", PATHS)
def test_a_body_that_is_shorter_than_announced(echo, path):
    answer = answer_to(echo, path, f"Content-Length: 100\r\n{FORM}", b"username=x")
    assert 300 <= int(answer[9:12]) < 500, answer


@pytest.mark.parametrize(
    ("headers", "body"),
    [
        ("Content-Length: 40", b'{"seconds": 1}'),
        ("Transfer-Encoding: chunked", b'e\r\n{"seconds": 1}\r\nzz'),
        ("Transfer-Encoding: chunked", b'e\r\n{"seconds": 1}\r\n'),
    ],
)
def test_nothing_is_done_for_a_part_of_a_body(echo, headers, body):
    """The part would do for a whole, were it not for what was announced."""
    headers = f"Content-Type: application/json\r\n{headers}"
    assert answer_to(echo, "/_local/clock", headers, body).startswith(b"HTTP/1.1 400 ")


def test_the_connection_is_closed_after_it(echo):
    """What follows could be taken for another request."""
    smuggled = b"zz\r\n\r\nGET /_local/ready HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n"
    answer = answer_to(
        echo,
        "/_local/clock",
        "Transfer-Encoding: chunked\r\nContent-Type: application/json",
        smuggled,
    )
    assert answer.count(b"HTTP/1.1 ") == 1


NEXT = b"GET /_local/ready HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n"
CHUNKS = b"5\r\nabcde\r\n0\r\n"
UNREAD = [
    ("POST", "/unknown", 404),
    ("GET", "/_local/ready", 200),
    ("GET", "/oauth2/token", 405),
    ("GET", "/login", 302),
]


def statuses(devcloud, request):
    """What is answered to a request and, on the same connection, to the one after it."""
    with socket.create_connection(("127.0.0.1", devcloud.port), timeout=20) as connection:
        connection.sendall(request + NEXT)
        connection.shutdown(socket.SHUT_WR)
        received = b""
        while part := connection.recv(1 << 16):
            received += part
    return [int(answer[:3]) for answer in received.split(b"HTTP/1.1 ")[1:]]


def request_of(method, path, headers, body):
    return f"{method} {path} HTTP/1.1\r\nHost: 127.0.0.1\r\n{headers}\r\n\r\n".encode() + body


@pytest.mark.parametrize(("method", "path", "status"), UNREAD)
@pytest.mark.parametrize(
    ("headers", "body"),
    [("Transfer-Encoding: chunked", CHUNKS + b"\r\n"), ("Content-Length: 5", b"abcde")],
)
def test_a_body_that_nobody_wants_does_not_spoil_the_connection(
    echo, method, path, status, headers, body
):
    assert statuses(echo, request_of(method, path, headers, body)) == [status, 200]


@pytest.mark.parametrize(("method", "path", "status"), UNREAD)
@pytest.mark.parametrize("chunks", [b"zz\r\nabcde\r\n", b"fffffffffffffffff\r\n", b"5\r\nabcdefg"])
def test_the_connection_is_closed_after_chunks_that_nobody_wants_and_are_none(
    echo, method, path, status, chunks
):
    request = request_of(method, path, "Transfer-Encoding: chunked", chunks)
    assert statuses(echo, request) == [status]


@pytest.mark.parametrize(("method", "path", "status"), [*UNREAD, ("POST", "/_local/clock", 200)])
def test_the_connection_is_closed_before_a_trailer(echo, method, path, status):
    headers = "Transfer-Encoding: chunked\r\nContent-Type: application/json"
    body = b'e\r\n{"seconds": 0}\r\n0\r\nChecksum: 1\r\n\r\n'
    assert statuses(echo, request_of(method, path, headers, body)) == [status]


def test_a_large_body_that_nobody_wants_is_answered(echo):
    """A connection that is closed while the client still sends takes the answer with it."""
    body = 100 * (b"186a0\r\n" + b"x" * 100_000 + b"\r\n") + b"0\r\n\r\n"
    request = request_of("POST", "/unknown", "Transfer-Encoding: chunked", body)
    assert statuses(echo, request) == [404, 200]


@pytest.mark.parametrize("size", ["f" * 18, "7" + "f" * 15, "f" * 2000])
@pytest.mark.parametrize("path", PATHS)
def test_chunks_larger_than_any_memory(echo, path, size):
    headers = f"Transfer-Encoding: chunked\r\n{FORM}"
    [status] = statuses(echo, request_of("POST", path, headers, f"{size}\r\nabc".encode()))
    assert 300 <= status < 500


@pytest.mark.parametrize("length", ["1" + "0" * 30, str(2**63 - 1), "9" * 4000])
def test_lengths_larger_than_any_memory(echo, length):
    request = request_of("GET", "/_local/ready", f"Content-Length: {length}", b"abc")
    assert statuses(echo, request) == [200]
    request = request_of("POST", "/_local/clock", f"Content-Length: {length}\r\n{FORM}", b"abc")
    assert statuses(echo, request) == [400]


@pytest.mark.parametrize(
    "headers",
    [
        *(f"Content-Length: {length}" for length in ("-5", "+5", "5_0", "5, 5", "", "0x5", "a")),
        "Content-Length: 5\r\nContent-Length: 6",
        "Content-Length: 5\r\nTransfer-Encoding: chunked",
    ],
)
@pytest.mark.parametrize(("method", "path", "status"), UNREAD)
def test_a_length_that_is_none_is_refused_and_nothing_after_it_read(
    echo, headers, method, path, status
):
    assert statuses(echo, request_of(method, path, headers, b"0\r\n\r\n")) == [400]


@pytest.mark.parametrize(("method", "path", "status"), UNREAD)
def test_the_connection_is_closed_after_chunks_of_a_client_that_knows_none(
    echo, method, path, status
):
    headers = "Connection: Keep-Alive\r\nTransfer-Encoding: chunked"
    request = request_of(method, path, headers, CHUNKS + b"\r\n").replace(b"1.1", b"1.0", 1)
    assert statuses(echo, request) == [status]
