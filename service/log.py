"""One line of JSON for each request; never a token, a claim, an id of a note or a word of it."""

import hashlib
import json
import traceback
from dataclasses import dataclass, field

from service.metrics import request_members

# A mistake in a recursion has a thousand places; a line that is too long gives no metrics.
PLACES = 20


@dataclass(slots=True)
class Entry:
    """What the line says; filled in while the request is served."""

    function: str
    request_id: str
    operation: str = "unknown"
    owner: str | None = None
    error: str | None = None
    trace: list[str] = field(default_factory=list)

    @classmethod
    def of(cls, context: object, *, operation: str) -> "Entry":
        """For a function whose requests only Lambda has numbered."""
        return cls(
            function=getattr(context, "function_name", "unknown"),
            request_id=getattr(context, "aws_request_id", ""),
            operation=operation,
        )

    def name_owner(self, owner: str) -> None:
        """A hash tells one person's requests from another's without saying who they are."""
        self.owner = hashlib.sha256(owner.encode()).hexdigest()[:16]

    def mistake(self, error: Exception) -> None:
        """The type and the last places: the message of an exception may quote a note."""
        self.error = type(error).__name__
        frames = traceback.extract_tb(error.__traceback__)[-PLACES:]
        self.trace = [f"{frame.filename}:{frame.lineno} {frame.name}" for frame in frames]

    def write(self, status: int, seconds: float) -> None:
        line = {
            "request_id": self.request_id,
            "function": self.function,
            "operation": self.operation,
            "owner": self.owner,
            "status": status,
            "error": self.error,
            "trace": self.trace,
            **request_members(status, seconds, is_mistake=bool(self.trace)),
        }
        # Lambda sends standard output to the function's log group line by line, and adds nothing.
        known = {key: value for key, value in line.items() if value not in (None, [])}
        print(json.dumps(known), flush=True)
