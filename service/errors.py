"""What can go wrong, and how the answer says it.

ServiceError
  · Unauthorized           401  the authorizer's claims name nobody
  · AccessDenied           403  the token was not issued for this application
  · InvalidRequest         400  carries what is wrong with each field
  · NotesFull              400  this person's notes take up all the room there is
  · UnknownRoute           404  the contract has no such operation
  · NoteNotFound           404  never existed, is somebody else's, or is gone for good
  · Conflict                    carries the note as it is
      · NoteExists         409  another note has this id
      · NoteChanged        412  the note is no longer the version in If-Match
      · NoteInTrash        412  only a note in use can be changed
  · PreconditionRequired   428  If-Match is missing
  · Throttled              429  DynamoDB asks for patience
  · TableUnavailable       503  DynamoDB did not answer; the work may have been done
"""

from collections.abc import Mapping
from typing import Any

from service.note import Note


class ServiceError(Exception):
    """Becomes an answer; the message is for the person, the class name is the code."""

    status = 500
    message = "Something went wrong. Please try again."
    headers: Mapping[str, str] = {}

    def __init__(self, message: str | None = None) -> None:
        super().__init__(message or self.message)

    @property
    def code(self) -> str:
        return type(self).__name__

    def details(self) -> dict[str, Any]:
        """What the answer's body holds beyond message, code and requestId."""
        return {}


class Unauthorized(ServiceError):
    status = 401
    message = "Unauthorized"


class AccessDenied(ServiceError):
    status = 403
    message = "This token was not issued for this application."


class InvalidRequest(ServiceError):
    status = 400
    message = "The request is not valid."

    def __init__(self, fields: Mapping[str, str] | None = None, message: str | None = None) -> None:
        super().__init__(message)
        self.fields = dict(fields or {})

    def details(self) -> dict[str, Any]:
        return {"fields": self.fields} if self.fields else {}


class NotesFull(ServiceError):
    status = 400
    # Going to the trash makes a note larger, so that is refused too.
    message = (
        "Your notes take up all the room there is. "
        "Delete some in the trash for good, or shorten a long note first."
    )


class UnknownRoute(ServiceError):
    status = 404
    message = "There is no such operation."


class NoteNotFound(ServiceError):
    status = 404
    message = "Note not found"


class Conflict(ServiceError):
    def __init__(self, current: Note) -> None:
        super().__init__()
        self.current = current
        self.headers = {"ETag": current.etag}

    def details(self) -> dict[str, Any]:
        return {"current": self.current.to_json()}


class NoteExists(Conflict):
    status = 409
    message = "There is another note with this id."


class NoteChanged(Conflict):
    status = 412
    message = "The note has been changed in the meantime."


class NoteInTrash(Conflict):
    status = 412
    message = "The note is in the trash. Restore it to change it."


class PreconditionRequired(ServiceError):
    status = 428
    message = "Send the version that the change starts from in If-Match."


class Throttled(ServiceError):
    status = 429
    message = "Too many requests at once. Please try again in a moment."
    headers = {"Retry-After": "1"}


class TableUnavailable(ServiceError):
    status = 503
    message = "The notes cannot be reached at the moment. Please try again."
    headers = {"Retry-After": "1"}
