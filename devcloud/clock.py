"""The time as devcloud sees it, which a test can move."""

from __future__ import annotations

import threading
import time
from datetime import UTC, datetime


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
        """Shift the clock by that many seconds, forwards or back; moves add up."""
        with self._lock:
            self._offset += seconds
