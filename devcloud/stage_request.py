"""A request as it reaches the API's stage, and the answer that leaves it."""

from dataclasses import dataclass
from urllib.parse import parse_qsl, unquote

from werkzeug.wrappers import Request

from devcloud.server import SENT_HEADERS

# About the connection, not about the request.
_DROPPED = {"connection", "content-length", "transfer-encoding"}


@dataclass(frozen=True)
class StageRequest:
    """Method, stage, path below the stage and everything else that a client sent."""

    method: str
    stage: str
    path: str
    query: tuple[tuple[str, str], ...]
    headers: tuple[tuple[str, str], ...]
    headers_size: int
    body: bytes
    source_ip: str

    def header(self, name: str) -> str | None:
        """The header's last value, whatever the spelling of its name."""
        return next(reversed(self.values_of(name)), None)

    def values_of(self, name: str) -> list[str]:
        """All the header's values, whatever the spelling of its name."""
        return [value for sent, value in self.headers if sent.lower() == name.lower()]


@dataclass(frozen=True)
class StageAnswer:
    """Status, headers in order, and body."""

    status: int
    headers: tuple[tuple[str, str], ...]
    body: bytes


def stage_request(request: Request, address: str) -> StageRequest:
    """The request as API Gateway sees it, whose stages are served below that address."""
    stage, path = stage_and_path(request, address)
    query = request.query_string.decode("latin-1")
    sent = request.environ[SENT_HEADERS]
    return StageRequest(
        method=request.method,
        stage=stage,
        path=path,
        query=tuple(parse_qsl(query, keep_blank_values=True)),
        headers=tuple((name, value) for name, value in sent if name.lower() not in _DROPPED),
        headers_size=sum(len(f"{name}: {value}\r\n") for name, value in sent),
        body=request.get_data(),
        source_ip=request.remote_addr or "127.0.0.1",
    )


def stage_and_path(request: Request, address: str) -> tuple[str, str]:
    """The stage that a request is for and the path below it; does not wait for the body."""
    # The path as it was sent: WSGI's own has lost the difference between / and %2F.
    path = request.environ.get("REQUEST_URI", request.full_path).partition("?")[0]
    stage, slash, rest = path.removeprefix(f"{address}/").partition("/")
    return stage, slash + rest or "/"


def path_segments(path: str) -> list[str]:
    """The path's decoded segments; slashes at the end do not count, as on AWS."""
    return [unquote(segment) for segment in path.removeprefix("/").rstrip("/").split("/")]
