"""``manage.py doctor`` names what is wrong and what to do."""

import time
from collections.abc import Callable, Iterator
from io import StringIO
from typing import Any

import pytest
import responses
from django.conf import settings
from django.core.management import CommandError, call_command
from django.test import Client
from django.utils import timezone

from cognito import pool
from identity.models import BrowserSession, User
from identity.sessions import SessionStore
from tests import builders, canaries
from tests.identity.hostile_provider import HostileProvider, Reply

REGISTERED = {
    "CallbackURLs": [f"{settings.PUBLIC_URL}/oidc/callback/"],
    "LogoutURLs": [f"{settings.PUBLIC_URL}/signed-out/"],
}
ELEVEN_HOURS = {
    "RefreshTokenValidity": 11,
    "TokenValidityUnits": {"RefreshToken": "hours"},
}


@pytest.fixture
def healthy(
    provider: HostileProvider, settings: Any, monkeypatch: pytest.MonkeyPatch
) -> Iterator[HostileProvider]:
    """A user pool and an API as they should be."""
    settings.COGNITO_ENDPOINT_URL = provider.url
    settings.NOTES_API_URL = f"{provider.url}/v1"
    for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"):
        monkeypatch.setenv(name, "local")
    pool._client.cache_clear()
    issuer = settings.COGNITO_ISSUER
    provider.answers = {
        "openid-configuration": Reply(
            body={
                "issuer": issuer,
                "authorization_endpoint": f"{provider.url}/oauth2/authorize",
                "token_endpoint": f"{provider.url}/oauth2/token",
                "userinfo_endpoint": f"{provider.url}/oauth2/userInfo",
                "jwks_uri": settings.OIDC_OP_JWKS_ENDPOINT,
            }
        ),
        "notes": Reply(status=401),
        "": Reply(body={"UserPoolClient": REGISTERED}),
    }
    yield provider
    pool._client.cache_clear()


def report(*arguments: str) -> tuple[str, bool]:
    """What it prints, and whether it found nothing wrong."""
    said = StringIO()
    try:
        call_command("doctor", *arguments, stdout=said)
    except CommandError as error:
        return f"{said.getvalue()}{error}", False
    return said.getvalue(), True


# Which of the two signed a token, nobody could say.
TWINS = {"keys": builders.jwks()["keys"] + builders.jwks(builders.KID)["keys"]}

BAD: dict[str, tuple[str, Reply, str]] = {
    "no keys": ("jwks.json", Reply(body={"keys": []}), "COGNITO_USER_POOL_ID"),
    "no pool": ("jwks.json", Reply(status=404), "COGNITO_USER_POOL_ID"),
    "keys that sign nothing": (
        "jwks.json",
        Reply(body={"keys": [7, {"kty": "EC", "kid": "a"}]}),
        "no usable key",
    ),
    "two keys of one id": ("jwks.json", Reply(body=TWINS), "keys share one id"),
    "another domain": (
        "openid-configuration",
        Reply(body={"issuer": "https://other.example.com"}),
        "its issuer is https://other.example.com",
    ),
    "an open API": ("notes", Reply(status=200), "authorizer on every operation"),
    "a wrong stage": ("notes", Reply(status=403), "correct NOTES_API_URL"),
    "an API that is down": ("notes", Reply(how="reset"), "no usable answer"),
    "a callback that is not registered": (
        "",
        Reply(body={"UserPoolClient": {**REGISTERED, "CallbackURLs": []}}),
        "/oidc/callback/ is not among its CallbackURLs",
    ),
    "a sign-out that is not registered": (
        "",
        Reply(body={"UserPoolClient": {**REGISTERED, "LogoutURLs": []}}),
        "/signed-out/ is not among its LogoutURLs",
    ),
    "refresh tokens that end before sessions do": (
        "",
        Reply(body={"UserPoolClient": {**REGISTERED, **ELEVEN_HOURS}}),
        "refresh tokens end after 11 hours",
    ),
}


class DoctorTests:
    def test_it_finds_nothing_where_all_is_well(self, healthy: HostileProvider) -> None:
        said, is_good = report()
        assert is_good and said.count("good  ") == 5, said

    @pytest.mark.parametrize(("endpoint", "reply", "text"), BAD.values(), ids=BAD.keys())
    def test_it_says_what_is_wrong(
        self, healthy: HostileProvider, endpoint: str, reply: Reply, text: str
    ) -> None:
        healthy.answers[endpoint] = reply
        said, is_good = report()
        assert not is_good and text in said, said

    @pytest.mark.parametrize(
        "name",
        ["issuer", "authorization_endpoint", "token_endpoint", "userinfo_endpoint", "jwks_uri"],
    )
    def test_it_compares_every_endpoint_that_the_site_uses(
        self, name: str, healthy: HostileProvider
    ) -> None:
        described = {**healthy.answers["openid-configuration"].body, name: "https://other.example"}
        healthy.answers["openid-configuration"] = Reply(body=described)
        said, is_good = report()
        assert not is_good and f"its {name} is https://other.example, not" in said, said

    def test_it_notices_a_wrong_clock(self, healthy: HostileProvider) -> None:
        healthy.answers["jwks.json"] = Reply(
            body=healthy.keys, headers={"Date": "Sat, 21 Nov 2020 10:00:00 GMT"}
        )
        said, is_good = report()
        assert not is_good and "switch on time synchronisation" in said

    def test_what_it_may_not_look_at_is_no_failure(self, healthy: HostileProvider) -> None:
        healthy.answers[""] = Reply(status=400, body={"__type": "AccessDeniedException"})
        said, is_good = report()
        assert is_good and "needs credentials with cognito-idp:DescribeUserPoolClient" in said


ANSWERS = {
    200: (True, "good  administration.D006 notes API with a token: it accepts the id token."),
    401: (False, "NOTES_API_TOKEN=id needs the template's ApiAuthorizer=UserPool"),
    403: (False, "correct NOTES_API_URL, or see the authorizer's logs"),
    500: (False, "it answers 500 instead of 200"),
}


@pytest.mark.django_db
class TokenTests:
    @pytest.fixture
    def ada(
        self,
        wire: responses.RequestsMock,
        healthy: HostileProvider,
        sign_in: Callable[..., Client],
    ) -> Callable[..., None]:
        """Signs Ada in; the API answers the status that the test wants."""
        wire.add_passthru(healthy.url)

        def signed_in(status: int = 200, **claims: Any) -> None:
            healthy.answers[""] = lambda asked: Reply(
                **{"POST": {"body": {"UserPoolClient": REGISTERED}}, "GET": {"status": status}}[
                    asked.method
                ]
            )
            sign_in(**claims)

        return signed_in

    def test_it_is_not_looked_at_unless_told_as_whom(self, healthy: HostileProvider) -> None:
        said, is_good = report()
        assert (
            is_good
            and "?     administration.D006 notes API with a token: not looked at; say --as" in said
        )

    @pytest.mark.parametrize(("status", "expected"), ANSWERS.items())
    def test_the_api_is_asked_as_the_web_application_does(
        self,
        status: int,
        expected: tuple[bool, str],
        ada: Callable[..., None],
        healthy: HostileProvider,
    ) -> None:
        ada(status)
        said, is_good = report("--as", "Ada@example.com")
        assert is_good == expected[0] and expected[1] in said
        (asked,) = healthy.requests("/v1/")
        tokens = SessionStore(BrowserSession.objects.get().session_key).tokens
        assert tokens and asked.headers["Authorization"] == tokens.id_token
        assert tokens.id_token not in said

    def test_it_sends_the_kind_that_the_authorizer_takes(
        self, ada: Callable[..., None], healthy: HostileProvider, settings: Any
    ) -> None:
        settings.NOTES_API_TOKEN = "access"
        ada(401)
        said, is_good = report("--as", "ada@example.com")
        assert not is_good and "ApiAuthorizer=AccessToken" in said
        (asked,) = healthy.requests("/v1/")
        assert asked.headers["Authorization"] == canaries.ACCESS_TOKEN

    def test_a_token_that_has_ended_is_neither_used_nor_refreshed(
        self, ada: Callable[..., None], healthy: HostileProvider
    ) -> None:
        ada(exp=int(time.time()) - 1)
        self.nobody_is_asked("ada@example.com", healthy)

    def test_a_session_that_has_ended_is_not_used(
        self, ada: Callable[..., None], healthy: HostileProvider
    ) -> None:
        ada()
        BrowserSession.objects.update(expire_date=timezone.now())
        self.nobody_is_asked("ada@example.com", healthy)

    def test_somebody_locked_out_is_not_used(
        self, ada: Callable[..., None], healthy: HostileProvider
    ) -> None:
        ada()
        User.objects.update(is_active=False)
        self.nobody_is_asked("ada@example.com", healthy)

    def test_nobody_elses_token_is_used(
        self, ada: Callable[..., None], healthy: HostileProvider
    ) -> None:
        ada()
        self.nobody_is_asked("bob@example.com", healthy)

    def nobody_is_asked(self, email: str, healthy: HostileProvider) -> None:
        said, is_good = report("--as", email)
        assert is_good and "sign in in a browser first" in said
        assert not healthy.requests("/v1/") and not healthy.requests("/token")
