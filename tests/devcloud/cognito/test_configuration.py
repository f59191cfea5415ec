"""What is read from CloudFormation properties, and what is refused."""

import pytest

from devcloud.cognito import AppClientInput, ConfigurationError
from devcloud.cognito.app_client import app_client
from devcloud.cognito.config import group_settings, pool_settings
from tests.devcloud.cognito.site import client_properties, pool_properties


def client(**changes):
    return app_client(AppClientInput("id", "secret", client_properties(**changes)))


def test_values_of_template_parameters_are_strings():
    read = client(EnableTokenRevocation="false", IdTokenValidity="45")
    assert read.revokes_tokens is False
    assert read.id_token_seconds == 45 * 60


def test_lifetimes_have_cognito_s_defaults():
    read = app_client(AppClientInput("id", None, {}))
    assert (read.id_token_seconds, read.access_token_seconds) == (3600, 3600)
    assert read.refresh_token_seconds == 30 * 86400
    assert read.hides_unknown_people is False


@pytest.mark.parametrize(
    ("changes", "place"),
    [
        ({"CallbackURLs": ["http://notes.example.com/"]}, "CallbackURLs"),
        ({"CallbackURLs": ["https://notes.example.com/#x"]}, "CallbackURLs"),
        ({"CallbackURLs": "https://notes.example.com/"}, "CallbackURLs"),
        ({"LogoutURLs": ["/signed-out/"]}, "LogoutURLs"),
        ({"AllowedOAuthFlows": ["implicit"]}, "AllowedOAuthFlows"),
        ({"AllowedOAuthScopes": ["banana"]}, "AllowedOAuthScopes"),
        ({"IdTokenValidity": 4}, "IdTokenValidity"),
        ({"AccessTokenValidity": 1441}, "AccessTokenValidity"),
        ({"RefreshTokenValidity": 3651}, "RefreshTokenValidity"),
        ({"EnableTokenRevocation": "maybe"}, "EnableTokenRevocation"),
        ({"PreventUserExistenceErrors": "YES"}, "PreventUserExistenceErrors"),
        ({"RefreshTokenRotation": {"Feature": "ON"}}, "RefreshTokenRotation: property Feature"),
        (
            {"RefreshTokenRotation": {"RetryGracePeriodSeconds": 61}},
            "RefreshTokenRotation: property RetryGracePeriodSeconds",
        ),
        ({"ExplicitAuthFlows": ["ADMIN_NO_SRP_AUTH"]}, "ExplicitAuthFlows"),
        ({"ExplicitAuthFlows": ["ALLOW_REFRESH_TOKEN_AUTH"]}, "ExplicitAuthFlows"),
        ({"SupportedIdentityProviders": ["Google"]}, "SupportedIdentityProviders"),
        ({"AnalyticsConfiguration": {}}, "AnalyticsConfiguration"),
    ],
)
def test_a_wrong_app_client_is_named(changes, place):
    with pytest.raises(ConfigurationError) as caught:
        client(**changes)
    assert "AWS::Cognito::UserPoolClient" in str(caught.value)
    assert f"property {place}" in str(caught.value) or f".{place}" in str(caught.value)


@pytest.mark.parametrize(
    ("changes", "place"),
    [
        ({"UsernameAttributes": ["phone_number"]}, "UsernameAttributes"),
        ({"UsernameAttributes": []}, "UsernameAttributes"),
        ({"MfaConfiguration": "MAYBE"}, "MfaConfiguration"),
        ({"MfaConfiguration": "ON"}, "EnabledMfas"),
        ({"EnabledMfas": ["SMS_MFA"], "MfaConfiguration": "ON"}, "EnabledMfas"),
        ({"LambdaConfig": {"PreSignUp": "arn"}}, "LambdaConfig"),
        ({"Policies": {"PasswordPolicy": {"MinimumLength": 5}}}, "MinimumLength"),
        ({"Policies": {"PasswordPolicy": {"Banana": 5}}}, "Banana"),
        ({"AliasAttributes": ["email"]}, "AliasAttributes"),
        ({"VerificationMessageTemplate": {"EmailMessage": "Hi"}}, "VerificationMessageTemplate"),
        ({"UserPoolName": 7}, "UserPoolName"),
    ],
)
def test_a_wrong_pool_is_named(changes, place):
    with pytest.raises(ConfigurationError) as caught:
        pool_settings(pool_properties(**changes))
    assert str(caught.value).startswith("AWS::Cognito::UserPool")
    assert f"property {place} " in str(caught.value)


def test_a_group_needs_a_name():
    with pytest.raises(ConfigurationError, match="GroupName is missing"):
        group_settings({"Description": "x"})


def test_rotation_needs_a_tier_that_has_it(new_site):
    with pytest.raises(ConfigurationError, match="UserPoolTier"):
        new_site(pool={"UserPoolTier": "LITE"})


def test_messages_are_the_pool_s_own(new_site):
    template = {"EmailSubject": "Welcome", "EmailMessage": "Use {####} to begin."}
    site = new_site(pool={"VerificationMessageTemplate": template})
    site.pool.accounts.sign_up("a@example.com", "Correct-horse-7", {})
    mail = site.pool.mailbox.newest_first()[0]
    assert (mail.subject, mail.body) == ("Welcome", f"Use {mail.code} to begin.")


@pytest.mark.parametrize("host", ["localhost:8000", "127.0.0.1:8000", "[::1]:8000"])
def test_a_callback_may_be_http_on_this_machine(host):
    url = f"http://{host}/oidc/callback/"
    assert client(CallbackURLs=[url]).callback_urls == (url,)


def test_an_app_client_tells_who_exists_unless_it_is_told_not_to():
    properties = client_properties()
    del properties["PreventUserExistenceErrors"]
    assert not app_client(AppClientInput("id", None, properties)).hides_unknown_people
