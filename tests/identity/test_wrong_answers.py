"""A hostile provider gets nobody in and breaks nothing; the library alone lets it."""

import pytest
from django.test import Client

from identity.models import User
from tests.identity.hostile_provider import HostileProvider
from tests.identity.relying_parties import nothing_is_left, sign_in
from tests.identity.wrong_answers import WRONG_ANSWERS, WrongAnswer

pytestmark = pytest.mark.django_db

each = pytest.mark.parametrize("wrong", WRONG_ANSWERS.values(), ids=WRONG_ANSWERS.keys())


class OurSiteTests:
    @each
    def test_it_refuses_with_a_page_and_a_fresh_start(
        self, client: Client, provider: HostileProvider, wrong: WrongAnswer
    ) -> None:
        wrong.arrange(provider)
        outcome = sign_in(client, provider)

        assert outcome.verdict == "refused"
        assert outcome.status < 500 and not outcome.location
        assert "/oidc/authenticate/?next=%2Fnotes%2Ftrash%2F" in outcome.text
        assert nothing_is_left(client)
        assert {asked.path.rsplit("/", 1)[-1] for asked in provider.asked} <= {
            "token",
            "jwks.json",
            "userInfo",
            "revoke",
        }

    def test_it_accepts_a_provider_that_answers_as_it_should(
        self, client: Client, provider: HostileProvider
    ) -> None:
        assert sign_in(client, provider).verdict == "accepted"
        assert User.objects.get().email == "ada@example.com"


class PlainLibraryTests:
    """Shows that each of these answers is a real danger: the library alone does not stop it."""

    @each
    def test_its_verdict_is_the_one_on_record(
        self, stock_client: Client, provider: HostileProvider, wrong: WrongAnswer
    ) -> None:
        wrong.arrange(provider)
        assert sign_in(stock_client, provider).verdict == wrong.stock

    def test_it_accepts_a_provider_that_answers_as_it_should(
        self, stock_client: Client, provider: HostileProvider
    ) -> None:
        assert sign_in(stock_client, provider).verdict == "accepted"
