"""What the template must say and cfn-lint cannot see."""

import inspect
import json
import re
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from service import deletion, listing, store
from service.settings import AuthorizerSettings, Settings, SignInSettings
from tests import backend_template
from tests.backend_template import properties, template

POOL = properties("UserPool")
APP_CLIENT = properties("WebAppClient")
STAGE = properties("NotesApiStage")
FUNCTION = properties("NotesFunction")
TABLE = properties("NotesTable")

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


def statements(role: str) -> list[dict[str, Any]]:
    """All that a role's own policies allow."""
    return [
        statement
        for policy in properties(role)["Policies"]
        for statement in policy["PolicyDocument"]["Statement"]
    ]


class ReadVariables(dict[str, str]):
    """An environment that remembers what was looked up."""

    def __init__(self) -> None:
        super().__init__(TRASH_DAYS="30", USER_POOL_ISSUER="https://example.com")
        self.read: set[str] = set()

    def get(self, name: str, default: Any = None) -> Any:
        self.read.add(name)
        return super().get(name, default or "some value")


def as_list(value: Any) -> list[Any]:
    return value if isinstance(value, list) else [value]


class TemplateTests:
    def test_cfn_lint_finds_nothing(self) -> None:
        command = Path(sys.executable).with_name("cfn-lint")
        done = subprocess.run([command, backend_template.PATH], capture_output=True, text=True)
        assert (done.returncode, done.stdout) == (0, "")

    def test_every_parameter_is_described_and_limited(self) -> None:
        limits = {"AllowedPattern", "AllowedValues", "MinValue", "MaxLength"}
        for name, parameter in template()["Parameters"].items():
            assert parameter["Description"], name
            assert limits & set(parameter), name
            if "AllowedPattern" in parameter:
                assert parameter["ConstraintDescription"], name

    def test_every_parameter_is_in_a_group(self) -> None:
        groups = template()["Metadata"]["AWS::CloudFormation::Interface"]["ParameterGroups"]
        grouped = [name for group in groups for name in group["Parameters"]]
        assert sorted(grouped) == sorted(template()["Parameters"])

    def test_the_outputs_are_what_the_web_application_reads(self) -> None:
        outputs = template()["Outputs"]
        assert {
            "CognitoRegion",
            "CognitoUserPoolId",
            "CognitoDomain",
            "OidcRpClientId",
            "NotesApiUrl",
            "NotesApiToken",
            "WebAppClientSecretArn",
        } <= set(outputs)
        assert all(output["Description"] for output in outputs.values())

    def test_what_people_have_outlives_the_stack(self) -> None:
        for name in ("UserPool", "NotesTable"):
            resource = template()["Resources"][name]
            assert resource["DeletionPolicy"] == "Retain"
            assert resource["UpdateReplacePolicy"] == "Retain"
        assert POOL["DeletionProtection"] == "ACTIVE"
        assert TABLE["DeletionProtectionEnabled"] is True

    @pytest.mark.parametrize(
        ("url", "is_allowed"),
        [
            ("https://notes.example.com", True),
            ("https://notes.example.com:8443", True),
            ("http://localhost:8000", True),
            ("https://notes.example.com/", False),
            ("http://notes.example.com", False),
            ("http://localhost.example.com", False),
            ("https://", False),
            ("https://*.example.com", False),
            ("https://notes.example.com/path", False),
        ],
    )
    def test_the_address_of_the_web_application_is_one_that_cognito_takes(
        self, url: str, is_allowed: bool
    ) -> None:
        pattern = template()["Parameters"]["WebAppUrl"]["AllowedPattern"]
        assert bool(re.fullmatch(pattern, url)) is is_allowed


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


class StageTests:
    settings, of_user_sign_in = STAGE["MethodSettings"]

    def test_it_throttles_every_method(self) -> None:
        assert (self.settings["ResourcePath"], self.settings["HttpMethod"]) == ("/*", "*")
        assert self.settings["ThrottlingRateLimit"] == {"Ref": "ThrottlingRate"}
        assert self.settings["ThrottlingBurstLimit"] == {"Ref": "ThrottlingBurst"}

    def test_it_caches_nothing(self) -> None:
        assert self.settings["CachingEnabled"] is False
        assert "CacheClusterEnabled" not in STAGE

    def test_it_logs_no_bodies_and_no_headers(self) -> None:
        assert self.settings["LoggingLevel"] == "OFF"
        assert self.settings["DataTraceEnabled"] is False

    def test_its_access_log_is_json_that_names_nobody(self) -> None:
        line = STAGE["AccessLogSetting"]["Format"]
        assert "\n" not in line
        variables = set(json.loads(line).values())
        assert "$context.requestId" in variables
        assert not [name for name in variables if re.search("authorizer|identity|path$", name)]

    def test_every_log_ends_some_day(self) -> None:
        for name, resource in template()["Resources"].items():
            if resource["Type"] == "AWS::Logs::LogGroup":
                assert properties(name)["RetentionInDays"] == {"Ref": "LogRetentionDays"}

    def test_the_api_is_the_contract(self) -> None:
        transform = properties("NotesApi")["Body"]["Fn::Transform"]
        assert transform == {
            "Name": "AWS::Include",
            "Parameters": {"Location": {"Ref": "ContractLocation"}},
        }


class UserSignInTests:
    client = properties("UserSignInClient")

    def test_it_is_off_unless_it_is_asked_for(self) -> None:
        assert template()["Parameters"]["UserSignIn"]["Default"] == "closed"
        made = [name for name in template()["Resources"] if name.startswith("UserSignIn")]
        assert len(made) == 5
        for name in made:
            assert template()["Resources"][name]["Condition"] == "OffersUserSignIn"

    def test_it_has_an_app_client_of_its_own_that_only_the_function_can_use(self) -> None:
        assert self.client["GenerateSecret"] is True
        flows = {"ALLOW_ADMIN_USER_PASSWORD_AUTH", "ALLOW_REFRESH_TOKEN_AUTH"}
        assert set(self.client["ExplicitAuthFlows"]) == flows
        assert "AllowedOAuthFlows" not in self.client
        assert self.client["PreventUserExistenceErrors"] == "ENABLED"
        assert self.client["EnableTokenRevocation"] is True
        assert self.client["WriteAttributes"] == ["name"]

    def test_its_tokens_last_the_hour_that_its_answers_promise(self) -> None:
        assert self.client["TokenValidityUnits"]["AccessToken"] == "minutes"
        assert self.client["AccessTokenValidity"] == self.client["IdTokenValidity"] == 60

    def test_its_role_may_sign_people_in_to_this_pool_and_log(self) -> None:
        sign_in, logs = statements("UserSignInFunctionRole")
        assert sign_in == {
            "Effect": "Allow",
            "Action": "cognito-idp:AdminInitiateAuth",
            "Resource": {"Fn::GetAtt": ["UserPool", "Arn"]},
        }
        assert logs["Resource"] == {"Fn::GetAtt": ["UserSignInFunctionLogs", "Arn"]}

    def test_the_notes_function_takes_its_tokens_where_it_is_offered(self) -> None:
        variable = FUNCTION["Environment"]["Variables"]["USER_POOL_CLIENT_ID"]
        assert variable["Fn::If"] == [
            "OffersUserSignIn",
            {"Fn::Sub": "${WebAppClient},${UserSignInClient}"},
            {"Ref": "WebAppClient"},
        ]

    def test_it_is_throttled_harder_than_the_rest(self) -> None:
        condition, setting, otherwise = StageTests.of_user_sign_in["Fn::If"]
        assert (condition, otherwise) == ("OffersUserSignIn", {"Ref": "AWS::NoValue"})
        assert (setting["ResourcePath"], setting["HttpMethod"]) == ("/~1user-sign-in", "POST")
        assert setting["ThrottlingRateLimit"] <= 5
        assert setting["ThrottlingBurstLimit"] <= 10
        assert setting["LoggingLevel"] == "OFF"
        assert setting["DataTraceEnabled"] is False

    def test_only_its_method_may_invoke_it(self) -> None:
        source = properties("UserSignInFunctionPermission")["SourceArn"]["Fn::Sub"]
        assert source.endswith(":${NotesApi}/${StageName}/POST/user-sign-in")


class FunctionTests:
    @pytest.mark.parametrize(
        ("logical_id", "kind"),
        [
            ("NotesFunction", Settings),
            ("AuthorizerFunction", AuthorizerSettings),
            ("UserSignInFunction", SignInSettings),
        ],
    )
    def test_it_gets_the_variables_that_it_reads(
        self, logical_id: str, kind: type[Settings | AuthorizerSettings | SignInSettings]
    ) -> None:
        environment = ReadVariables()
        kind.from_environment(environment)
        given = properties(logical_id)["Environment"]["Variables"]
        assert set(given) == environment.read

    def test_its_role_may_do_with_the_table_what_the_code_does(self) -> None:
        source = "".join(map(inspect.getsource, (store, listing, deletion)))
        calls = {
            "get_item": "dynamodb:GetItem",
            "put_item": "dynamodb:PutItem",
            "update_item": "dynamodb:UpdateItem",
            "delete_item": "dynamodb:DeleteItem",
            "batch_get_item": "dynamodb:BatchGetItem",
            "batch_write_item": "dynamodb:BatchWriteItem",
            "query": "dynamodb:Query",
            "scan": "dynamodb:Scan",
        }
        used = {
            action
            for call, action in calls.items()
            if re.search(rf"(table|client)\.{call}\b", source)
        }
        allowed = {
            action
            for statement in statements("NotesFunctionRole")
            for action in as_list(statement["Action"])
            if action.startswith("dynamodb:")
        }
        assert allowed == used

    def test_its_role_reaches_nothing_but_its_table_and_its_log(self) -> None:
        table, index, log = (
            {"Fn::GetAtt": ["NotesTable", "Arn"]},
            {"Fn::Sub": "${NotesTable.Arn}/index/byRank"},
            {"Fn::GetAtt": ["NotesFunctionLogs", "Arn"]},
        )
        reached = [
            resource
            for statement in statements("NotesFunctionRole")
            for resource in as_list(statement["Resource"])
        ]
        assert reached == [table, index, log]

    def test_no_role_has_a_wildcard(self) -> None:
        for name, resource in template()["Resources"].items():
            if resource["Type"] != "AWS::IAM::Role":
                continue
            for policy in properties(name).get("Policies", []):
                assert "*" not in json.dumps(policy)

    def test_only_this_stage_of_the_api_may_invoke_it(self) -> None:
        permission = properties("NotesFunctionPermission")
        assert permission["Principal"] == "apigateway.amazonaws.com"
        assert permission["SourceArn"]["Fn::Sub"].endswith(":${NotesApi}/${StageName}/*")

    def test_it_ends_before_the_integration_does(self) -> None:
        contract = json.loads((backend_template.PATH.parent / "openapi.json").read_text())
        integration = contract["paths"]["/"]["get"]["x-amazon-apigateway-integration"]
        assert FUNCTION["Timeout"] * 1000 < integration["timeoutInMillis"]


class TableTests:
    def test_its_keys_are_the_seeds(self) -> None:
        assert template()["Parameters"]["TableName"]["Default"] == "Notes"
        assert TABLE["KeySchema"] == [
            {"AttributeName": "userId", "KeyType": "HASH"},
            {"AttributeName": "noteId", "KeyType": "RANGE"},
        ]

    def test_it_is_encrypted_and_can_be_brought_back(self) -> None:
        assert TABLE["SSESpecification"] == {"SSEEnabled": True}
        assert TABLE["PointInTimeRecoverySpecification"] == {"PointInTimeRecoveryEnabled": True}

    def test_it_empties_the_trash(self) -> None:
        assert TABLE["TimeToLiveSpecification"] == {
            "AttributeName": "expires_at",
            "Enabled": True,
        }

    def test_it_grows_without_being_asked(self) -> None:
        assert TABLE["BillingMode"] == "PAY_PER_REQUEST"

    def test_its_index_is_the_one_the_service_asks_for(self) -> None:
        (index,) = TABLE["LocalSecondaryIndexes"]
        assert index["IndexName"] == listing.INDEX


class AlarmTests:
    def test_every_alarm_tells_somebody_and_says_when_it_is_over(self) -> None:
        alarms = [
            name
            for name, resource in template()["Resources"].items()
            if resource["Type"] == "AWS::CloudWatch::Alarm"
        ]
        assert len(alarms) == 5
        for name in alarms:
            assert properties(name)["AlarmDescription"]
            assert properties(name)["AlarmActions"] == [{"Ref": "AlarmTopic"}]
            assert properties(name)["OKActions"] == [{"Ref": "AlarmTopic"}]
            assert properties(name)["TreatMissingData"] == "notBreaching"

    def test_the_apis_alarms_are_about_this_api(self) -> None:
        for name in ("NotesApiErrorsAlarm", "NotesApiLatencyAlarm"):
            api, stage = properties(name)["Dimensions"]
            assert api == {"Name": "ApiName", "Value": properties("NotesApi")["Name"]}
            assert stage == {"Name": "Stage", "Value": {"Ref": "StageName"}}
