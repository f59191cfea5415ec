"""Serves WSGI applications on loopback with cheroot, until told to stop."""

import re
import socket
import threading
from collections.abc import Callable, Iterable
from contextlib import suppress
from typing import Any

from cheroot.server import HeaderReader, HTTPConnection, HTTPRequest
from cheroot.wsgi import Gateway_10, Server
from werkzeug.exceptions import BadRequest

from devcloud.errors import StartError

HOST = "127.0.0.1"
# A kept connection is closed after so many seconds without a request.
_IDLE_SECONDS = 65
_KEPT_CONNECTIONS = 1024
# So much of a body that the application left is read at once.
_PIECE = 1 << 16
# What cheroot's readers raise: for chunks that are none, when the client is silent or gone, and
# for a chunk that no memory holds.
_BROKEN = (ValueError, OSError, OverflowError, MemoryError)

# What the application finds in its environment beside WSGI's own: a function, and the names and
# values of the request's headers as they were sent.
DROP_CONNECTION = "devcloud.drop_connection"
SENT_HEADERS = "devcloud.sent_headers"

WsgiApp = Callable[[dict[str, Any], Callable[..., Any]], Iterable[bytes]]


class _Lines:
    """The lines of a request's head, of which the headers are kept."""

    def __init__(self, rfile: Any, sent: list[tuple[str, str]]) -> None:
        self._rfile = rfile
        self._sent = sent

    def readline(self) -> bytes:
        line: bytes = self._rfile.readline()
        name, colon, value = line.decode("latin-1").partition(":")
        if colon:
            self._sent.append((name.strip(), value.strip()))
        return line


class _HeaderReader(HeaderReader):
    """Keeps how header names were spelled and how often each came, which WSGI does not."""

    def __init__(self) -> None:
        self.sent: list[tuple[str, str]] = []

    def __call__(self, rfile: Any, hdict: Any = None) -> Any:
        """Raises ValueError unless the headers say in one way where the body ends.

        Whoever reads another end takes a part of the body for a request (RFC 9112 section 6.3);
        cheroot takes whatever ``int`` does, and the last of several.
        """
        base: Any = super()
        headers = base.__call__(_Lines(rfile, self.sent), hdict)
        lengths = self._values("content-length")
        if len(lengths) + len(self._values("transfer-encoding")) > 1:
            raise ValueError("The headers announce the end of the body in more than one way.")
        if not all(re.fullmatch("[0-9]+", length) for length in lengths):
            raise ValueError("The Content-Length is not a number.")
        return headers

    def _values(self, wanted: str) -> set[str]:
        return {value for name, value in self.sent if name.lower() == wanted}


class _Request(HTTPRequest):
    """Keeps the connection only when it is known where the next request begins.

    cheroot itself reads what the application left of a body of announced length, but not of chunks,
    and no trailer.
    """

    def __init__(self, *arguments: Any, **settings: Any) -> None:
        base: Any = super()
        base.__init__(*arguments, **settings)
        self.header_reader = _HeaderReader()

    def send_headers(self) -> None:
        # A body that is too large is not read; cheroot closes the connection after a 413.
        if not self.close_connection and int(self.status[:3]) != 413:
            self.close_connection = not self._read_to_its_end()
        base: Any = super()
        base.send_headers()

    def _read_to_its_end(self) -> bool:
        """Whether the body ended as announced; the client may need to be rid of it to listen."""
        try:
            while self.rfile.read(_PIECE):
                pass
            if self.chunked_read:
                end: bytes = self.conn.rfile.readline(2)
                return end == b"\r\n"
            # HTTP/1.0 has no chunks, so that cheroot takes them for the next request.
            return not self.rfile.remaining and b"Transfer-Encoding" not in self.inheaders
        except _BROKEN:
            return False


class _Connection(HTTPConnection):
    RequestHandlerClass = _Request


class _Body:
    """The body of a request: raises BadRequest unless the client sends it whole.

    cheroot itself gives what has come as if it were all, and ends chunks that are none with an
    error of the server.
    """

    def __init__(self, request: Any) -> None:
        self._request = request

    def read(self, size: int | None = None) -> bytes:
        wanted = None if size is None or size < 0 else size
        rfile = self._request.rfile
        try:
            data: bytes = rfile.read(wanted)
        except _BROKEN:
            raise self._broken() from None
        if getattr(rfile, "remaining", 0) and (wanted is None or len(data) < wanted):
            raise self._broken()
        return data

    def _broken(self) -> BadRequest:
        # What comes next could be taken for another request.
        self._request.close_connection = True
        return BadRequest("The request's body is not what its headers announce.")


class _Gateway(Gateway_10):
    """Gives the application whole bodies, and lets it close the connection without an answer."""

    def get_environ(self) -> Any:
        base: Any = super()
        environ = base.get_environ()
        environ["wsgi.input"] = _Body(self.req)
        environ[DROP_CONNECTION] = self._drop_connection
        environ[SENT_HEADERS] = self.req.header_reader.sent
        return environ

    def _drop_connection(self) -> None:
        with suppress(OSError):
            self.req.conn.socket.shutdown(socket.SHUT_RDWR)


def _free_port(port: int) -> int:
    """That port, or any free one for 0; raises StartError when it is in use.

    cheroot's own error is no sentence, and its own choice of a port could not be taken again soon
    after a kill.
    """
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((HOST, port))
            free: int = probe.getsockname()[1]
            return free
        except (OSError, OverflowError) as error:
            raise StartError(f"Port {port} cannot be used: {error}.") from error


class LoopbackServer:
    """A port that is taken at once and served from ``start`` on."""

    def __init__(self, port: int, threads: int) -> None:
        self._app: WsgiApp | None = None
        self.port = _free_port(port)
        self.url = f"http://{HOST}:{self.port}"
        self._server = Server(
            (HOST, self.port),
            self._dispatch,
            numthreads=threads,
            request_queue_size=512,
            timeout=_IDLE_SECONDS,
            shutdown_timeout=2,
        )
        self._server.gateway = _Gateway
        self._server.ConnectionClass = _Connection
        self._server.keep_alive_conn_limit = _KEPT_CONNECTIONS
        self._server.prepare()
        self._thread = threading.Thread(target=self._server.serve, daemon=True)

    def start(self, app: WsgiApp) -> None:
        """Answer requests with this application."""
        self._app = app
        self._thread.start()

    def stop(self) -> None:
        """Finish the requests under way and free the port; also without a ``start``."""
        self._server.stop()
        if self._thread.is_alive():
            self._thread.join()

    def _dispatch(
        self, environ: dict[str, Any], start_response: Callable[..., Any]
    ) -> Iterable[bytes]:
        assert self._app is not None
        return self._app(environ, start_response)
