"""What a user pool, its domain and its groups are, read from CloudFormation properties."""

from collections.abc import Mapping
from dataclasses import dataclass

from devcloud.cognito.attributes import Attribute, attributes_of
from devcloud.cognito.properties import Properties

TIERS = ("ESSENTIALS", "LITE", "PLUS")


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
    attributes: Mapping[str, Attribute]
    code_subject: str
    code_message: str
    invitation_subject: str
    invitation_message: str
    properties: Mapping[str, object]


@dataclass(frozen=True)
class GroupSettings:
    """One AWS::Cognito::UserPoolGroup."""

    name: str
    description: str
    precedence: int | None


@dataclass(frozen=True)
class DomainSettings:
    """One AWS::Cognito::UserPoolDomain.

    AWS: only managed login, not the classic hosted UI, knows `prompt` and `lang`.
    """

    prefix: str
    has_managed_login: bool


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
        attributes=attributes_of(properties),
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


def domain_settings(values: Mapping[str, object]) -> DomainSettings:
    """The domain that these properties describe."""
    properties = Properties("AWS::Cognito::UserPoolDomain", values)
    properties.ignore("UserPoolId", "CustomDomainConfig")
    prefix = properties.text("Domain")
    version = properties.integer("ManagedLoginVersion", 1, 1, 2)
    properties.finish()
    return DomainSettings(prefix, has_managed_login=version == 2)


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
