"""One line of JSON for each request; never a token, a claim, an id of a note or a word of it."""

import hashlib
import json
import re
import traceback
from dataclasses import dataclass, field

from service.metrics import request_members

# A mistake in a recursion has a thousand places; a line that is too long gives no metrics.
PLACES = 20
# AWS's codes are names or statuses; nothing else is taken for one.
AWS_CODE = re.compile(r"[A-Za-z0-9.]{1,80}")


@dataclass(slots=True)
class Entry:
    """What the line says; filled in while the request is served."""

    function: str
    request_id: str
    operation: str = "unknown"
    owner: str | None = None
    error: str | None = None
    aws_code: str | None = None
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
        """The type, AWS's code and the last places: a message may quote a note."""
        self.error = type(error).__name__
        self.aws_code = _aws_code(error)
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
            "aws_code": self.aws_code,
            "trace": self.trace,
            **request_members(status, seconds, is_mistake=bool(self.trace)),
        }
        # Lambda sends standard output to the function's log group line by line, and adds nothing.
        known = {key: value for key, value in line.items() if value not in (None, [])}
        print(json.dumps(known), flush=True)


def _aws_code(error: Exception) -> str | None:
    # Known by what it carries: the authorizer does without botocore, which takes long to import.
    match getattr(error, "response", None):
        case {"Error": {"Code": str(code)}} if AWS_CODE.fullmatch(code):
            return code
    return None
