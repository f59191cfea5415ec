"""The notes API at the wire, and a gateway and a browser that call it."""

from collections.abc import Callable, Iterator
from functools import partial
from typing import Any

import pytest
import responses
from django.conf import settings
from django.test import Client
from requests import PreparedRequest

from notes import http
from notes.gateway import Deadline, NotesGateway, Retries, Transport


class NotesApi:
    """Says what the API answers, and tells what it was asked."""

    def __init__(self, wire: responses.RequestsMock) -> None:
        self._wire = wire

    def answers(self, method: str, path: str, json: Any = None, status: int = 200, **more: Any):
        """The next answer to that call; the last one is repeated."""
        if not {"body", "stream"} & set(more):
            more["json"] = {} if json is None else json
        self._wire.add(method, settings.NOTES_API_URL + path, status=status, **more)

    @property
    def requests(self) -> list[PreparedRequest]:
        """What was asked, in order."""
        made = [call.request for call in self._wire.calls]
        return [request for request in made if request.url.startswith(settings.NOTES_API_URL)]


class Tokens:
    """A TokenSource that counts how often it refreshes."""

    def __init__(self) -> None:
        self.refreshes = 0

    def api_token(self) -> str:
        return "first-id-token"

    def refreshed_api_token(self) -> str:
        self.refreshes += 1
        return f"refreshed-id-token-{self.refreshes}"


@pytest.fixture
def api(wire: responses.RequestsMock) -> NotesApi:
    return NotesApi(wire)


@pytest.fixture
def pauses() -> list[float]:
    """The seconds that a gateway would have waited between tries."""
    return []


@pytest.fixture
def retries(pauses: list[float]) -> Retries:
    return Retries(sleep=pauses.append, uniform=lambda _, most: most)


@pytest.fixture
def tokens() -> Tokens:
    return Tokens()


@pytest.fixture
def gateway(tokens: Tokens, retries: Retries) -> NotesGateway:
    transport = Transport(settings.NOTES_API_URL, read_seconds=4, pool_size=2)
    return NotesGateway(transport, tokens, Deadline(7.5), retries)


@pytest.fixture
def _no_waiting(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """The pages' shared connections and retries, made anew and without real pauses."""
    http._shared.cache_clear()
    monkeypatch.setattr(http, "Retries", partial(Retries, sleep=lambda seconds: None))
    yield
    http._shared.cache_clear()


@pytest.fixture
def browser(signed_in_client: Client, _no_waiting: None) -> Client:
    """Ada's browser, signed in."""
    return signed_in_client


@pytest.fixture
def stranger(db: None) -> Client:
    """A browser that is not signed in."""
    return Client()


@pytest.fixture
def careful_browser(sign_in: Callable[..., Client], _no_waiting: None) -> Client:
    """Ada's browser against a site that checks CSRF tokens."""
    return sign_in(enforce_csrf_checks=True)
