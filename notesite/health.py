"""The load balancer's health check, answered before anything can fail."""

from collections.abc import Callable

from django.http import HttpRequest, HttpResponse


class HealthMiddleware:
    """Answers ``/healthz`` with 200 ``ok`` for any Host header.

    It stands first because the load balancer's probes carry the instance's IP address as Host,
    which ``ALLOWED_HOSTS`` refuses, and come over plain http.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if request.path_info == "/healthz":
            return HttpResponse("ok", content_type="text/plain")
        return self.get_response(request)
