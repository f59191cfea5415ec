"""Whatever a provider sends for an ID token: only the right one signs anybody in.

``TOKENS=2000`` tries that many (the campaign); the suite tries some of them.
"""

import json
import os
import time
from base64 import urlsafe_b64encode
from typing import Any

import pytest
from django.test import Client
from hypothesis import HealthCheck, given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st

from tests import builders
from tests.identity.hostile_provider import HostileProvider, signed
from tests.identity.relying_parties import nothing_is_left, sign_in

pytestmark = pytest.mark.django_db

TOKENS = int(os.environ.get("TOKENS", "100"))
NOW = int(time.time())
MISSING = "a claim that is not there"

# With halves of surrogate pairs, which JSON can carry and no database or header can.
texts = st.text(st.characters(), max_size=20)
values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | texts,
    lambda parts: st.lists(parts, max_size=3) | st.dictionaries(texts, parts, max_size=3),
    max_leaves=6,
)


def is_a_possible_sub(value: Any) -> bool:
    return isinstance(value, str) and value != MISSING and value.isascii() and value.isprintable()


def is_a_possible_time(value: Any) -> bool:
    return type(value) is int and NOW - 3_600 < value < NOW + 100_000


# For each claim that matters, values of which none is right.
WRONG: dict[str, st.SearchStrategy[Any]] = {
    "iss": values | st.just(MISSING) | st.just("https://cognito-idp.eu-central-1.amazonaws.com/x"),
    "aud": values | st.just(MISSING) | st.lists(texts),
    "token_use": values | st.just(MISSING) | st.sampled_from(["access", "ID", ["id"]]),
    "nonce": values | st.just(MISSING),
    "sub": (values | st.just(MISSING)).filter(lambda value: not is_a_possible_sub(value)),
    "exp": (values | st.just(MISSING) | st.integers(0, NOW - 120)).filter(
        lambda value: not is_a_possible_time(value)
    ),
    "iat": (values | st.just(MISSING) | st.integers(min_value=NOW + 90_000)).filter(
        lambda value: type(value) is not int or value > NOW + 3_600
    ),
}
OTHERS = ["email", "name", "azp", "at_hash", "nbf", "cognito:groups", "cognito:username", "jti"]


@st.composite
def wrong_claims(draw: st.DrawFn) -> dict[str, Any]:
    """Changes to a valid token's claims, of which one at least makes it wrong."""
    names = draw(st.lists(st.sampled_from(sorted(WRONG)), min_size=1, max_size=3, unique=True))
    others = draw(st.dictionaries(st.sampled_from(OTHERS) | texts, values, max_size=3))
    return {**others, **{name: draw(WRONG[name]) for name in names}}


def encoded(part: Any) -> str:
    return urlsafe_b64encode(json.dumps(part).encode()).rstrip(b"=").decode()


# What is no signed token of ours at all: any JSON value, any text, any three parts.
anything = (
    values
    | st.text()
    | st.tuples(values, values, st.text(max_size=400)).map(
        lambda parts: f"{encoded(parts[0])}.{encoded(parts[1])}.{parts[2]}"
    )
)
headers = st.dictionaries(
    st.sampled_from(["kid", "alg", "typ", "crit", "b64", "jku", "jwk", "x5c", "cty"]),
    values | st.sampled_from(["RS256", "none", "HS256", builders.KID]),
).map(lambda header: f"{encoded(header)}.{encoded(builders.claims())}.c2lnbmF0dXJl")

generously = hypothesis_settings(
    max_examples=TOKENS // 2,
    deadline=None,
    database=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)


class AnyTokenTests:
    @generously
    @given(changes=wrong_claims())
    def test_wrong_claims_sign_nobody_in(
        self, provider: HostileProvider, changes: dict[str, Any]
    ) -> None:
        def id_token(nonce: str) -> str:
            claims = {**builders.claims(nonce=nonce), **changes}
            return signed({name: v for name, v in claims.items() if v != MISSING})

        provider.id_token = id_token
        self.try_it(provider)

    @generously
    @given(token=anything | headers)
    def test_what_is_no_token_signs_nobody_in(
        self, provider: HostileProvider, token: object
    ) -> None:
        provider.id_token = lambda nonce: token
        self.try_it(provider)

    def try_it(self, provider: HostileProvider) -> None:
        client = Client()
        outcome = sign_in(client, provider)
        assert outcome.verdict == "refused" and outcome.status < 500
        assert nothing_is_left(client)
        assert provider.requests("/userInfo") == []


class AnyDisplayClaimTests:
    """Claims that are only shown may hold anything: whoever has them can sign in all the same."""

    @generously
    @given(email=values, name=values, groups=st.lists(values, max_size=4))
    def test_they_never_stop_a_sign_in(
        self, provider: HostileProvider, email: Any, name: Any, groups: list[Any]
    ) -> None:
        provider.id_token = lambda nonce: signed(
            {
                **builders.claims(nonce=nonce),
                "email": email,
                "name": name,
                "cognito:groups": groups,
            }
        )
        assert sign_in(Client(), provider).is_signed_in
