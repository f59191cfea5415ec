"""What the pool and its app clients are."""

from devcloud.cognito.api.operation import (
    Body,
    Operation,
    Parameters,
    app_client_of,
    check_pool,
)
from devcloud.cognito.app_client import AppClient
from devcloud.cognito.pool import UserPool

# Properties that the API returns as the template has them.
POOL_MEMBERS = (
    "AccountRecoverySetting",
    "AdminCreateUserConfig",
    "AutoVerifiedAttributes",
    "DeletionProtection",
    "UserAttributeUpdateSettings",
    "UserPoolTags",
    "UserPoolTier",
    "UsernameAttributes",
    "UsernameConfiguration",
    "VerificationMessageTemplate",
)
APP_CLIENT_MEMBERS = (
    "AllowedOAuthFlows",
    "AllowedOAuthScopes",
    "CallbackURLs",
    "DefaultRedirectURI",
    "ExplicitAuthFlows",
    "LogoutURLs",
    "ReadAttributes",
    "RefreshTokenRotation",
    "SupportedIdentityProviders",
    "WriteAttributes",
)


def describe_user_pool(pool: UserPool, parameters: Parameters) -> Body:
    check_pool(pool, parameters)
    policy = pool.settings.password_policy
    body: dict[str, object] = {
        name: pool.settings.properties[name]
        for name in POOL_MEMBERS
        if name in pool.settings.properties
    }
    body |= {
        "Id": pool.pool_id,
        "Arn": pool.arn,
        "Name": pool.settings.name,
        "MfaConfiguration": pool.settings.mfa,
        "Domain": pool.domain.prefix,
        "SchemaAttributes": [item.described() for item in pool.settings.attributes.values()],
        "EstimatedNumberOfUsers": pool.people.count(),
        "Policies": {
            "PasswordPolicy": {
                "MinimumLength": policy.minimum_length,
                "RequireLowercase": policy.lowercase,
                "RequireUppercase": policy.uppercase,
                "RequireNumbers": policy.numbers,
                "RequireSymbols": policy.symbols,
                "TemporaryPasswordValidityDays": policy.temporary_password_days,
            }
        },
    }
    return {"UserPool": body}


def describe_user_pool_client(pool: UserPool, parameters: Parameters) -> Body:
    check_pool(pool, parameters)
    app_client = app_client_of(pool, parameters)
    body: dict[str, object] = {
        name: app_client.properties[name]
        for name in APP_CLIENT_MEMBERS
        if name in app_client.properties
    }
    body |= {
        "UserPoolId": pool.pool_id,
        "ClientId": app_client.client_id,
        "ClientName": app_client.name,
        "AllowedOAuthFlowsUserPoolClient": app_client.allows_code_grant,
        "EnableTokenRevocation": app_client.revokes_tokens,
        "PreventUserExistenceErrors": "ENABLED" if app_client.hides_unknown_people else "LEGACY",
        "AuthSessionValidity": app_client.challenge_seconds // 60,
        **_lifetimes(app_client),
    }
    if app_client.client_secret is not None:
        body["ClientSecret"] = app_client.client_secret
    return {"UserPoolClient": body}


def _lifetimes(app_client: AppClient) -> dict[str, object]:
    """Lifetimes in minutes, and the refresh token's in days if it is whole days."""
    refresh, unit = app_client.refresh_token_seconds // 60, "minutes"
    if refresh % 1440 == 0:
        refresh, unit = refresh // 1440, "days"
    return {
        "IdTokenValidity": app_client.id_token_seconds // 60,
        "AccessTokenValidity": app_client.access_token_seconds // 60,
        "RefreshTokenValidity": refresh,
        "TokenValidityUnits": {
            "IdToken": "minutes",
            "AccessToken": "minutes",
            "RefreshToken": unit,
        },
    }


OPERATIONS = {
    "DescribeUserPool": Operation(describe_user_pool),
    "DescribeUserPoolClient": Operation(describe_user_pool_client),
}
