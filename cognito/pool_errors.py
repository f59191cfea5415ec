"""What can go wrong with a call to the user pool's API, drawn once.

PoolError
  · PoolUnavailable   no answer, timed out, 5xx, or an answer that makes no sense
  · PoolBusy          too many requests a second
  · LimitReached      too many mails a day, or too many tries for one person
  · NotAllowed        no AWS credentials, or ones that may not do this
  · PoolNotFound      there is no such user pool
  · GroupNotFound     there is no such group
  · PersonNotFound    there is no such person
  · AddressTaken      somebody has this e-mail address already
  · RequestInvalid    a value that the user pool does not take
  · StateForbids      not possible in the person's present state
  · MailNotSent       the user pool could not send its mail
  · PoolRefused       anything else
"""

import logging
from collections.abc import Iterator
from contextlib import contextmanager

from botocore.exceptions import BotoCoreError, ClientError, CredentialRetrievalError
from botocore.exceptions import NoCredentialsError as NoCredentials
from botocore.exceptions import PartialCredentialsError as PartialCredentials
from botocore.parsers import ResponseParserError

logger = logging.getLogger(__name__)


class PoolError(Exception):
    """A call that did not do what it should; its text is the cause's name, and holds no value."""

    # Whether it tells of what people did, and not of how the site is set up or runs.
    is_usual = False


class PoolUnavailable(PoolError):
    """Not even known is whether what was asked has been done. Trying again may help."""


class PoolBusy(PoolError):
    """Trying again in a moment helps."""


class LimitReached(PoolError):
    """Trying again helps much later."""


class NotAllowed(PoolError):
    """The operator has to give the site credentials, or the credentials a permission."""


class PoolNotFound(PoolError):
    """The operator has to correct the pool's id."""


class GroupNotFound(PoolError):
    is_usual = True


class PersonNotFound(PoolError):
    is_usual = True


class AddressTaken(PoolError):
    is_usual = True


class RequestInvalid(PoolError):
    is_usual = True


class StateForbids(PoolError):
    is_usual = True


class MailNotSent(PoolError):
    """The person exists all the same."""


class PoolRefused(PoolError):
    """Something that this site cannot bring about by itself, such as a trigger's no."""


# The errors that the API reference lists for the operations of cognito/pool.py, and AWS's common
# ones: https://docs.aws.amazon.com/cognito-user-identity-pools/latest/APIReference/CommonErrors.html
ERRORS: dict[str, type[PoolError]] = {
    "InternalErrorException": PoolUnavailable,
    "InternalFailure": PoolUnavailable,
    "ServiceUnavailable": PoolUnavailable,
    "TooManyRequestsException": PoolBusy,
    "ThrottlingException": PoolBusy,
    "LimitExceededException": LimitReached,
    "AccessDeniedException": NotAllowed,
    "ExpiredTokenException": NotAllowed,
    "IncompleteSignature": NotAllowed,
    "InvalidClientTokenId": NotAllowed,
    "InvalidSignatureException": NotAllowed,
    "MissingAuthenticationTokenException": NotAllowed,
    "OptInRequired": NotAllowed,
    "UnrecognizedClientException": NotAllowed,
    "ResourceNotFoundException": PoolNotFound,
    "UserNotFoundException": PersonNotFound,
    "UsernameExistsException": AddressTaken,
    "InvalidParameterException": RequestInvalid,
    "ValidationError": RequestInvalid,
    # What AWS says of a password that "cannot be reset in the current state".
    "NotAuthorizedException": StateForbids,
    "UnsupportedUserStateException": StateForbids,
    "CodeDeliveryFailureException": MailNotSent,
}
NO_CREDENTIALS = (NoCredentials, PartialCredentials, CredentialRetrievalError)


@contextmanager
def translated_errors(operation: str, *, missing: type[PoolError] = PoolNotFound) -> Iterator[None]:
    """Make a ``PoolError`` of what boto3 raises in the block, and log it by its name.

    ``missing`` is what ResourceNotFoundException is about: AWS has one for pools and groups.
    """
    try:
        yield
    except ClientError as error:
        raise _logged(operation, _meaning(error, missing)) from None
    except NO_CREDENTIALS as error:
        raise _logged(operation, NotAllowed(type(error).__name__)) from None
    except (BotoCoreError, ResponseParserError) as error:
        raise _logged(operation, PoolUnavailable(type(error).__name__)) from None
    except KeyError as error:
        # A member that every answer has is not there.
        raise _logged(operation, PoolUnavailable(f"an answer without {error}")) from None


def _meaning(error: ClientError, missing: type[PoolError]) -> PoolError:
    code = error.response["Error"]["Code"]
    status = error.response["ResponseMetadata"]["HTTPStatusCode"]
    if status >= 500:
        return PoolUnavailable(code)
    meaning = ERRORS.get(code, PoolRefused)
    return missing(code) if meaning is PoolNotFound else meaning(code)


def _logged(operation: str, error: PoolError) -> PoolError:
    """Without AWS's own text, which can hold the name that was asked for."""
    level = logging.INFO if error.is_usual else logging.ERROR
    logger.log(level, "pool_call_failed", extra={"operation": operation, "cause": str(error)})
    return error
