"""What can go wrong between the web application and the notes API.

GatewayError
  · GatewayUnavailable    no answer, timed out, 5xx
  · TooManyRequests       429
  · WrongEndpoint         403 from a path or stage that API Gateway does not know
  · UnexpectedResponse    an answer that breaks the contract
  · TokenRejected         401, also with a token that was just refreshed
  · AccessDenied          any other 403
  · NoteNotFound          404
  · NoteInvalid           400 or 413, carries what is wrong with each field
  · NoteConflict          409 or 412, carries the note as it is stored
"""

from collections.abc import Mapping
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from notes.gateway.note import Note


class GatewayError(Exception):
    """The notes API did not do what was asked.

    ``request_id`` is API Gateway's ``x-amzn-RequestId``, empty when no answer came;
    ``retry_after`` is the pause in seconds that the API asked for, if it did.
    """

    # Whether a day's use brings it, and not only something for the operator to look into.
    is_usual = False

    def __init__(
        self, message: str, *, request_id: str = "", retry_after: float | None = None
    ) -> None:
        super().__init__(message)
        self.request_id = request_id
        self.retry_after = retry_after


class GatewayUnavailable(GatewayError):
    """No answer came in time, or the API answered that it cannot work now."""


class TooManyRequests(GatewayError):
    """The API or API Gateway throttles."""


class WrongEndpoint(GatewayError):
    """API Gateway does not know this path, method or stage: NOTES_API_URL is wrong."""


class UnexpectedResponse(GatewayError):
    """The answer is not one that the contract allows."""


class TokenRejected(GatewayError):
    """The API refused the token, although it was refreshed: the person must sign in again."""

    is_usual = True


class AccessDenied(GatewayError):
    """The API knows the person and refuses the act."""


class NoteNotFound(GatewayError):
    """The person has no note with this id."""

    is_usual = True


class NoteInvalid(GatewayError):
    """The API refused what was sent.

    ``fields`` says for each field why; ``reason`` is the service's sentence for the person, empty
    when API Gateway refused.
    """

    is_usual = True

    def __init__(
        self,
        message: str,
        *,
        request_id: str = "",
        reason: str = "",
        fields: Mapping[str, str] | None = None,
    ) -> None:
        super().__init__(message, request_id=request_id)
        self.reason = reason
        self.fields = dict(fields or {})


class NoteConflict(GatewayError):
    """The note was changed elsewhere; ``current`` is the stored one."""

    is_usual = True

    def __init__(self, message: str, *, request_id: str = "", current: "Note") -> None:
        super().__init__(message, request_id=request_id)
        self.current = current
