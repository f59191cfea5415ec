"""cognito.pool_errors: each failure of boto3 has one meaning, and no text of AWS is passed on."""

import gzip
import inspect
import json
import logging
from pathlib import Path

import botocore
import pytest
from botocore.exceptions import (
    BotoCoreError,
    ClientError,
    CredentialRetrievalError,
    EndpointConnectionError,
    NoCredentialsError,
    PartialCredentialsError,
    ReadTimeoutError,
)
from botocore.parsers import ResponseParserError

from cognito import pool_errors
from cognito.pool_errors import (
    ERRORS,
    AddressTaken,
    GroupNotFound,
    LimitReached,
    MailNotSent,
    NotAllowed,
    PersonNotFound,
    PoolBusy,
    PoolError,
    PoolNotFound,
    PoolRefused,
    PoolUnavailable,
    RequestInvalid,
    StateForbids,
    translated_errors,
)
from cognito.pool_errors import __doc__ as tree

SECRET = "ada@example.com is unknown"
# https://docs.aws.amazon.com/cognito-user-identity-pools/latest/APIReference/CommonErrors.html
COMMON = {
    "AccessDeniedException",
    "ExpiredTokenException",
    "IncompleteSignature",
    "InternalFailure",
    "InvalidClientTokenId",
    "InvalidSignatureException",
    "MissingAuthenticationTokenException",
    "OptInRequired",
    "ServiceUnavailable",
    "ThrottlingException",
    "UnrecognizedClientException",
    "ValidationError",
}
MEANINGS = {
    "InternalErrorException": PoolUnavailable,
    "TooManyRequestsException": PoolBusy,
    "ThrottlingException": PoolBusy,
    "LimitExceededException": LimitReached,
    "AccessDeniedException": NotAllowed,
    "ExpiredTokenException": NotAllowed,
    "UnrecognizedClientException": NotAllowed,
    "InvalidSignatureException": NotAllowed,
    "ResourceNotFoundException": PoolNotFound,
    "UserNotFoundException": PersonNotFound,
    "UsernameExistsException": AddressTaken,
    "InvalidParameterException": RequestInvalid,
    "NotAuthorizedException": StateForbids,
    "UnsupportedUserStateException": StateForbids,
    "CodeDeliveryFailureException": MailNotSent,
    "UserLambdaValidationException": PoolRefused,
    "SomethingNewException": PoolRefused,
}


def client_error(code: str, status: int = 400) -> ClientError:
    response = {
        "Error": {"Code": code, "Message": SECRET},
        "ResponseMetadata": {"HTTPStatusCode": status},
    }
    return ClientError(response, "AdminGetUser")


def meaning(error: Exception, **options: type[PoolError]) -> PoolError:
    with pytest.raises(PoolError) as raised, translated_errors("AdminGetUser", **options):
        raise error
    return raised.value


class MeaningTests:
    @pytest.mark.parametrize(("code", "expected"), MEANINGS.items())
    def test_each_code_has_one(
        self, code: str, expected: type[PoolError], caplog: pytest.LogCaptureFixture
    ) -> None:
        found = meaning(client_error(code))
        assert type(found) is expected and str(found) == code
        (line,) = caplog.records
        assert (line.operation, line.cause) == ("AdminGetUser", code)
        assert SECRET not in caplog.text

    def test_a_missing_group_is_not_a_missing_pool(self) -> None:
        error = client_error("ResourceNotFoundException")
        assert type(meaning(error, missing=GroupNotFound)) is GroupNotFound

    def test_an_answer_of_500_and_more_is_no_answer(self) -> None:
        assert type(meaning(client_error("Unknown", status=503))) is PoolUnavailable

    @pytest.mark.parametrize(
        ("error", "expected"),
        [
            (EndpointConnectionError(endpoint_url="http://pool"), PoolUnavailable),
            (ReadTimeoutError(endpoint_url="http://pool"), PoolUnavailable),
            (BotoCoreError(), PoolUnavailable),
            (ResponseParserError("<html>"), PoolUnavailable),
            (KeyError("Users"), PoolUnavailable),
            (NoCredentialsError(), NotAllowed),
            (PartialCredentialsError(provider="env", cred_var="secret"), NotAllowed),
            (CredentialRetrievalError(provider="role", error_msg="x"), NotAllowed),
        ],
        ids=lambda value: type(value).__name__ if isinstance(value, Exception) else value.__name__,
    )
    def test_so_has_each_error_without_a_code(
        self, error: Exception, expected: type[PoolError]
    ) -> None:
        assert type(meaning(error)) is expected

    def test_only_what_is_not_peoples_doing_is_an_error_in_the_log(
        self, caplog: pytest.LogCaptureFixture
    ) -> None:
        meaning(client_error("UserNotFoundException"))
        meaning(client_error("AccessDeniedException"))
        assert [line.levelno for line in caplog.records] == [logging.INFO, logging.ERROR]

    def test_other_mistakes_are_not_hidden(self) -> None:
        with pytest.raises(ZeroDivisionError), translated_errors("AdminGetUser"):
            raise ZeroDivisionError


class TreeTests:
    def test_it_is_drawn_whole(self) -> None:
        classes = {
            name
            for name, value in inspect.getmembers(pool_errors, inspect.isclass)
            if issubclass(value, PoolError) and value is not PoolError
        }
        drawn = {line.split()[1] for line in (tree or "").splitlines() if "  · " in line}
        assert drawn == classes

    def test_no_code_is_one_that_aws_does_not_have(self) -> None:
        """Those of the service by its model; AWS's common errors have no model."""
        assert ERRORS.keys() - COMMON <= _errors_of_the_service()


def _errors_of_the_service() -> set[str]:
    (model,) = Path(botocore.__file__).parent.glob("data/cognito-idp/*/service-2.json.gz")
    operations = json.loads(gzip.decompress(model.read_bytes()))["operations"]
    return {error["shape"] for it in operations.values() for error in it.get("errors", ())}
