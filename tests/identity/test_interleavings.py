"""A slow tab, refreshes and a sign-out of one session, in any order of their steps.

Any of the others' steps can also fall between a refresh's question to Cognito and its answer.

``INTERLEAVINGS=500`` is the campaign; the suite tries some of them.
"""

import json
import os
import random
from collections.abc import Callable, Iterator
from typing import Any
from urllib.parse import parse_qs

import pytest
import responses
from django.conf import settings
from django.contrib.auth.middleware import AuthenticationMiddleware
from django.contrib.sessions.middleware import SessionMiddleware
from django.http import HttpRequest, HttpResponse
from django.test import Client, RequestFactory

from identity import tokens, views
from identity.middleware import SignInMiddleware
from identity.models import BrowserSession
from identity.sessions import SessionStore
from tests import builders

pytestmark = pytest.mark.django_db

INTERLEAVINGS = int(os.environ.get("INTERLEAVINGS", "60"))


class RotatingTokens:
    """The token endpoint, where each refresh token is good for one use."""

    def __init__(self, first: str, meanwhile: Callable[[], None]) -> None:
        self.current = first
        self._meanwhile = meanwhile

    def __call__(self, request: Any) -> tuple[int, dict[str, str], str]:
        used = parse_qs(request.body)["refresh_token"][0]
        self._meanwhile()
        if used != self.current:
            return 400, {}, json.dumps({"error": "invalid_grant"})
        self.current += "+"
        answer = {
            "id_token": builders.id_token(jti=self.current),
            "access_token": "renewed",
            "refresh_token": self.current,
        }
        return 200, {}, json.dumps(answer)


def steps(
    cookie: str, method: str, act: Callable[[HttpRequest], HttpResponse]
) -> Iterator[HttpResponse | None]:
    """A request in three steps, as the middleware takes it: load, act, save and answer."""
    request = RequestFactory().generic(method, "/")
    request.COOKIES[settings.SESSION_COOKIE_NAME] = cookie
    middleware = SessionMiddleware(lambda request: HttpResponse())
    middleware.process_request(request)
    AuthenticationMiddleware(lambda request: HttpResponse()).process_request(request)
    assert isinstance(request.user.is_authenticated, bool)
    yield None
    try:
        response = act(request)
    except tokens.SignInNeeded as error:
        answer = SignInMiddleware(lambda request: HttpResponse()).process_exception(request, error)
        assert answer
        response = answer
    yield None
    yield middleware.process_response(request, response)


def write_to_session(request: HttpRequest) -> HttpResponse:
    request.session["seen"] = "something of the slow tab"
    return HttpResponse()


def refresh(request: HttpRequest) -> HttpResponse:
    if request.user.is_authenticated:
        tokens.refreshed_api_token(request)
    return HttpResponse()


def rows() -> list[SessionStore]:
    return [SessionStore(row.session_key) for row in BrowserSession.objects.all()]


class Interleaving:
    """The actors' steps in an order of chance, also within each other's."""

    def __init__(self, actors: dict[str, Iterator[HttpResponse | None]], seed: int) -> None:
        self._chance = random.Random(seed)
        self._actors = actors
        self._left = [name for name in actors for _ in range(3)]
        self._chance.shuffle(self._left)
        self._under_way: set[str] = set()
        self.answers: list[HttpResponse] = []

    def run(self) -> None:
        while self._left:
            self._step(self._left[0])

    def meanwhile(self) -> None:
        """Some steps of those who are not waiting for this one."""
        for _ in range(self._chance.randint(0, 5)):
            free = [name for name in self._left if name not in self._under_way]
            if free:
                self._step(free[0])

    def _step(self, name: str) -> None:
        self._left.remove(name)
        self._under_way.add(name)
        answer = next(self._actors[name])
        self._under_way.remove(name)
        if answer:
            self.answers.append(answer)


class InterleavingTests:
    @pytest.mark.parametrize("seed", range(INTERLEAVINGS))
    def test_no_token_is_lost_and_no_session_comes_back(
        self,
        signed_in_client: Client,
        wire: responses.RequestsMock,
        monkeypatch: pytest.MonkeyPatch,
        seed: int,
    ) -> None:
        # The lease's holder could not go on while another one waits in the same thread.
        monkeypatch.setattr("identity.refresh.WAIT_SECONDS", 0)
        wire.post(f"{settings.COGNITO_DOMAIN}/oauth2/revoke")
        cookie = signed_in_client.cookies[settings.SESSION_COOKIE_NAME].value
        actors = {
            "slow tab": steps(cookie, "POST", write_to_session),
            "refresh": steps(cookie, "GET", refresh),
            "another refresh": steps(cookie, "GET", refresh),
        }
        if seed % 2:
            actors["sign-out"] = steps(cookie, "POST", views.sign_out)
        interleaving = Interleaving(actors, seed)
        provider = RotatingTokens("refresh-token-of-the-test", interleaving.meanwhile)
        wire.add_callback(responses.POST, settings.OIDC_OP_TOKEN_ENDPOINT, provider)

        interleaving.run()

        assert len(interleaving.answers) == len(actors)
        assert {answer.status_code for answer in interleaving.answers} <= {200, 302}
        row = BrowserSession.objects.filter(session_key=cookie).first()
        if "sign-out" in actors:
            # A tab that comes after it may write a row of its own, of nobody.
            assert row is None
            assert not BrowserSession.objects.filter(user__isnull=False).exists()
            assert not any("_auth_user_id" in one for one in rows())
            revoked = [c for c in wire.calls if c.request.url.endswith("/revoke")]
            assert parse_qs(revoked[-1].request.body) == {"token": [provider.current]}
        else:
            assert row and signed_in_client.session.tokens.refresh_token == provider.current
            assert signed_in_client.session["seen"] == "something of the slow tab"
