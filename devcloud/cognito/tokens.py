"""ID and access tokens: their claims, and what makes an access token acceptable to the pool."""

import base64
import hashlib
import uuid
from collections.abc import Mapping
from dataclasses import dataclass

import jwt

from devcloud.clock import Clock
from devcloud.cognito.app_client import AppClient
from devcloud.cognito.groups import Groups
from devcloud.cognito.keys import SigningKeys
from devcloud.cognito.people import People, Person
from devcloud.cognito.token_sessions import TokenSession, TokenSessions

# Attributes that a scope opens to the ID token and to userInfo (OpenID Connect Core 5.4). A scope
# is worth nothing when the app client may not read both attributes of its row.
SCOPE_ATTRIBUTES = {
    "email": ("email", "email_verified"),
    "phone": ("phone_number", "phone_number_verified"),
}
PROFILE_SCOPE = "profile"
ADMIN_SCOPE = "aws.cognito.signin.user.admin"


@dataclass(frozen=True)
class TokenPair:
    """What a sign-in or a refresh returns; without the scope ``openid`` there is no ID token."""

    id_token: str | None
    access_token: str
    expires_in: int


@dataclass(frozen=True)
class AcceptedAccessToken:
    """A verified access token of somebody who is still signed in."""

    person: Person
    app_client: AppClient
    origin_jti: str
    scopes: tuple[str, ...]


class Tokens:
    """Makes tokens, and verifies the access tokens that come back."""

    def __init__(
        self,
        issuer: str,
        clock: Clock,
        app_clients: Mapping[str, AppClient],
        keys: SigningKeys,
        people: People,
        groups: Groups,
        sessions: TokenSessions,
    ) -> None:
        self._issuer = issuer
        self._clock = clock
        self._app_clients = app_clients
        self._keys = keys
        self._people = people
        self._groups = groups
        self._sessions = sessions

    def make(
        self, app_client: AppClient, session: TokenSession, person: Person, nonce: str | None = None
    ) -> TokenPair:
        """New tokens of a sign-in; ``auth_time`` and ``origin_jti`` stay those of the sign-in."""
        now = int(self._clock.timestamp())
        common: dict[str, object] = {
            "sub": person.sub,
            "iss": self._issuer,
            "event_id": str(uuid.uuid4()),
            "auth_time": session.auth_time,
            "iat": now,
        }
        if app_client.revokes_tokens:
            common["origin_jti"] = session.origin_jti
        groups = [group.name for group in self._groups.of(person.sub)]
        if groups:
            common["cognito:groups"] = groups
        access_token = self._keys.sign(
            "access",
            common
            | {
                "client_id": app_client.client_id,
                "token_use": "access",
                "scope": " ".join(session.scopes),
                "exp": now + app_client.access_token_seconds,
                "jti": str(uuid.uuid4()),
                "username": person.sub,
                "version": 2,
            },
        )
        id_token = None
        if "openid" in session.scopes or not session.from_hosted_ui:
            claims = _attributes(app_client, session.scopes, person) | common
            claims |= {
                "aud": app_client.client_id,
                "token_use": "id",
                "exp": now + app_client.id_token_seconds,
                "jti": str(uuid.uuid4()),
                "cognito:username": person.sub,
            }
            if session.from_hosted_ui:
                claims["at_hash"] = _at_hash(access_token)
            if nonce is not None:
                claims["nonce"] = nonce
            id_token = self._keys.sign("id", claims)
        return TokenPair(id_token, access_token, app_client.access_token_seconds)

    def accept(self, access_token: str) -> AcceptedAccessToken | None:
        """Who an access token speaks for: not if expired, revoked, deleted or disabled.

        Nor if its app client is gone: data outlive a template from which it was taken.
        """
        try:
            kid = jwt.get_unverified_header(access_token).get("kid", "")
            key = self._keys.public_key(kid, "access")
            if key is None:
                return None
            # Time is this pool's clock, not the system's, so `exp` is compared below.
            claims = jwt.decode(
                access_token,
                key,
                algorithms=["RS256"],
                issuer=self._issuer,
                options={"verify_exp": False, "verify_iat": False, "verify_aud": False},
            )
        except jwt.InvalidTokenError:
            return None
        if not _is_whole(claims):
            return None
        app_client = self._app_clients.get(claims["client_id"])
        if claims.get("token_use") != "access" or app_client is None:
            return None
        person = self._people.find(claims["sub"])
        if claims["exp"] <= self._clock.timestamp() or person is None or not person.enabled:
            return None
        origin_jti = claims.get("origin_jti", "")
        if origin_jti and not self._is_live(origin_jti):
            return None
        return AcceptedAccessToken(person, app_client, origin_jti, tuple(claims["scope"].split()))

    def user_info(self, accepted: AcceptedAccessToken) -> dict[str, object]:
        """The claims of userInfo; booleans are strings there, as is commonly reported."""
        claims = _attributes(accepted.app_client, accepted.scopes, accepted.person)
        strings = {name: _as_text(value) for name, value in claims.items()}
        return {"sub": accepted.person.sub, **strings, "username": accepted.person.sub}

    def _is_live(self, origin_jti: str) -> bool:
        session = self._sessions.find(origin_jti)
        return session is not None and not session.revoked


def _attributes(
    app_client: AppClient, scopes: tuple[str, ...], person: Person
) -> dict[str, object]:
    """The attributes that the app client may read and the scopes open.

    AWS, userInfo endpoint and CDK OAuthScope: `openid` alone opens them all, and so does a sign-in
    by the API, which has no such scopes; `email`, `phone` and `profile` narrow it to their own.
    """
    narrowed = not {*SCOPE_ATTRIBUTES, PROFILE_SCOPE}.isdisjoint(scopes)
    claims: dict[str, object] = {}
    for name, value in person.attributes.items():
        own = next((s for s, names in SCOPE_ATTRIBUTES.items() if name in names), PROFILE_SCOPE)
        if name == "sub" or not app_client.may_read(name) or (narrowed and own not in scopes):
            continue
        claims[name] = value == "true" if name.endswith("_verified") else value
    return claims


def unreadable_scope(app_client: AppClient, scopes: tuple[str, ...]) -> bool:
    """Is there a scope among these of which the app client may read only a part?

    AWS, token endpoint: then the token endpoint answers ``invalid_grant``.
    """
    wanted = [name for scope in scopes for name in SCOPE_ATTRIBUTES.get(scope, ())]
    return not all(app_client.may_read(name) for name in wanted)


def _is_whole(claims: Mapping[str, object]) -> bool:
    """Whether the claims are such as a pool signs; others come from `--mint` alone."""
    texts = [claims.get(name) for name in ("sub", "client_id", "scope")]
    texts.append(claims.get("origin_jti", ""))
    return all(isinstance(text, str) for text in texts) and isinstance(claims.get("exp"), int)


def _at_hash(access_token: str) -> str:
    """OpenID Connect Core 3.1.3.6: the left half of the hash."""
    left = hashlib.sha256(access_token.encode()).digest()[:16]
    return base64.urlsafe_b64encode(left).rstrip(b"=").decode()


def _as_text(value: object) -> str:
    return str(value).lower() if isinstance(value, bool) else str(value)
