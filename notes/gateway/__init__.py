"""The notes API client, and the only web code that knows the API exists. No Django here."""

from notes.gateway.client import NotesGateway, TokenSource
from notes.gateway.deadline import Deadline
from notes.gateway.errors import (
    AccessDenied,
    GatewayError,
    GatewayUnavailable,
    NoteConflict,
    NoteInvalid,
    NoteNotFound,
    TokenRejected,
    TooManyRequests,
    UnexpectedResponse,
    WrongEndpoint,
)
from notes.gateway.note import Note, NoteContent, NotePage, NotesDeleted, NoteSummary
from notes.gateway.retries import Retries
from notes.gateway.transport import Transport

__all__ = [
    "AccessDenied",
    "Deadline",
    "GatewayError",
    "GatewayUnavailable",
    "Note",
    "NoteConflict",
    "NoteContent",
    "NoteInvalid",
    "NoteNotFound",
    "NotePage",
    "NoteSummary",
    "NotesDeleted",
    "NotesGateway",
    "Retries",
    "TokenRejected",
    "TokenSource",
    "TooManyRequests",
    "Transport",
    "UnexpectedResponse",
    "WrongEndpoint",
]
