"""Nobody becomes somebody else, or staff, by what an e-mail address or userInfo says."""

from typing import Any

import pytest
from django.conf import settings
from django.db import IntegrityError
from django.test import Client

from identity.models import User
from tests.identity.hostile_provider import HostileProvider
from tests.identity.relying_parties import sign_in

pytestmark = pytest.mark.django_db

VICTIM_SUB = "11111111-0000-4000-8000-000000000001"
VICTIM_EMAIL = "root@example.com"

# What the attacker's own, properly signed ID token and userInfo say.
ATTACKS: dict[str, dict[str, Any]] = {
    "the victim's e-mail, unverified": {"email": VICTIM_EMAIL, "email_verified": False},
    "the victim's e-mail, verified": {"email": VICTIM_EMAIL, "email_verified": True},
    "verified as a text": {"email": VICTIM_EMAIL, "email_verified": "true"},
    "no word on whether it is verified": {"email": VICTIM_EMAIL, "email_verified": None},
    "in capitals": {"email": "ROOT@EXAMPLE.COM"},
    "in mixed case": {"email": "Root@Example.com"},
    "with a space": {"email": " root@example.com"},
    "with a tab after it": {"email": "root@example.com\t"},
    "with a NUL": {"email": "root@example.com\0"},
    "with a tag": {"email": "root+x@example.com"},
    "with a Cyrillic o": {"email": "rооt@example.com"},
    "full width": {"email": "ｒｏｏｔ@example.com"},
    "dotless i, as in a case-folding collision": {"email": "root@example.com".replace("e", "ė")},
    "a zero-width space": {"email": "root\u200b@example.com"},
    "two at-signs": {"email": "root@example.com@evil.example"},
    "a display name": {"email": '"root@example.com" <x@evil.example>'},
    "a list of addresses": {"email": [VICTIM_EMAIL]},
    "an object": {"email": {"value": VICTIM_EMAIL}},
    "a trailing dot": {"email": "root@example.com."},
    "a comment": {"email": "root(x)@example.com"},
    "the victim's user name": {"cognito:username": VICTIM_SUB},
    "the victim's preferred user name": {"preferred_username": "root"},
    "the victim's sub with a space": {"sub": f"{VICTIM_SUB} "},
    "the victim's sub in another case": {"sub": f"{VICTIM_SUB}A"},
    "the victim's sub as identity": {"identities": [{"userId": VICTIM_SUB}]},
    "a claim that says staff": {"is_staff": True, "is_superuser": True, "groups": ["admins"]},
    "a group of a similar name": {"cognito:groups": ["Admins", "admins ", "аdmins"]},
    "groups nested": {"cognito:groups": [["admins"], {"admins": 1}]},
    "a role instead of a group": {"cognito:roles": ["admins"], "custom:role": "admins"},
    "a scope that says admin": {"scope": "admins", "cognito:preferred_role": "admins"},
}

USER_INFO: dict[str, dict[str, Any]] = {
    "userInfo with the victim's sub": {"sub": VICTIM_SUB},
    "userInfo with the victim's e-mail": {"email": VICTIM_EMAIL, "email_verified": True},
    "userInfo with groups": {"cognito:groups": ["admins"], "is_staff": True},
}


@pytest.fixture
def victim() -> User:
    return User.objects.create(
        username="root",
        email=VICTIM_EMAIL,
        issuer=settings.COGNITO_ISSUER,
        sub=VICTIM_SUB,
        is_staff=True,
        is_superuser=True,
    )


def attack(client: Client, provider: HostileProvider) -> User | None:
    """Whoever the attacker is signed in as."""
    sign_in(client, provider)
    cookie = client.cookies.get(settings.SESSION_COOKIE_NAME)
    if not cookie or not cookie.value:
        return None
    return User.objects.get(pk=client.session["_auth_user_id"])


def is_untouched(victim: User) -> bool:
    now = User.objects.get(pk=victim.pk)
    return (now.email, now.sub, now.is_superuser) == (VICTIM_EMAIL, VICTIM_SUB, True)


class TakeoverTests:
    @pytest.mark.parametrize("claims", ATTACKS.values(), ids=ATTACKS.keys())
    def test_claims_do_not_make_anybody_somebody_else(
        self, client: Client, provider: HostileProvider, victim: User, claims: dict[str, Any]
    ) -> None:
        provider.claims = {"sub": "the-attacker", **claims}
        user = attack(client, provider)
        assert user and user.pk != victim.pk
        assert not user.is_staff and not user.is_superuser and not user.has_usable_password()
        assert is_untouched(victim)

    @pytest.mark.parametrize("user_info", USER_INFO.values(), ids=USER_INFO.keys())
    def test_user_info_does_not_either(
        self, client: Client, provider: HostileProvider, victim: User, user_info: dict[str, Any]
    ) -> None:
        provider.claims = {"sub": "the-attacker"}
        provider.user_info = user_info
        user = attack(client, provider)
        assert user is None or (user.pk != victim.pk and not user.is_staff)
        assert is_untouched(victim)

    def test_the_same_sub_of_another_issuer_is_somebody_else(
        self, client: Client, provider: HostileProvider, victim: User, settings: Any
    ) -> None:
        """As after a move to another user pool."""
        User.objects.filter(pk=victim.pk).update(issuer="https://former.example.com/pool")
        provider.claims = {"sub": VICTIM_SUB}
        user = attack(client, provider)
        assert user and user.pk != victim.pk and not user.is_staff

    def test_an_address_moved_to_a_newer_account_moves_nothing_else(
        self, provider: HostileProvider, victim: User
    ) -> None:
        provider.claims = {"sub": "the-attacker", "email": VICTIM_EMAIL}
        newer = attack(Client(), provider)
        provider.claims = {"sub": VICTIM_SUB, "email": "root@new.example.com"}
        again = attack(Client(), provider)
        assert newer and again and again.pk == victim.pk and newer.pk != victim.pk
        assert again.email == "root@new.example.com"

    def test_the_database_holds_one_row_for_a_sub(self, victim: User) -> None:
        with pytest.raises(IntegrityError):
            User.objects.create(username="copy", issuer=victim.issuer, sub=victim.sub)
