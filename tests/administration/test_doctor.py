"""``manage.py doctor`` names what is wrong and what to do."""

from collections.abc import Iterator
from io import StringIO
from typing import Any

import pytest
from django.conf import settings
from django.core.management import CommandError, call_command

from administration.checks import time_outs
from cognito import pool
from tests.identity.hostile_provider import HostileProvider, Reply

REGISTERED = {
    "CallbackURLs": [f"{settings.PUBLIC_URL}/oidc/callback/"],
    "LogoutURLs": [f"{settings.PUBLIC_URL}/signed-out/"],
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
                "token_endpoint": f"{provider.url}/oauth2/token",
                "userinfo_endpoint": f"{provider.url}/oauth2/userInfo",
            }
        ),
        "notes": Reply(status=401),
        "": Reply(body={"UserPoolClient": REGISTERED}),
    }
    yield provider
    pool._client.cache_clear()


def report() -> tuple[str, bool]:
    """What it prints, and whether it found nothing wrong."""
    said = StringIO()
    try:
        call_command("doctor", stdout=said)
    except CommandError as error:
        return f"{said.getvalue()}{error}", False
    return said.getvalue(), True


BAD: dict[str, tuple[str, Reply, str]] = {
    "no keys": ("jwks.json", Reply(body={"keys": []}), "COGNITO_USER_POOL_ID"),
    "no pool": ("jwks.json", Reply(status=404), "no usable answer"),
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


class TimeOutTests:
    @pytest.mark.parametrize("timeout", [None, 0, 60])
    def test_a_call_that_may_hang_is_an_error(self, settings: Any, timeout: object) -> None:
        settings.OIDC_TIMEOUT = timeout
        assert [message.id for message in time_outs(None)] == ["administration.E004"]

    def test_the_default_is_fine(self) -> None:
        assert time_outs(None) == []
