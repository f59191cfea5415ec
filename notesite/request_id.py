"""One id for each request: in its log lines, its answer and its error pages."""

import logging
from collections.abc import Callable
from contextvars import ContextVar
from uuid import uuid4

from django.http import HttpRequest, HttpResponse

_current: ContextVar[str] = ContextVar("request_id", default="-")


class RequestIdMiddleware:
    """Gives ``request.request_id`` and the header ``X-Request-ID``; a client's own is ignored."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        request_id = uuid4().hex
        request.request_id = request_id  # type: ignore[attr-defined]  # read by templates
        mark = _current.set(request_id)
        try:
            response = self.get_response(request)
        finally:
            _current.reset(mark)
        response.headers["X-Request-ID"] = request_id
        return response


class RequestIdFilter(logging.Filter):
    """Adds ``request_id`` to each log record."""

    def filter(self, record: logging.LogRecord) -> bool:
        record.request_id = _current.get()
        return True
