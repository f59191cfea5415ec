"""Signing out: here, at Cognito, and of other browsers."""

import time
from collections.abc import Callable
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
import requests
import responses
from django.conf import settings
from django.contrib.messages import get_messages
from django.test import Client

from identity.models import BrowserSession

pytestmark = pytest.mark.django_db

REVOKE = f"{settings.COGNITO_DOMAIN}/oauth2/revoke"


class SignOutTests:
    def test_it_revokes_ends_the_session_and_goes_on_to_cognito(
        self, signed_in_client: Client, wire: responses.RequestsMock
    ) -> None:
        wire.post(REVOKE)
        answer = signed_in_client.post("/oidc/logout/")

        assert parse_qs(str(wire.calls[-1].request.body)) == {
            "token": ["refresh-token-of-the-test"]
        }
        assert not BrowserSession.objects.exists()
        to = urlsplit(answer.headers["Location"])
        assert f"{to.scheme}://{to.netloc}{to.path}" == f"{settings.COGNITO_DOMAIN}/logout"
        assert parse_qs(to.query) == {
            "client_id": [settings.OIDC_RP_CLIENT_ID],
            "logout_uri": [f"{settings.PUBLIC_URL}/signed-out/"],
        }
        assert '"cache"' in answer.headers["Clear-Site-Data"]
        assert signed_in_client.get("/account/").status_code == 302

    def test_it_signs_out_here_when_cognito_is_down_and_says_so(
        self, signed_in_client: Client, wire: responses.RequestsMock
    ) -> None:
        wire.post(REVOKE, body=requests.ConnectionError())
        answer = signed_in_client.post("/oidc/logout/", follow=True)

        assert not BrowserSession.objects.exists()
        assert answer.redirect_chain == [("/signed-out/", 302)]
        assert [ok for _, ok in answer.context["ended"]] == [True, False, False]
        assert answer.context["tokens_until"] is not None

    def test_it_goes_on_to_cognito_when_only_the_revocation_failed(
        self, signed_in_client: Client, wire: responses.RequestsMock
    ) -> None:
        wire.post(REVOKE, status=429)
        answer = signed_in_client.post("/oidc/logout/")
        assert answer.headers["Location"].startswith(f"{settings.COGNITO_DOMAIN}/logout?")
        page = signed_in_client.get("/signed-out/")
        assert [ok for _, ok in page.context["ended"]] == [True, False, True]

    def test_after_an_outage_the_next_sign_in_first_ends_cognitos_own(
        self, signed_in_client: Client, wire: responses.RequestsMock
    ) -> None:
        """Its cookie would sign the browser in again without a password, in any tab."""
        wire.post(REVOKE, body=requests.ConnectionError())
        signed_in_client.post("/oidc/logout/")
        to = [
            signed_in_client.get("/oidc/authenticate/?next=/notes/trash/").headers["Location"]
            for _ in range(2)
        ]
        assert to[0].startswith(f"{settings.COGNITO_DOMAIN}/logout?")
        assert to[1].startswith(settings.OIDC_OP_AUTHORIZATION_ENDPOINT)
        page = signed_in_client.get("/signed-out/")
        assert "next=%2Fnotes%2Ftrash%2F" in page.content.decode()

    def test_the_page_says_nothing_to_who_did_not_sign_out(self, signed_in_client: Client) -> None:
        assert signed_in_client.get("/signed-out/").headers["Location"] == "/notes/"
        page = Client().get("/signed-out/").content.decode()
        assert "You are not signed in" in page and "ended" not in page

    def test_twice_is_fine(self, signed_in_client: Client, wire: responses.RequestsMock) -> None:
        wire.post(REVOKE)
        for _ in range(2):
            assert signed_in_client.post("/oidc/logout/").status_code == 302

    def test_a_link_cannot_sign_anybody_out(self, signed_in_client: Client) -> None:
        assert signed_in_client.get("/oidc/logout/").status_code == 405

    def test_it_needs_the_csrf_token(self, sign_in: Callable[..., Client]) -> None:
        client = sign_in(enforce_csrf_checks=True)
        assert client.post("/oidc/logout/").status_code == 403
        assert BrowserSession.objects.count() == 1


class OtherSessionsTests:
    @pytest.fixture(autouse=True)
    def _revoke(self, wire: responses.RequestsMock) -> None:
        wire.post(REVOKE)

    def test_it_ends_another_browser_of_the_same_person(
        self, sign_in: Callable[..., Client]
    ) -> None:
        here, there = sign_in(), sign_in()
        row = BrowserSession.objects.get(session_key=there.session.session_key)
        here.post(f"/account/sessions/{row.pk}/end/")
        assert there.get("/account/").status_code == 302
        assert here.session.tokens is not None

    def test_it_does_not_end_the_browser_of_somebody_else(
        self, sign_in: Callable[..., Client], caplog: pytest.LogCaptureFixture
    ) -> None:
        mallory, ada = sign_in(sub="mallory"), sign_in()
        row = BrowserSession.objects.get(session_key=ada.session.session_key)
        assert mallory.post(f"/account/sessions/{row.pk}/end/").status_code == 404
        (refused,) = [one for one in caplog.records if one.message == "access_refused"]
        assert (refused.status, refused.route) == (404, "end_session")
        assert ada.session.tokens is not None

    def test_everywhere_ends_all_browsers_before_it_waits_for_cognito(
        self, sign_in: Callable[..., Client], wire: responses.RequestsMock
    ) -> None:
        browsers = [sign_in() for _ in range(4)]
        left = []

        def hang(_: object) -> tuple[int, dict[str, str], str]:
            left.append(BrowserSession.objects.count())
            raise requests.Timeout

        wire.remove(responses.POST, REVOKE)
        wire.add_callback(responses.POST, REVOKE, hang)
        browsers[0].post("/account/sessions/end-all/")
        assert left == [0]

    def test_a_device_whose_token_may_live_on_is_told(
        self, sign_in: Callable[..., Client], wire: responses.RequestsMock
    ) -> None:
        here, there = sign_in(), sign_in()
        row = BrowserSession.objects.get(session_key=there.session.session_key)
        wire.replace(responses.POST, REVOKE, status=503)
        answer: Any = here.post(f"/account/sessions/{row.pk}/end/")
        assert not BrowserSession.objects.filter(pk=row.pk).exists()
        (said,) = get_messages(answer.wsgi_request)
        assert said.level_tag == "warning" and "did not answer" in said.message

    def test_everywhere_says_when_a_token_may_live_on(
        self, sign_in: Callable[..., Client], wire: responses.RequestsMock
    ) -> None:
        later = int(time.time()) + 30_000
        here, _ = sign_in(), sign_in(exp=later)
        wire.replace(responses.POST, REVOKE, status=503)
        here.post("/account/sessions/end-all/")
        page = here.get("/signed-out/")
        assert dict(page.context["ended"])["The token that could have renewed it"] is False
        assert page.context["tokens_until"].timestamp() == later

    def test_everywhere_means_every_browser(self, sign_in: Callable[..., Client]) -> None:
        browsers = [sign_in(), sign_in(), sign_in()]
        stranger = sign_in(sub="somebody-else")
        browsers[0].post("/account/sessions/end-all/")
        assert BrowserSession.objects.get().user.sub == "somebody-else"
        assert stranger.session.tokens is not None
