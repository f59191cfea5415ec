"""user-sign-in: tokens for a user name and a password."""

import base64
import json
from collections.abc import Iterator
from types import SimpleNamespace
from typing import Any

import boto3
import pytest
from botocore.exceptions import EndpointConnectionError
from botocore.stub import Stubber
from hypothesis import HealthCheck, given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st

from service import sign_in
from service.settings import MissingSetting, SignInSettings
from tests.contract import schema_validator
from tests.service.embedded_metric_format import metrics_in

SETTINGS = SignInSettings("eu-central-1_Example", "3example23456789", "the secret")
TOKENS = {
    "IdToken": "id token",
    "RefreshToken": "refresh token",
    "AccessToken": "access token",
    "ExpiresIn": 3600,
    "TokenType": "Bearer",
}
ADA = {"username": "ada@example.com", "password": "Correct-horse-1"}
CONTEXT = SimpleNamespace(aws_request_id="request-1")


@pytest.fixture
def cognito(monkeypatch: pytest.MonkeyPatch) -> Iterator[Stubber]:
    """Cognito, as far as a test says what it answers."""
    client = boto3.client("cognito-idp", region_name="eu-central-1")
    monkeypatch.setattr(sign_in, "settings", lambda: SETTINGS)
    monkeypatch.setattr(sign_in, "cognito", lambda: client)
    with Stubber(client) as stubber:
        yield stubber
        stubber.assert_no_pending_responses()


def answered(event: dict[str, Any]) -> dict[str, Any]:
    """What the function says, with the four keys that it always has."""
    envelope = sign_in.lambda_handler(event, CONTEXT)
    assert list(envelope) == ["status", "code", "data", "message"]
    schema_validator("UserSignIn").validate(envelope)
    return envelope


def failure(code: str, message: str) -> dict[str, Any]:
    return {"status": "failure", "code": code, "data": {}, "message": message}


class SignInTests:
    def test_it_gives_the_tokens(self, cognito: Stubber) -> None:
        cognito.add_response(
            "admin_initiate_auth",
            {"AuthenticationResult": TOKENS},
            {
                "UserPoolId": "eu-central-1_Example",
                "ClientId": "3example23456789",
                "AuthFlow": "ADMIN_USER_PASSWORD_AUTH",
                "AuthParameters": {
                    "USERNAME": "ada@example.com",
                    "PASSWORD": "Correct-horse-1",
                    # Computed with openssl dgst -sha256 -hmac.
                    "SECRET_HASH": "jGLOC+bjwgJVCe+CcNgXuWPA+qvJ6jt2wWqqUfPed8o=",
                },
            },
        )
        assert answered(ADA) == {
            "status": "success",
            "code": "10024",
            "data": {
                "id_token": "id token",
                "refresh_token": "refresh token",
                "access_token": "access token",
                "expires_in": 3600,
                "token_type": "Bearer",
            },
            "message": None,
        }

    @pytest.mark.parametrize(
        ("event", "field"),
        [
            ({}, "username"),
            ({"password": "x"}, "username"),
            ({"username": "x"}, "password"),
            ({"username": None, "password": None}, "username"),
            ({"username": "x", "password": None}, "password"),
            ({"username": "", "password": "x"}, "username"),
            ({"username": 1, "password": "x"}, "username"),
            ({"username": "x", "password": ["x"]}, "password"),
        ],
    )
    def test_it_names_the_first_field_that_is_missing(
        self, cognito: Stubber, event: dict[str, Any], field: str
    ) -> None:
        assert answered(event) == failure("10022", f"{field} is required")

    @pytest.mark.parametrize(
        ("error", "message"),
        [
            ("NotAuthorizedException", "The username or password is incorrect"),
            ("UserNotFoundException", "The username or password is incorrect"),
            ("InvalidParameterException", "The username or password is incorrect"),
            ("UserNotConfirmedException", "User is not confirmed"),
            ("TooManyRequestsException", "Too many attempts. Please try again later."),
            ("InternalErrorException", "Something went wrong! Please try again."),
            ("ResourceNotFoundException", "Something went wrong! Please try again."),
            ("AccessDeniedException", "Something went wrong! Please try again."),
        ],
    )
    def test_a_refusal_shows_nothing_of_the_inside(
        self,
        cognito: Stubber,
        error: str,
        message: str,
        capsys: pytest.CaptureFixture[str],
    ) -> None:
        cognito.add_client_error("admin_initiate_auth", error, "Client 3example is a secret")
        assert answered(ADA) == failure("10023", message)
        line = metrics_in(capsys.readouterr().out)
        assert (line["request_id"], line["code"], line["reason"]) == ("request-1", "10023", error)
        assert line["refused"] == int("incorrect" in message)

    def test_no_answer_is_a_refusal_too(
        self, cognito: Stubber, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        def unreachable(**_: Any) -> None:
            raise EndpointConnectionError(endpoint_url="https://cognito-idp.example")

        client = SimpleNamespace(admin_initiate_auth=unreachable)
        monkeypatch.setattr(sign_in, "cognito", lambda: client)
        assert answered(ADA) == failure("10023", "Something went wrong! Please try again.")

    def test_a_user_name_that_is_no_text_is_refused(self, cognito: Stubber) -> None:
        assert answered({"username": "\ud800", "password": "x"})["code"] == "10023"

    @pytest.mark.parametrize("challenge", ["NEW_PASSWORD_REQUIRED", "SOFTWARE_TOKEN_MFA"])
    def test_a_challenge_is_not_met(self, cognito: Stubber, challenge: str) -> None:
        cognito.add_response(
            "admin_initiate_auth", {"ChallengeName": challenge, "Session": "x" * 20}
        )
        assert answered(ADA) == failure("10025", "Something went wrong! Please try again.")

    def test_one_answer_holds_nothing_of_the_one_before(self, cognito: Stubber) -> None:
        cognito.add_response("admin_initiate_auth", {"AuthenticationResult": TOKENS})
        answered(ADA)["data"]["more"] = "of it"
        cognito.add_client_error("admin_initiate_auth", "NotAuthorizedException")
        assert answered(ADA)["data"] == {}
        assert answered({})["data"] == {}

    def test_the_log_holds_neither_name_nor_password_nor_token(
        self, cognito: Stubber, capsys: pytest.CaptureFixture[str]
    ) -> None:
        cognito.add_response("admin_initiate_auth", {"AuthenticationResult": TOKENS})
        answered(ADA)
        written = capsys.readouterr()
        line = metrics_in(written.out)
        del line["_aws"]
        assert 0 <= line.pop("milliseconds") < 10_000
        assert line == {
            "request_id": "request-1",
            "function": "unknown",
            "operation": "sign_in",
            "status": 200,
            "code": "10024",
            "reason": None,
            "refused": 0,
        }
        assert written.err == ""


class ProxyEventTests:
    """Behind API Gateway."""

    def answered(self, body: str | None, is_base64: bool = False) -> dict[str, Any]:
        event = {"requestContext": {}, "body": body, "isBase64Encoded": is_base64}
        response = sign_in.lambda_handler(event, CONTEXT)
        assert set(response) == {"statusCode", "headers", "body", "isBase64Encoded"}
        assert response["statusCode"] == 200
        assert response["headers"] == {
            "Content-Type": "application/json",
            "Cache-Control": "no-store",
        }
        envelope: dict[str, Any] = json.loads(response["body"])
        schema_validator("UserSignIn").validate(envelope)
        return envelope

    def test_it_reads_the_body(self, cognito: Stubber) -> None:
        cognito.add_response("admin_initiate_auth", {"AuthenticationResult": TOKENS})
        assert self.answered(json.dumps(ADA))["code"] == "10024"

    def test_it_reads_a_body_in_base64(self, cognito: Stubber) -> None:
        cognito.add_response("admin_initiate_auth", {"AuthenticationResult": TOKENS})
        body = base64.b64encode(json.dumps(ADA).encode()).decode()
        assert self.answered(body, is_base64=True)["code"] == "10024"

    @pytest.mark.parametrize("body", [None, "", "[]", "null", "x", "1", "[" * 100_000])
    def test_a_body_without_fields_lacks_the_user_name(
        self, cognito: Stubber, body: str | None
    ) -> None:
        assert self.answered(body) == failure("10022", "username is required")

    @pytest.mark.parametrize("body", ["\u00e9", "x", "/w=="])
    def test_so_does_one_that_is_not_base64(self, cognito: Stubber, body: str) -> None:
        assert self.answered(body, is_base64=True)["code"] == "10022"

    @given(body=st.text() | st.dictionaries(st.text(), st.integers() | st.none()).map(json.dumps))
    @hypothesis_settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
    def test_whatever_comes_is_answered_with_200(self, cognito: Stubber, body: str) -> None:
        assert self.answered(body)["code"] == "10022"


class AgainstAPoolTests:
    def test_it_signs_people_in(self, monkeypatch: pytest.MonkeyPatch) -> None:
        client = boto3.client("cognito-idp")
        pool = client.create_user_pool(PoolName="people")["UserPool"]["Id"]
        app_client = client.create_user_pool_client(
            UserPoolId=pool,
            ClientName="user-sign-in",
            GenerateSecret=True,
            ExplicitAuthFlows=["ALLOW_ADMIN_USER_PASSWORD_AUTH"],
        )["UserPoolClient"]
        client.admin_create_user(UserPoolId=pool, Username="ada")
        monkeypatch.setenv("USER_POOL_ID", pool)
        monkeypatch.setenv("CLIENT_ID", app_client["ClientId"])
        monkeypatch.setenv("CLIENT_SECRET", app_client["ClientSecret"])
        sign_in.settings.cache_clear()
        sign_in.cognito.cache_clear()
        ada = {"username": "ada", "password": "Correct-horse-1"}
        try:
            client.admin_set_user_password(
                UserPoolId=pool, Username="ada", Password=ada["password"], Permanent=True
            )
            assert answered(ada)["code"] == "10024"
            wrong = answered({**ada, "password": "Wrong-horse-1"})
            assert wrong == failure("10023", "The username or password is incorrect")
        finally:
            sign_in.settings.cache_clear()
            sign_in.cognito.cache_clear()


class SignInSettingsTests:
    VALID = {"USER_POOL_ID": "pool", "CLIENT_ID": "id", "CLIENT_SECRET": "secret"}

    def test_it_reads_the_environment(self) -> None:
        assert SignInSettings.from_environment(self.VALID) == SignInSettings("pool", "id", "secret")

    @pytest.mark.parametrize("name", VALID)
    def test_it_says_what_is_missing(self, name: str) -> None:
        with pytest.raises(MissingSetting, match=f"^{name} is not set: set it to the "):
            SignInSettings.from_environment({**self.VALID, name: ""})

    def test_it_never_shows_the_secret(self) -> None:
        assert "secret" not in repr(SignInSettings("pool", "id", "the secret")).replace(
            "client_secret", ""
        )
