"""Signing in: from the first redirect to the session, and everything that can go wrong."""

import hashlib
from base64 import urlsafe_b64decode, urlsafe_b64encode
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
import requests
import responses
from django.conf import settings
from django.test import Client
from django.urls import reverse

from identity.models import BrowserSession, User
from tests import builders, canaries

pytestmark = pytest.mark.django_db

CALLBACK = "/oidc/callback/"


def begin(client: Client, next_url: str = "/notes/trash/") -> dict[str, str]:
    """Start a sign-in; the parameters that went to the hosted UI."""
    answer = client.get("/oidc/authenticate/", {"next": next_url})
    assert answer.status_code == 302
    query = parse_qs(urlsplit(answer.headers["Location"]).query)
    return {name: values[0] for name, values in query.items()}


def serve_tokens(wire: responses.RequestsMock, nonce: str, **changes: Any) -> None:
    wire.post(
        settings.OIDC_OP_TOKEN_ENDPOINT,
        json={
            "id_token": builders.id_token(nonce=nonce, **changes),
            "access_token": "the-access-token",
            "refresh_token": "the-refresh-token",
            "token_type": "Bearer",
            "expires_in": 3600,
        },
    )
    claims = builders.claims(**changes)
    wire.upsert(responses.GET, settings.OIDC_OP_USER_ENDPOINT, json={"sub": claims.get("sub")})


def finish(client: Client, wire: responses.RequestsMock, **changes: Any) -> Any:
    """A whole sign-in with those changes to the ID token's claims; the callback's answer."""
    sent = begin(client)
    serve_tokens(wire, **{"nonce": sent["nonce"], **changes})
    return client.get(CALLBACK, {"code": "the-code", "state": sent["state"]})


class BeginTests:
    def test_it_sends_everything_that_the_hosted_ui_needs(self, client: Client) -> None:
        sent = begin(client)

        assert sent["response_type"] == "code"
        assert sent["client_id"] == settings.OIDC_RP_CLIENT_ID
        assert sent["redirect_uri"] == f"{settings.PUBLIC_URL}{CALLBACK}"
        assert sent["scope"] == "openid email profile"
        assert sent["code_challenge_method"] == "S256"
        assert len(sent["code_challenge"]) == 43
        assert len(sent["state"]) >= 32 and len(sent["nonce"]) >= 32

    def test_it_opens_the_sign_up_page_on_request(self, client: Client) -> None:
        answer = client.get("/oidc/authenticate/", {"screen": "signup"})
        assert answer.headers["Location"].startswith(f"{settings.COGNITO_DOMAIN}/signup?")

    def test_it_writes_no_row(self, client: Client) -> None:
        for _ in range(20):
            begin(client)
        assert BrowserSession.objects.count() == 0

    def test_it_keeps_the_newest_ten_attempts(self, client: Client) -> None:
        for _ in range(15):
            begin(client)
        assert len([name for name in client.cookies if client.cookies[name].value]) == 10

    def test_a_window_restored_with_a_hundred_tabs_can_sign_in_from_each(
        self, client: Client, wire: responses.RequestsMock
    ) -> None:
        """All of them begin before the first answer has come."""
        at_once = [Client() for _ in range(100)]
        sent = [begin(tab, f"/notes/?q={'é' * 199}") for tab in at_once]
        for tab in at_once:
            client.cookies.update(tab.cookies)
        header = "; ".join(f"{name}={cookie.value}" for name, cookie in client.cookies.items())
        # gunicorn's limit of one header.
        assert len(header) < 8_190
        for one in (sent[0], sent[-1]):
            serve_tokens(wire, one["nonce"])
            answer = client.get(CALLBACK, {"code": "c", "state": one["state"]})
            assert answer.status_code == 302
            wire.remove(responses.POST, settings.OIDC_OP_TOKEN_ENDPOINT)

    def test_its_state_tells_nobody_where_the_person_was(self, client: Client) -> None:
        sent = begin(client, "/notes/?q=secret")
        again = begin(client, "/notes/?q=secret")
        assert "secret" not in urlsafe_b64decode(sent["state"]).decode("latin-1")
        assert sent["state"] != again["state"] and sent["nonce"] != again["nonce"]

    @pytest.mark.parametrize("address", ["/oidc/authenticate/", CALLBACK, f"{CALLBACK}?code=c"])
    def test_no_step_of_it_stays_in_a_cache(self, client: Client, address: str) -> None:
        assert "no-store" in client.get(address).headers["Cache-Control"]

    def test_its_cookie_is_out_of_reach_for_scripts(self, client: Client) -> None:
        answer = client.get("/oidc/authenticate/")
        (cookie,) = answer.cookies.values()
        assert cookie["httponly"] and cookie["samesite"] == "Lax" and cookie["path"] == "/"


class FinishTests:
    def test_it_signs_in_and_goes_where_the_person_wanted(
        self, client: Client, wire: responses.RequestsMock
    ) -> None:
        answer = finish(client, wire)

        assert answer.status_code == 302 and answer.headers["Location"] == "/notes/trash/"
        user = User.objects.get()
        assert (user.issuer, user.sub) == (settings.COGNITO_ISSUER, builders.claims()["sub"])
        assert user.email == "ada@example.com" and not user.has_usable_password()
        assert client.session.tokens.refresh_token == "the-refresh-token"

    def test_it_sends_the_verifier_that_fits_the_challenge(
        self, client: Client, wire: responses.RequestsMock
    ) -> None:
        sent = begin(client)
        serve_tokens(wire, sent["nonce"])
        client.get(CALLBACK, {"code": "the-code", "state": sent["state"]})

        form = parse_qs(str(wire.calls[0].request.body))
        digest = hashlib.sha256(form["code_verifier"][0].encode()).digest()
        assert urlsafe_b64encode(digest).rstrip(b"=").decode() == sent["code_challenge"]
        assert form["redirect_uri"] == [f"{settings.PUBLIC_URL}{CALLBACK}"]
        assert wire.calls[0].request.req_kwargs["timeout"].total == settings.OIDC_TIMEOUT

    def test_it_keeps_no_token_in_plain_text(
        self, client: Client, wire: responses.RequestsMock
    ) -> None:
        finish(client, wire)
        row = BrowserSession.objects.get()
        assert row.tokens and not canaries.found(row.tokens, {"token"}, canaries.JWT)
        assert not canaries.found(row.session_data, {"_auth_user_id"}, canaries.JWT)

    def test_a_second_sign_in_gives_up_the_tokens_of_the_first(
        self, client: Client, wire: responses.RequestsMock
    ) -> None:
        revocation = wire.post(f"{settings.COGNITO_DOMAIN}/oauth2/revoke")
        finish(client, wire)
        assert revocation.call_count == 0
        finish(client, wire)
        assert revocation.call_count == 1 and BrowserSession.objects.count() == 1

    def test_it_clears_away_sessions_that_have_expired(
        self, client: Client, wire: responses.RequestsMock, clock: Any
    ) -> None:
        finish(Client(), wire)
        clock.shift(settings.SESSION_COOKIE_AGE + 61)
        wire.remove(responses.POST, settings.OIDC_OP_TOKEN_ENDPOINT)
        revocation = wire.post(f"{settings.COGNITO_DOMAIN}/oauth2/revoke")
        finish(client, wire)
        assert revocation.call_count == 1
        assert BrowserSession.objects.get().session_key == client.session.session_key

    def test_it_finds_the_same_person_after_a_change_of_email(
        self, client: Client, wire: responses.RequestsMock
    ) -> None:
        finish(client, wire)
        wire.remove(responses.POST, settings.OIDC_OP_TOKEN_ENDPOINT)
        finish(Client(), wire, email="ada@new.example.com")
        assert User.objects.get().email == "ada@new.example.com"

    def test_it_never_matches_people_by_email(
        self, client: Client, wire: responses.RequestsMock
    ) -> None:
        root = User.objects.create_superuser("root", "ada@example.com", None)
        finish(client, wire)
        user = User.objects.exclude(pk=root.pk).get()
        assert not user.is_staff and not user.is_superuser

    def test_it_gives_a_new_session_key_also_at_a_repeated_sign_in(
        self, client: Client, wire: responses.RequestsMock
    ) -> None:
        finish(client, wire)
        first = client.cookies[settings.SESSION_COOKIE_NAME].value
        wire.remove(responses.POST, settings.OIDC_OP_TOKEN_ENDPOINT)
        finish(client, wire)
        assert client.cookies[settings.SESSION_COOKIE_NAME].value != first
        assert BrowserSession.objects.count() == 1

    def test_ten_parallel_attempts_each_end_where_they_began(
        self, client: Client, wire: responses.RequestsMock
    ) -> None:
        attempts = [(f"/notes/n{i}/", begin(client, f"/notes/n{i}/")) for i in range(10)]
        for next_url, sent in attempts:
            serve_tokens(wire, sent["nonce"])
            answer = client.get(CALLBACK, {"code": "c", "state": sent["state"]})
            assert answer.headers["Location"] == next_url
            wire.remove(responses.POST, settings.OIDC_OP_TOKEN_ENDPOINT)


class AddressTests:
    def sign_in_from(
        self, client: Client, wire: responses.RequestsMock, **headers: str
    ) -> str | None:
        sent = begin(client)
        serve_tokens(wire, sent["nonce"])
        query = {"code": "the-code", "state": sent["state"]}
        client.get(CALLBACK, query, headers=headers)
        return BrowserSession.objects.get().ip

    def test_without_a_proxy_a_header_counts_for_nothing(
        self, client: Client, wire: responses.RequestsMock
    ) -> None:
        assert self.sign_in_from(client, wire, X_Real_IP="203.0.113.7") == "127.0.0.1"

    @pytest.mark.parametrize(
        ("told", "kept"), [("203.0.113.7", "203.0.113.7"), ("garbage", None), ("", None)]
    )
    def test_behind_the_proxy_its_word_counts(
        self, client: Client, wire: responses.RequestsMock, settings: Any, told: str, kept: object
    ) -> None:
        settings.TRUSTED_PROTO_HEADER = "X-Forwarded-Proto"
        assert self.sign_in_from(client, wire, X_Real_IP=told) == kept


class RefuseTests:
    def refused(self, client: Client, answer: Any, status: int = 400) -> str:
        assert answer.status_code == status
        assert BrowserSession.objects.count() == 0
        text = answer.content.decode()
        assert "/oidc/authenticate/" in text
        return text

    def test_it_offers_a_fresh_start_to_the_same_place(
        self, client: Client, wire: responses.RequestsMock
    ) -> None:
        text = self.refused(client, finish(client, wire, aud="another"))
        assert "/oidc/authenticate/?next=%2Fnotes%2Ftrash%2F" in text
        assert User.objects.count() == 0

    def test_it_refuses_the_nonce_of_another_attempt(
        self, client: Client, wire: responses.RequestsMock
    ) -> None:
        self.refused(client, finish(client, wire, nonce="another"))

    def test_it_refuses_an_unknown_state(
        self, client: Client, wire: responses.RequestsMock
    ) -> None:
        begin(client)
        self.refused(client, client.get(CALLBACK, {"code": "c", "state": "forged"}))

    def test_it_refuses_the_attempt_of_another_browser(
        self, client: Client, wire: responses.RequestsMock
    ) -> None:
        sent = begin(Client())
        self.refused(client, client.get(CALLBACK, {"code": "c", "state": sent["state"]}))

    def test_it_refuses_an_attempt_older_than_ten_minutes(
        self, client: Client, wire: responses.RequestsMock, clock: Any
    ) -> None:
        sent = begin(client)
        clock.shift(601)
        text = self.refused(client, client.get(CALLBACK, {"code": "c", "state": sent["state"]}))
        assert "/oidc/authenticate/?next=%2Fnotes%2Ftrash%2F" in text

    def test_it_takes_a_state_only_once(self, client: Client, wire: responses.RequestsMock) -> None:
        sent = begin(client)
        wire.post(settings.OIDC_OP_TOKEN_ENDPOINT, status=400, json={"error": "invalid_grant"})
        for _ in range(2):
            self.refused(client, client.get(CALLBACK, {"code": "c", "state": sent["state"]}))
        assert len(wire.calls) == 1

    @pytest.mark.parametrize("is_late", [False, True])
    def test_who_is_signed_in_goes_on_from_a_stale_callback(
        self, client: Client, wire: responses.RequestsMock, clock: Any, *, is_late: bool
    ) -> None:
        sent = begin(client)
        finish(client, wire)
        key = client.session.session_key
        wire.replace(
            responses.POST,
            settings.OIDC_OP_TOKEN_ENDPOINT,
            status=400,
            json={"error": "invalid_grant"},
        )
        clock.shift(601 if is_late else 0)
        answer = client.get(CALLBACK, {"code": "used", "state": sent["state"]})
        assert answer.headers["Location"] == "/notes/trash/"
        assert client.session.session_key == key

    def test_it_gives_up_tokens_that_it_refuses(
        self, client: Client, wire: responses.RequestsMock
    ) -> None:
        revocation = wire.post(f"{settings.COGNITO_DOMAIN}/oauth2/revoke")
        self.refused(client, finish(client, wire, aud="another"))
        assert revocation.call_count == 1

    @pytest.mark.parametrize(
        ("endpoint", "status"),
        [
            ("OIDC_OP_USER_ENDPOINT", 503),
            ("OIDC_OP_USER_ENDPOINT", 401),
            ("OIDC_OP_JWKS_ENDPOINT", 503),
        ],
    )
    def test_it_gives_up_tokens_that_it_cannot_use(
        self, client: Client, wire: responses.RequestsMock, endpoint: str, status: int
    ) -> None:
        sent = begin(client)
        serve_tokens(wire, sent["nonce"])
        wire.replace(responses.GET, getattr(settings, endpoint), status=status)
        revocation = wire.post(f"{settings.COGNITO_DOMAIN}/oauth2/revoke")
        client.get(CALLBACK, {"code": "the-code", "state": sent["state"]})
        assert revocation.call_count == 1 and not BrowserSession.objects.exists()

    @pytest.mark.parametrize(
        "fault",
        [
            {"status": 500},
            {"status": 200, "body": "<html>"},
            {"status": 200, "json": []},
            {"status": 200, "json": {"access_token": "a"}},
            {"status": 200, "json": {"id_token": {}, "access_token": 7}},
            {"body": requests.ConnectionError("down")},
            {"body": requests.Timeout("slow")},
            {"status": 429, "json": {"error": "too_many"}},
            {"status": 302, "headers": {"Location": "https://elsewhere.example/"}},
        ],
    )
    def test_it_says_so_when_the_provider_does_not_answer_well(
        self, client: Client, wire: responses.RequestsMock, fault: dict[str, Any]
    ) -> None:
        sent = begin(client)
        wire.post(settings.OIDC_OP_TOKEN_ENDPOINT, **fault)
        answer = client.get(CALLBACK, {"code": "c", "state": sent["state"]})
        assert "does not answer" in self.refused(client, answer, 200)

    def test_it_lets_no_deactivated_person_in(
        self, client: Client, wire: responses.RequestsMock
    ) -> None:
        finish(Client(), wire)
        User.objects.update(is_active=False)
        BrowserSession.objects.all().delete()
        wire.remove(responses.POST, settings.OIDC_OP_TOKEN_ENDPOINT)
        revocation = wire.post(f"{settings.COGNITO_DOMAIN}/oauth2/revoke")
        self.refused(client, finish(client, wire), 403)
        assert revocation.call_count == 1

    @pytest.mark.parametrize(
        "query", [{"error": "access_denied"}, {"code": "c", "state": "s"}, {"error": "x"}, {}]
    )
    def test_a_forged_callback_changes_nothing_for_somebody_signed_in(
        self, signed_in_client: Client, query: dict[str, str]
    ) -> None:
        answer = signed_in_client.get(CALLBACK, query)
        assert answer.status_code == 302 and answer.headers["Location"] == reverse("notes:list")
        assert signed_in_client.session.tokens is not None

    @pytest.mark.parametrize(
        "next_url",
        ["https://evil.example/", "//evil.example", "/\\evil.example", "javascript:alert(1)", ""],
    )
    def test_it_never_leaves_the_site(
        self, client: Client, wire: responses.RequestsMock, next_url: str
    ) -> None:
        sent = begin(client, next_url)
        serve_tokens(wire, sent["nonce"])
        answer = client.get(CALLBACK, {"code": "c", "state": sent["state"]})
        assert answer.headers["Location"] == reverse("notes:list")


class GroupTests:
    def test_admins_become_staff_and_leaving_unmakes_them(
        self, client: Client, wire: responses.RequestsMock
    ) -> None:
        finish(client, wire, **{"cognito:groups": ["admins", "writers"]})
        user = User.objects.get()
        assert user.is_staff and user.is_superuser
        assert set(user.groups.values_list("name", flat=True)) == {"admins", "writers"}

        wire.remove(responses.POST, settings.OIDC_OP_TOKEN_ENDPOINT)
        finish(client, wire)
        user.refresh_from_db()
        assert not user.is_staff and not user.is_superuser
        assert not user.groups.exists()
