"""The time as devcloud sees it, which a test can move."""

from __future__ import annotations

import threading
import time
from datetime import UTC, datetime

# A year is left for what is added to the time, such as the end of a token.
EARLIEST, LATEST = 0.0, datetime(9999, 1, 1, tzinfo=UTC).timestamp()
_LIMITS = "The clock goes from 1970 to 9998."


class Clock:
    """The system's clock plus an offset in seconds."""

    def __init__(self) -> None:
        self._offset = 0.0
        self._lock = threading.Lock()

    def timestamp(self) -> float:
        """Seconds since the epoch."""
        return time.time() + self._offset

    def now(self) -> datetime:
        """The same as an aware UTC datetime."""
        return datetime.fromtimestamp(self.timestamp(), UTC)

    def move(self, seconds: float) -> None:
        """Shift the clock by that many seconds, forwards or back; moves add up.

        Raises ValueError for what would lead out of the years that can be written down.
        """
        with self._lock:
            # A whole number may be too large to be added to one that is not.
            if not EARLIEST - LATEST <= seconds <= LATEST:
                raise ValueError(_LIMITS)
            offset = self._offset + seconds
            if not EARLIEST <= time.time() + offset <= LATEST:
                raise ValueError(_LIMITS)
            self._offset = offset
