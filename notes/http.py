"""What a view needs of a request: who asks, and the person's gateway."""

from functools import lru_cache
from threading import Lock

from django.conf import settings
from django.http import HttpRequest

from identity import tokens
from identity.database import release_connection
from identity.models import User
from notes.gateway import Deadline, NotesGateway, Retries, Transport

# When a page's calls to the API end. A try that begins just before can last a connection's
# time-out longer: 10 s in all.
PAGE_SECONDS = 7.5

_MAKING = Lock()


class AuthenticatedRequest(HttpRequest):
    """The request as the pages get it: SignInMiddleware lets nobody else through."""

    user: User


class RequestTokens:
    """The gateway's TokenSource: the token, of the kind that the API takes, of the web session."""

    def __init__(self, request: HttpRequest) -> None:
        self._request = request

    def api_token(self) -> str:
        api_token = tokens.api_token(self._request)
        release_connection()
        return api_token

    def refreshed_api_token(self) -> str:
        api_token = tokens.refreshed_api_token(self._request)
        release_connection()
        return api_token


def gateway_for(request: HttpRequest) -> NotesGateway:
    """The notes of the person who is signed in; a page calls this once, and its time begins."""
    # Without the lock, threads that begin together would each make a pool of their own.
    with _MAKING:
        transport, retries = _shared(
            settings.NOTES_API_URL, settings.NOTES_API_TIMEOUT, settings.WEB_THREADS
        )
    return NotesGateway(transport, RequestTokens(request), Deadline(PAGE_SECONDS), retries)


@lru_cache(maxsize=1)
def _shared(url: str, read_seconds: float, pool_size: int) -> tuple[Transport, Retries]:
    """The process's connections and its allowance of retries."""
    return Transport(url, read_seconds=read_seconds, pool_size=pool_size), Retries()
