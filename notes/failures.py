"""What people are told when the notes API did not do what was asked, and with which status."""

import math
from dataclasses import dataclass

from django.http import HttpResponse, JsonResponse

from identity.navigation import RETRY_SECONDS
from identity.tokens import SignInNeeded, TokensUnavailable
from notes.gateway import (
    AccessDenied,
    GatewayUnavailable,
    NoteConflict,
    NoteInvalid,
    NoteNotFound,
    TokenRejected,
    TooManyRequests,
    UnexpectedResponse,
    WrongEndpoint,
)


@dataclass(frozen=True, slots=True)
class Failure:
    """A failed act, in a person's words and a program's."""

    status: int
    code: str
    message: str
    retry_after: int | None = None

    def to_json(self) -> HttpResponse:
        """The answer for a script."""
        body = {"message": self.message, "code": self.code}
        return self.mark(JsonResponse(body, status=self.status))

    def mark(self, response: HttpResponse) -> HttpResponse:
        """The response, saying when to try again if that is known."""
        if self.retry_after is not None:
            response.headers["Retry-After"] = str(self.retry_after)
        return response


# When saving ends in one of these, the editor is shown again with all that was typed.
NOT_SAVED = (
    GatewayUnavailable,
    TooManyRequests,
    UnexpectedResponse,
    WrongEndpoint,
    AccessDenied,
    TokenRejected,
    TokensUnavailable,
    SignInNeeded,
)

_SIGN_IN = Failure(401, "SignInNeeded", "You are no longer signed in.")

_FAILURES = {
    GatewayUnavailable: Failure(
        503, "NotesUnavailable", "The notes service does not answer right now."
    ),
    TokensUnavailable: Failure(503, TokensUnavailable.code, TokensUnavailable.message),
    TooManyRequests: Failure(
        429, "TooManyRequests", "The notes service has too much to do right now."
    ),
    UnexpectedResponse: Failure(
        502, "UnexpectedResponse", "The notes service gave an answer that makes no sense."
    ),
    WrongEndpoint: Failure(
        502, "WrongEndpoint", "This site is set up with a wrong address of the notes service."
    ),
    TokenRejected: _SIGN_IN,
    SignInNeeded: _SIGN_IN,
    AccessDenied: Failure(403, "AccessDenied", "The notes service does not let you do this."),
    NoteNotFound: Failure(404, "NoteNotFound", "There is no such note."),
    NoteInvalid: Failure(400, "NoteInvalid", "The notes service does not accept this."),
    NoteConflict: Failure(409, "NoteConflict", "The note was changed elsewhere."),
}


def failure_of(error: Exception) -> Failure:
    """The failure that an error of the gateway or of the tokens means.

    A temporary one says when to try again.
    """
    failure = _FAILURES[type(error)]
    if failure.status not in {429, 503}:
        return failure
    asked = getattr(error, "retry_after", None) or RETRY_SECONDS
    return Failure(failure.status, failure.code, failure.message, math.ceil(asked))
