"""Signing out: here, at Cognito, and of other browsers."""

from collections.abc import Callable
from urllib.parse import parse_qs, urlsplit

import pytest
import requests
import responses
from django.conf import settings
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
        self, sign_in: Callable[..., Client]
    ) -> None:
        mallory, ada = sign_in(sub="mallory"), sign_in()
        row = BrowserSession.objects.get(session_key=ada.session.session_key)
        assert mallory.post(f"/account/sessions/{row.pk}/end/").status_code == 404
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
        # Once for the three others together, once for the one that asked.
        assert left == [1, 0]

    def test_everywhere_means_every_browser(self, sign_in: Callable[..., Client]) -> None:
        browsers = [sign_in(), sign_in(), sign_in()]
        stranger = sign_in(sub="somebody-else")
        browsers[0].post("/account/sessions/end-all/")
        assert BrowserSession.objects.get().user.sub == "somebody-else"
        assert stranger.session.tokens is not None
