"""The user pool that the tests talk to, and what an application does with it."""

import base64
import hashlib
from dataclasses import dataclass

import jwt
import requests

from devcloud.cognito import UserPool, passwords
from devcloud.cognito.people import Status

POOL_ID = "eu-central-1_TestPool1"
CLIENT_ID = "1example23456789abcdefghij"
CLIENT_SECRET = "a+secret_with_all_signs_that_AWS_has"
CALLBACK = "http://localhost:8000/oidc/callback/"
SIGNED_OUT = "http://localhost:8000/signed-out/"
EMAIL = "alice@example.com"
PASSWORD = "Correct-horse-7"
VERIFIER = "v" * 64
CHALLENGE = base64.urlsafe_b64encode(hashlib.sha256(VERIFIER.encode()).digest()).rstrip(b"=")


def pool_properties(**changes):
    return {
        "UserPoolName": "notesite",
        "UsernameAttributes": ["email"],
        "AutoVerifiedAttributes": ["email"],
        "UsernameConfiguration": {"CaseSensitive": False},
        "Policies": {
            "PasswordPolicy": {
                "MinimumLength": 12,
                "RequireLowercase": True,
                "RequireUppercase": True,
                "RequireNumbers": True,
                "RequireSymbols": True,
            }
        },
        "AccountRecoverySetting": {
            "RecoveryMechanisms": [{"Name": "verified_email", "Priority": 1}]
        },
    } | changes


def client_properties(**changes):
    return {
        "ClientName": "web",
        "GenerateSecret": True,
        "AllowedOAuthFlows": ["code"],
        "AllowedOAuthFlowsUserPoolClient": True,
        "AllowedOAuthScopes": ["openid", "email", "profile"],
        "CallbackURLs": [CALLBACK],
        "LogoutURLs": [SIGNED_OUT],
        "SupportedIdentityProviders": ["COGNITO"],
        "PreventUserExistenceErrors": "ENABLED",
        "EnableTokenRevocation": True,
        "RefreshTokenRotation": {"Feature": "ENABLED", "RetryGracePeriodSeconds": 10},
        "TokenValidityUnits": {
            "IdToken": "minutes",
            "AccessToken": "minutes",
            "RefreshToken": "days",
        },
        "IdTokenValidity": 30,
        "AccessTokenValidity": 20,
        "RefreshTokenValidity": 7,
    } | changes


def authorization(**changes):
    """A right authorization request; None takes a parameter out."""
    parameters = {
        "response_type": "code",
        "client_id": CLIENT_ID,
        "redirect_uri": CALLBACK,
        "scope": "openid email",
        "state": "state-1",
        "nonce": "nonce-1",
        "code_challenge": CHALLENGE.decode(),
        "code_challenge_method": "S256",
    } | changes
    return {name: value for name, value in parameters.items() if value is not None}


@dataclass
class Site:
    """A running user pool."""

    base: str
    pool: UserPool

    def person(self, email=EMAIL, password=PASSWORD, *, groups=(), **changes):
        """A confirmed person, unless `changes` say otherwise."""
        fields = {"status": Status.CONFIRMED, "email_verified": True} | changes
        later = {
            name: fields.pop(name)
            for name in ("enabled", "totp_secret", "uses_totp")
            if name in fields
        }
        password_hash = passwords.hashed(password)
        with self.pool.database.transaction() as connection:
            person = self.pool.people.add(
                connection, email=email, password_hash=password_hash, **fields
            )
            if later:
                person = self.pool.people.change(connection, person.sub, **later)
            for group in groups:
                self.pool.groups.add_member(connection, group, person.sub)
        return person

    def sign_in(self, browser, email=EMAIL, password=PASSWORD, **changes):
        """The page, or the redirect to the application, that follows the sign-in form."""
        page = browser.open("/oauth2/authorize", **authorization(**changes))
        return browser.submit(page, username=email, password=password)

    def post(self, path, data, auth=(CLIENT_ID, CLIENT_SECRET), **kwargs):
        """What the application itself sends."""
        return requests.post(self.base + path, data=data, auth=auth, timeout=10, **kwargs)

    def redeem(self, code, **changes):
        data = {
            "grant_type": "authorization_code",
            "code": code,
            "redirect_uri": CALLBACK,
            "code_verifier": VERIFIER,
        } | changes
        return self.post("/oauth2/token", {k: v for k, v in data.items() if v is not None})

    def refresh(self, refresh_token):
        data = {"grant_type": "refresh_token", "refresh_token": refresh_token}
        return self.post("/oauth2/token", data)

    def tokens(self, browser, **changes):
        """Everything that a sign-in of the person ends with."""
        code = self.sign_in(browser, **changes).answer["code"]
        return self.redeem(code).json()

    def newest_code(self, email=EMAIL):
        """The code in the newest mail, read as a test of the web application reads it."""
        url = f"{self.base}/_local/mail"
        headers = {"Accept": "application/json"}
        mail = requests.get(url, params={"to": email}, headers=headers, timeout=10).json()
        return mail[0]["code"]

    def verified(self, token, **kwargs):
        """The claims of a token that an application would believe."""
        jwks = requests.get(f"{self.pool.issuer}/.well-known/jwks.json", timeout=10).json()
        kid = jwt.get_unverified_header(token)["kid"]
        keys = {key["kid"]: jwt.PyJWK(key) for key in jwks["keys"]}
        options = {"algorithms": ["RS256"], "issuer": self.pool.issuer} | kwargs
        return jwt.decode(token, keys[kid], **options)
