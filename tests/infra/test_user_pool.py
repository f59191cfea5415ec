"""The user pool where people sign in, and the web application's app client."""

import json
import re

import pytest

from tests.backend_template import properties, template

POOL = properties("UserPool")
APP_CLIENT = properties("WebAppClient")


# What each scope promises: https://openid.net/specs/openid-connect-core-1_0.html#ScopeClaims
SCOPE_ATTRIBUTES = {
    "openid": set(),
    "email": {"email", "email_verified"},
    "profile": {
        "name",
        "family_name",
        "given_name",
        "middle_name",
        "nickname",
        "preferred_username",
        "profile",
        "picture",
        "website",
        "gender",
        "birthdate",
        "zoneinfo",
        "locale",
        "updated_at",
    },
}


class UserPoolTests:
    def test_people_sign_in_with_their_verified_address_in_any_case(self) -> None:
        assert POOL["UsernameAttributes"] == ["email"]
        assert POOL["AutoVerifiedAttributes"] == ["email"]
        assert POOL["UsernameConfiguration"] == {"CaseSensitive": False}

    def test_a_new_address_must_be_verified_first(self) -> None:
        attributes = POOL["UserAttributeUpdateSettings"]
        assert attributes == {"AttributesRequireVerificationBeforeUpdate": ["email"]}

    def test_an_account_is_recovered_by_its_verified_address_alone(self) -> None:
        assert POOL["AccountRecoverySetting"]["RecoveryMechanisms"] == [
            {"Name": "verified_email", "Priority": 1}
        ]

    def test_passwords_are_strong(self) -> None:
        policy = POOL["Policies"]["PasswordPolicy"]
        assert policy["MinimumLength"] >= 12
        assert all(policy[f"Require{kind}"] for kind in ("Lowercase", "Uppercase", "Numbers"))
        assert policy["RequireSymbols"] is True
        assert policy["TemporaryPasswordValidityDays"] <= 7

    def test_a_second_factor_is_offered_and_never_by_sms(self) -> None:
        assert POOL["MfaConfiguration"] == "OPTIONAL"
        assert POOL["EnabledMfas"] == ["SOFTWARE_TOKEN_MFA"]

    def test_its_mail_can_come_from_an_own_sender(self) -> None:
        condition, own, cognitos = POOL["EmailConfiguration"]["Fn::If"]
        assert condition == "HasMailIdentity"
        assert own["EmailSendingAccount"] == "DEVELOPER"
        assert own["SourceArn"] == {"Ref": "MailIdentityArn"}
        assert cognitos == {"EmailSendingAccount": "COGNITO_DEFAULT"}

    @pytest.mark.parametrize(
        ("sender", "is_allowed"),
        [
            ("", True),
            ("notes@example.com", True),
            ("Notesite <notes@example.com>", True),
            ("Notesite", False),
            ("notes@example.com, other@example.com", False),
            ("Notesite <notes@example.com>\nBcc: x@example.com", False),
        ],
    )
    def test_its_sender_is_one_address(self, sender: str, is_allowed: bool) -> None:
        pattern = template()["Parameters"]["MailFrom"]["AllowedPattern"]
        assert bool(re.fullmatch(pattern, sender)) is is_allowed

    def test_no_trigger_takes_part_in_signing_in(self) -> None:
        """ALLOW_CUSTOM_AUTH admits nobody only while there is none."""
        assert "LambdaConfig" not in POOL

    def test_there_is_a_group_of_administrators(self) -> None:
        assert properties("AdminsGroup")["GroupName"] == "admins"


class AppClientTests:
    def test_it_is_confidential_and_uses_the_code_grant_alone(self) -> None:
        assert APP_CLIENT["GenerateSecret"] is True
        assert APP_CLIENT["AllowedOAuthFlowsUserPoolClient"] is True
        assert APP_CLIENT["AllowedOAuthFlows"] == ["code"]

    def test_its_tokens_cannot_change_an_account(self) -> None:
        assert APP_CLIENT["AllowedOAuthScopes"] == ["openid", "email", "profile"]

    def test_it_takes_no_password(self) -> None:
        """An empty list would allow SRP, ALLOW_USER_AUTH would allow passwords."""
        assert APP_CLIENT["ExplicitAuthFlows"] == ["ALLOW_CUSTOM_AUTH"]

    def test_it_may_read_whatever_its_scopes_promise(self) -> None:
        """Otherwise the token endpoint answers invalid_grant."""
        promised = set().union(*(SCOPE_ATTRIBUTES[s] for s in APP_CLIENT["AllowedOAuthScopes"]))
        assert set(APP_CLIENT["ReadAttributes"]) == promised

    def test_it_may_write_nothing_that_says_who_somebody_is(self) -> None:
        assert APP_CLIENT["WriteAttributes"] == ["name"]

    def test_it_does_not_tell_who_has_an_account(self) -> None:
        assert APP_CLIENT["PreventUserExistenceErrors"] == "ENABLED"

    def test_it_revokes_and_rotates_refresh_tokens(self) -> None:
        assert APP_CLIENT["EnableTokenRevocation"] is True
        assert APP_CLIENT["RefreshTokenRotation"]["Feature"] == "ENABLED"
        assert 10 <= APP_CLIENT["RefreshTokenRotation"]["RetryGracePeriodSeconds"] <= 60
        assert POOL["UserPoolTier"] == "ESSENTIALS"

    def test_its_tokens_live_shortly(self) -> None:
        assert APP_CLIENT["TokenValidityUnits"] == {
            "AccessToken": "minutes",
            "IdToken": "minutes",
            "RefreshToken": "days",
        }
        assert APP_CLIENT["IdTokenValidity"] == {"Ref": "TokenMinutes"}
        assert APP_CLIENT["AccessTokenValidity"] == {"Ref": "TokenMinutes"}
        assert APP_CLIENT["RefreshTokenValidity"] == {"Ref": "RefreshTokenDays"}
        assert template()["Parameters"]["TokenMinutes"]["MaxValue"] <= 60
        assert template()["Parameters"]["RefreshTokenDays"]["MaxValue"] <= 30

    def test_it_returns_to_the_web_application_alone(self) -> None:
        assert APP_CLIENT["CallbackURLs"] == [{"Fn::Sub": "${WebAppUrl}/oidc/callback/"}]
        assert APP_CLIENT["LogoutURLs"] == [{"Fn::Sub": "${WebAppUrl}/signed-out/"}]

    def test_its_secret_is_kept_under_the_web_applications_name(self) -> None:
        value = properties("WebAppClientSecret")["SecretString"]["Fn::Sub"]
        assert json.loads(value) == {"OIDC_RP_CLIENT_SECRET": "${WebAppClient.ClientSecret}"}
