"""Keeps a notes API that does not answer from taking all of the process's threads."""

import time
from collections.abc import Callable
from threading import Lock

FAILURES = 10
OPEN_SECONDS = 2.0


class Breaker:
    """Lets calls through until ten in a row had no answer; then one every 2 s, until one has.

    Only silence counts. An error that the API answers with holds no thread for long, and may
    be one person's alone.
    """

    def __init__(self, *, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._lock = Lock()
        self._failures = 0
        self._open_until = 0.0

    def lets_through(self) -> bool:
        """Whether to call now."""
        if self._failures < FAILURES:
            return True
        with self._lock:
            now = self._clock()
            if now < self._open_until:
                return False
            self._open_until = now + OPEN_SECONDS
            return True

    def answered(self) -> None:
        """The API answered, whatever it said."""
        # Every call passes here, and setting a number to nothing needs no lock.
        self._failures = 0

    def not_answered(self) -> None:
        with self._lock:
            self._failures += 1
            self._open_until = self._clock() + OPEN_SECONDS
