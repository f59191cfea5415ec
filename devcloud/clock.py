"""The time as devcloud sees it, which a test can move."""

from __future__ import annotations

import threading
import time
from datetime import UTC, datetime

# A year is left for what is added to the time, such as the end of a token.
EARLIEST, LATEST = 0.0, datetime(9999, 1, 1, tzinfo=UTC).timestamp()


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
            offset = self._offset + seconds
            if not EARLIEST <= time.time() + offset <= LATEST:
                raise ValueError("The clock goes from 1970 to 9998.")
            self._offset = offset
