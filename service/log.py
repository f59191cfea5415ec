"""One line of JSON for each request; never a token, a claim, an id of a note or a word of it."""

import hashlib
import json
import traceback
from dataclasses import asdict, dataclass, field


@dataclass(slots=True)
class Entry:
    """What the line says; filled in while the request is served."""

    request_id: str
    operation: str | None = None
    owner: str | None = None
    error: str | None = None
    trace: list[str] = field(default_factory=list)

    def name_owner(self, owner: str) -> None:
        """A hash tells one person's requests from another's without saying who they are."""
        self.owner = hashlib.sha256(owner.encode()).hexdigest()[:16]

    def mistake(self, error: Exception) -> None:
        """The type and the places: the message of an exception may quote a note."""
        self.error = type(error).__name__
        frames = traceback.extract_tb(error.__traceback__)
        self.trace = [f"{frame.filename}:{frame.lineno} {frame.name}" for frame in frames]

    def write(self, status: int, seconds: float) -> None:
        line = {**asdict(self), "status": status, "milliseconds": round(seconds * 1000)}
        # Lambda sends standard output to the function's log group line by line, and adds nothing.
        known = {key: value for key, value in line.items() if value not in (None, [])}
        print(json.dumps(known), flush=True)
