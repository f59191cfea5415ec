"""What a user pool, its app clients and its groups are, read from CloudFormation properties."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import NamedTuple
from urllib.parse import urlsplit

from devcloud.cognito.properties import ConfigurationError, Properties

STANDARD_ATTRIBUTES = (
    "address",
    "birthdate",
    "email",
    "family_name",
    "gender",
    "given_name",
    "locale",
    "middle_name",
    "name",
    "nickname",
    "phone_number",
    "picture",
    "preferred_username",
    "profile",
    "updated_at",
    "website",
    "zoneinfo",
)
SYSTEM_SCOPES = ("openid", "email", "phone", "profile", "aws.cognito.signin.user.admin")
AUTH_FLOWS = (
    "ALLOW_ADMIN_USER_PASSWORD_AUTH",
    "ALLOW_CUSTOM_AUTH",
    "ALLOW_REFRESH_TOKEN_AUTH",
    "ALLOW_USER_AUTH",
    "ALLOW_USER_PASSWORD_AUTH",
    "ALLOW_USER_SRP_AUTH",
)
TIERS = ("ESSENTIALS", "LITE", "PLUS")
UNIT_SECONDS = {"seconds": 1, "minutes": 60, "hours": 3600, "days": 86400}


class AppClientInput(NamedTuple):
    """One AWS::Cognito::UserPoolClient: its physical id, its secret, its resolved properties."""

    client_id: str
    client_secret: str | None
    properties: Mapping[str, object]


@dataclass(frozen=True)
class PasswordPolicy:
    """What a password must have."""

    minimum_length: int
    lowercase: bool
    uppercase: bool
    numbers: bool
    symbols: bool
    temporary_password_days: int


@dataclass(frozen=True)
class PoolSettings:
    """One AWS::Cognito::UserPool."""

    name: str
    password_policy: PasswordPolicy
    self_sign_up: bool
    verifies_email: bool
    verifies_email_before_update: bool
    recovers_by_email: bool
    can_rotate_refresh_tokens: bool
    case_sensitive: bool
    mfa: str
    attributes: frozenset[str]
    code_subject: str
    code_message: str
    invitation_subject: str
    invitation_message: str
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


@dataclass(frozen=True)
class GroupSettings:
    """One AWS::Cognito::UserPoolGroup."""

    name: str
    description: str
    precedence: int | None


def pool_settings(values: Mapping[str, object]) -> PoolSettings:
    """The user pool that these properties describe."""
    properties = Properties("AWS::Cognito::UserPool", values)
    properties.ignore("DeletionProtection", "UserPoolTags", "EmailConfiguration")
    properties.section("UserPoolAddOns").choice("AdvancedSecurityMode", "OFF", ("OFF",))
    if properties.texts("UsernameAttributes", ("email",)) != ("email",):
        raise properties.wrong("UsernameAttributes", "must be [email]: people sign in by e-mail")
    created = properties.section("AdminCreateUserConfig")
    created.ignore("UnusedAccountValidityDays")
    invitation = created.section("InviteMessageTemplate")
    invitation.ignore("SMSMessage")
    message = properties.section("VerificationMessageTemplate")
    message.ignore("SmsMessage", "EmailMessageByLink", "EmailSubjectByLink")
    message.choice("DefaultEmailOption", "CONFIRM_WITH_CODE", ("CONFIRM_WITH_CODE",))
    updates = properties.section("UserAttributeUpdateSettings")
    recovery = properties.section("AccountRecoverySetting").sections("RecoveryMechanisms")
    mechanisms = {}
    for mechanism in recovery:
        mechanism.integer("Priority", 1, 1, 2)
        name = mechanism.choice("Name", "", ("verified_email", "admin_only"))
        mechanisms[name] = mechanism
    settings = PoolSettings(
        name=properties.text("UserPoolName", "user-pool"),
        password_policy=_password_policy(properties),
        self_sign_up=not created.boolean("AllowAdminCreateUserOnly", False),
        verifies_email="email" in properties.texts("AutoVerifiedAttributes", ("email",)),
        verifies_email_before_update="email"
        in updates.texts("AttributesRequireVerificationBeforeUpdate", ("email",)),
        recovers_by_email="admin_only" not in mechanisms,
        can_rotate_refresh_tokens=properties.choice("UserPoolTier", "ESSENTIALS", TIERS) != "LITE",
        case_sensitive=properties.section("UsernameConfiguration").boolean("CaseSensitive", False),
        mfa=properties.choice("MfaConfiguration", "OFF", ("OFF", "OPTIONAL", "ON")),
        attributes=frozenset({*STANDARD_ATTRIBUTES, *_custom_attributes(properties)}),
        code_subject=message.text("EmailSubject", "Your verification code"),
        code_message=message.text("EmailMessage", "Your verification code is {####}."),
        invitation_subject=invitation.text("EmailSubject", "Your temporary password"),
        invitation_message=invitation.text(
            "EmailMessage", "Your username is {username} and temporary password is {####}."
        ),
        properties=values,
    )
    enabled = properties.texts("EnabledMfas", ("SOFTWARE_TOKEN_MFA",))
    if settings.mfa != "OFF" and "SOFTWARE_TOKEN_MFA" not in enabled:
        raise properties.wrong("EnabledMfas", "must be [SOFTWARE_TOKEN_MFA] when MFA is not OFF")
    if "{####}" not in settings.code_message:
        raise properties.wrong("VerificationMessageTemplate", "must have {####} in EmailMessage")
    properties.finish()
    return settings


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


def group_settings(values: Mapping[str, object]) -> GroupSettings:
    """The group that these properties describe."""
    properties = Properties("AWS::Cognito::UserPoolGroup", values)
    properties.ignore("UserPoolId")
    name = properties.text("GroupName")
    if not name:
        raise properties.wrong("GroupName", "is missing")
    precedence = (
        properties.integer("Precedence", 0, 0, 2**31 - 1) if properties.has("Precedence") else None
    )
    settings = GroupSettings(name, properties.text("Description"), precedence)
    properties.finish()
    return settings


def has_managed_login(values: Mapping[str, object] | None) -> bool:
    """Does the AWS::Cognito::UserPoolDomain have managed login, not the classic hosted UI?

    AWS: only managed login knows `prompt` and `lang`. Without a description of the domain it has.
    """
    if values is None:
        return True
    properties = Properties("AWS::Cognito::UserPoolDomain", values)
    properties.ignore("UserPoolId", "Domain", "CustomDomainConfig")
    version = properties.integer("ManagedLoginVersion", 1, 1, 2)
    properties.finish()
    return version == 2


def _password_policy(properties: Properties) -> PasswordPolicy:
    policies = properties.section("Policies")
    policies.section("SignInPolicy").texts("AllowedFirstAuthFactors", ("PASSWORD",))
    policy = policies.section("PasswordPolicy")
    # Without a policy the pool asks for all four kinds of character; in a given policy, what is
    # not named is not asked for.
    named = policies.has("PasswordPolicy")
    return PasswordPolicy(
        minimum_length=policy.integer("MinimumLength", 8, 6, 99),
        lowercase=policy.boolean("RequireLowercase", not named),
        uppercase=policy.boolean("RequireUppercase", not named),
        numbers=policy.boolean("RequireNumbers", not named),
        symbols=policy.boolean("RequireSymbols", not named),
        temporary_password_days=policy.integer("TemporaryPasswordValidityDays", 7, 0, 365),
    )


def _custom_attributes(properties: Properties) -> tuple[str, ...]:
    names = []
    for attribute in properties.sections("Schema"):
        attribute.ignore(
            "Required", "Mutable", "StringAttributeConstraints", "NumberAttributeConstraints"
        )
        attribute.choice("AttributeDataType", "String", ("String", "Boolean", "Number", "DateTime"))
        name = attribute.text("Name")
        if name not in STANDARD_ATTRIBUTES:
            names.append(f"custom:{name.removeprefix('custom:')}")
    return tuple(names)


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


__all__ = [
    "AppClient",
    "AppClientInput",
    "ConfigurationError",
    "GroupSettings",
    "PasswordPolicy",
    "PoolSettings",
    "app_client",
    "group_settings",
    "pool_settings",
]
