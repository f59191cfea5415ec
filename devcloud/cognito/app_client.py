"""What an app client is, read from CloudFormation properties."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import NamedTuple
from urllib.parse import urlsplit

from devcloud.cognito.properties import Properties

SYSTEM_SCOPES = ("openid", "email", "phone", "profile", "aws.cognito.signin.user.admin")
AUTH_FLOWS = (
    "ALLOW_ADMIN_USER_PASSWORD_AUTH",
    "ALLOW_CUSTOM_AUTH",
    "ALLOW_REFRESH_TOKEN_AUTH",
    "ALLOW_USER_AUTH",
    "ALLOW_USER_PASSWORD_AUTH",
    "ALLOW_USER_SRP_AUTH",
)
UNIT_SECONDS = {"seconds": 1, "minutes": 60, "hours": 3600, "days": 86400}


class AppClientInput(NamedTuple):
    """One AWS::Cognito::UserPoolClient: its physical id, its secret, its resolved properties."""

    client_id: str
    client_secret: str | None
    properties: Mapping[str, object]


@dataclass(frozen=True)
class AppClient:
    """One AWS::Cognito::UserPoolClient."""

    client_id: str
    client_secret: str | None
    name: str
    allows_code_grant: bool
    scopes: tuple[str, ...]
    callback_urls: tuple[str, ...]
    logout_urls: tuple[str, ...]
    auth_flows: frozenset[str]
    hides_unknown_people: bool
    revokes_tokens: bool
    id_token_seconds: int
    access_token_seconds: int
    refresh_token_seconds: int
    rotates_refresh_tokens: bool
    rotation_grace_seconds: int
    challenge_seconds: int
    readable: frozenset[str]
    writable: frozenset[str]
    properties: Mapping[str, object]

    def may_read(self, attribute: str) -> bool:
        """No ReadAttributes at all means every standard attribute."""
        return not self.readable or attribute in self.readable

    def may_write(self, attribute: str) -> bool:
        return not self.writable or attribute in self.writable


def app_client(given: AppClientInput) -> AppClient:
    """The app client that these properties describe."""
    client_id, secret, values = given
    properties = Properties("AWS::Cognito::UserPoolClient", values)
    properties.ignore("UserPoolId", "DefaultRedirectURI", "GenerateSecret")
    properties.texts("SupportedIdentityProviders", ("COGNITO",))
    properties.boolean("EnablePropagateAdditionalUserContextData", False)
    flows = properties.texts("AllowedOAuthFlows", ("code",))
    units = properties.section("TokenValidityUnits")
    rotation = properties.section("RefreshTokenRotation")
    client = AppClient(
        client_id=client_id,
        client_secret=secret,
        name=properties.text("ClientName", client_id),
        allows_code_grant="code" in flows
        and properties.boolean("AllowedOAuthFlowsUserPoolClient", False),
        scopes=properties.texts("AllowedOAuthScopes", SYSTEM_SCOPES),
        callback_urls=_urls(properties, "CallbackURLs"),
        logout_urls=_urls(properties, "LogoutURLs"),
        auth_flows=frozenset(properties.texts("ExplicitAuthFlows", AUTH_FLOWS)),
        hides_unknown_people=properties.choice(
            "PreventUserExistenceErrors", "LEGACY", ("LEGACY", "ENABLED")
        )
        == "ENABLED",
        revokes_tokens=properties.boolean("EnableTokenRevocation", True),
        id_token_seconds=_lifetime(properties, units, "IdToken", 1, "hours", 300, 86400),
        access_token_seconds=_lifetime(properties, units, "AccessToken", 1, "hours", 300, 86400),
        refresh_token_seconds=_lifetime(
            properties, units, "RefreshToken", 30, "days", 3600, 3650 * 86400
        ),
        rotates_refresh_tokens=rotation.choice("Feature", "DISABLED", ("DISABLED", "ENABLED"))
        == "ENABLED",
        rotation_grace_seconds=rotation.integer("RetryGracePeriodSeconds", 0, 0, 60),
        challenge_seconds=60 * properties.integer("AuthSessionValidity", 3, 3, 15),
        readable=frozenset(properties.texts("ReadAttributes")),
        writable=frozenset(properties.texts("WriteAttributes")),
        properties=values,
    )
    if client.rotates_refresh_tokens and "ALLOW_REFRESH_TOKEN_AUTH" in client.auth_flows:
        raise properties.wrong(
            "ExplicitAuthFlows", "must not have ALLOW_REFRESH_TOKEN_AUTH with RefreshTokenRotation"
        )
    properties.finish()
    return client


def _urls(properties: Properties, name: str) -> tuple[str, ...]:
    urls = properties.texts(name)
    for url in urls:
        parts = urlsplit(url)
        local = parts.scheme == "http" and parts.hostname in ("localhost", "127.0.0.1", "::1")
        if not (parts.scheme == "https" or local) or not parts.netloc or "#" in url:
            raise properties.wrong(
                name, f"has {url}, which must be https (or http on localhost) without a fragment"
            )
    return urls


def _lifetime(
    properties: Properties,
    units: Properties,
    token: str,
    default: int,
    default_unit: str,
    low: int,
    high: int,
) -> int:
    unit = units.choice(token, default_unit, UNIT_SECONDS)
    seconds = properties.integer(f"{token}Validity", default, 0, 10**9) * UNIT_SECONDS[unit]
    # Zero is the documented way to ask for the default.
    seconds = seconds or default * UNIT_SECONDS[default_unit]
    if not low <= seconds <= high:
        raise properties.wrong(f"{token}Validity", f"must be from {low} to {high} seconds")
    return seconds
