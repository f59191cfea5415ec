"""Who somebody is: mozilla-django-oidc 5.0.2 by itself, beside our site.

Its weaknesses 11 to 15; 10, userInfo of somebody else, is in test_wrong_answers.py.
"""

from typing import Any

import pytest
from django.db.models import QuerySet
from django.test import Client

from identity.models import User
from tests.identity.hostile_provider import HostileProvider
from tests.identity.relying_parties import sign_in

pytestmark = pytest.mark.django_db


def comes_as(provider: HostileProvider, sub: str, email: str | None, **claims: Any) -> None:
    """Whoever signs in next is that person, by the ID token and by userInfo."""
    provider.claims = {"sub": sub, "email": email, **claims}
    provider.user_info = {"email": email}


def stays_in_when_deactivated(client: Client, provider: HostileProvider, path: str) -> bool:
    assert sign_in(client, provider).is_signed_in
    User.objects.update(is_active=False)
    user = client.get(path).wsgi_request.user
    return bool(user.is_authenticated)


class SameEmailTests:
    """Weakness 11."""

    @pytest.fixture
    def root(self, provider: HostileProvider) -> str:
        """A superuser's key; a stranger comes, who says that the superuser's address is theirs."""
        comes_as(provider, "a-stranger", "Ada@Example.com", email_verified=False)
        return str(User.objects.create_superuser("root", "ada@example.com", None).pk)

    def test_plain_takes_over_whoever_has_the_email(
        self, plain: Client, provider: HostileProvider, root: str
    ) -> None:
        assert sign_in(plain, provider).is_signed_in
        assert plain.session["_auth_user_id"] == root

    def test_ours_knows_people_by_sub(
        self, ours: Client, provider: HostileProvider, root: str
    ) -> None:
        assert sign_in(ours, provider).is_signed_in
        assert ours.session["_auth_user_id"] != root


class NoEmailTests:
    """Weakness 12: the user name is a digest of the address, for everybody without one the same."""

    def two_people(self, client: Client, provider: HostileProvider, settings: Any) -> str:
        settings.OIDC_RP_SCOPES = "openid"
        comes_as(provider, "ada", None)
        assert sign_in(client, provider).is_signed_in
        comes_as(provider, "bob", None)
        return sign_in(Client(), provider).verdict

    def test_plain_breaks_at_the_second_person(
        self, plain: Client, provider: HostileProvider, settings: Any
    ) -> None:
        assert self.two_people(plain, provider, settings) == "broken"

    def test_ours_lets_both_in(
        self, ours: Client, provider: HostileProvider, settings: Any
    ) -> None:
        assert self.two_people(ours, provider, settings) == "accepted"
        assert set(User.objects.values_list("sub", flat=True)) == {"ada", "bob"}


class FirstSignInTwiceTests:
    """Weakness 13: another tab stores the person after this one looked for them."""

    def test_plain_breaks_in_the_slower_tab(
        self, plain: Client, provider: HostileProvider, settings: Any
    ) -> None:
        def name_of(email: str) -> str:
            # The library asks for the name in between.
            User.objects.create_user("ada", email)
            return "ada"

        settings.OIDC_USERNAME_ALGO = name_of
        assert sign_in(plain, provider).verdict == "broken"

    def test_ours_signs_both_in_as_one_person(
        self, ours: Client, provider: HostileProvider, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        look = QuerySet.get

        def look_and_be_overtaken(self: QuerySet, *args: Any, **asked: Any) -> Any:
            try:
                return look(self, *args, **asked)
            except User.DoesNotExist:
                User.objects.create(**asked)
                raise

        monkeypatch.setattr(QuerySet, "get", look_and_be_overtaken)
        assert sign_in(ours, provider).is_signed_in
        assert User.objects.get().email == "ada@example.com"


class DeactivatedTests:
    """Weakness 14."""

    def test_plain_keeps_them_in(self, plain: Client, provider: HostileProvider) -> None:
        assert stays_in_when_deactivated(plain, provider, "/")

    def test_ours_lets_them_out(self, ours: Client, provider: HostileProvider) -> None:
        assert not stays_in_when_deactivated(ours, provider, "/signed-out/")


class ChangedEmailTests:
    """Weakness 15."""

    def emails(self, client: Client, provider: HostileProvider) -> list[str]:
        for email in ("ada@example.com", "augusta@example.com"):
            comes_as(provider, "ada", email)
            assert sign_in(client, provider).is_signed_in
        return sorted(User.objects.values_list("email", flat=True))

    def test_plain_makes_another_person_of_them(
        self, plain: Client, provider: HostileProvider
    ) -> None:
        assert self.emails(plain, provider) == ["ada@example.com", "augusta@example.com"]

    def test_ours_follows(self, ours: Client, provider: HostileProvider) -> None:
        assert self.emails(ours, provider) == ["augusta@example.com"]
