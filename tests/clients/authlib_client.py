"""Authlib signs a person in with PKCE, refreshes, revokes, and is refused where it must be."""

import requests
from authlib.common.security import generate_token
from authlib.integrations.requests_client import OAuth2Session
from authlib.oidc.core import CodeIDToken
from joserfc import jwt
from joserfc.jwk import KeySet

from tests.clients.python_checks import check, read_given, refused
from tests.devcloud.cognito.browser import Browser

given = read_given()
provider = requests.get(f"{given.issuer}/.well-known/openid-configuration", timeout=10).json()


def new_session(authentication, secret=given.clientSecret):
    return OAuth2Session(
        given.clientId,
        secret,
        scope="openid email",
        redirect_uri=given.callback,
        code_challenge_method="S256",
        token_endpoint_auth_method=authentication,
        revocation_endpoint_auth_method=authentication,
        default_timeout=10,
    )


class Attempt:
    """One way to the hosted UI and back."""

    def __init__(self, session):
        self.session = session
        self.verifier = generate_token(48)
        self.nonce = generate_token()
        url, self.state = session.create_authorization_url(
            provider["authorization_endpoint"], code_verifier=self.verifier, nonce=self.nonce
        )
        browser = Browser(given.endpoint)
        page = browser.open(url)
        filled = {"username": given.person.email, "password": given.person.password}
        self.callback = browser.submit(page, **filled).location
        browser.session.close()

    def fetch_tokens(self, verifier=None):
        return self.session.fetch_token(
            provider["token_endpoint"],
            authorization_response=self.callback,
            state=self.state,
            code_verifier=verifier or self.verifier,
        )


def claims_of(id_token, nonce=None):
    """The claims of an ID token that Authlib has verified."""
    keys = KeySet.import_key_set(requests.get(provider["jwks_uri"], timeout=10).json())
    token = jwt.decode(id_token, keys, algorithms=["RS256"])
    wanted = {
        "iss": {"essential": True, "value": given.issuer},
        "aud": {"essential": True, "value": given.clientId},
    }
    params = {"nonce": nonce, "client_id": given.clientId}
    claims = CodeIDToken(token.claims, token.header, wanted, params)
    claims.validate()
    return claims


def main(authentication):
    with new_session(authentication) as session:
        attempt = Attempt(session)
        with check(f"{authentication}: signs in with PKCE, state and nonce"):
            tokens = attempt.fetch_tokens()
            claims = claims_of(tokens["id_token"], attempt.nonce)
            assert claims["email"] == given.person.email
        with check(f"{authentication}: reads userInfo with the access token"):
            answer = session.get(provider["userinfo_endpoint"])
            assert answer.json()["sub"] == claims["sub"]
        with check(f"{authentication}: refreshes, and the refresh token rotates"):
            first = tokens["refresh_token"]
            refreshed = session.refresh_token(provider["token_endpoint"], refresh_token=first)
            assert refreshed["refresh_token"] != first
            assert claims_of(refreshed["id_token"])["sub"] == claims["sub"]
        with check(f"{authentication}: revokes, and cannot refresh any more"):
            last = refreshed["refresh_token"]
            revoked = session.revoke_token(provider["revocation_endpoint"], last)
            assert revoked.status_code == 200
            with refused("invalid_grant"):
                session.refresh_token(provider["token_endpoint"], refresh_token=last)
        with check(f"{authentication}: cannot use a code twice"), refused("invalid_grant"):
            attempt.fetch_tokens()
        other = Attempt(session)
        with check(f"{authentication}: cannot change the verifier"), refused("invalid_grant"):
            other.fetch_tokens(generate_token(48))
    with new_session(authentication, "wrong") as session:
        attempt = Attempt(session)
        with check(f"{authentication}: is refused a wrong secret"), refused("invalid_client"):
            attempt.fetch_tokens()


for way in ("client_secret_basic", "client_secret_post"):
    main(way)
