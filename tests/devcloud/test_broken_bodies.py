"""Bodies that end early or are no chunks: refused, and nothing of them is done."""

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
