"""How much time a page still has for the notes API."""

import time
from collections.abc import Callable


class Deadline:
    """One moment by which every call of a page has its answer, retries included."""

    def __init__(self, seconds: float, *, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._end = clock() + seconds

    def remaining(self) -> float:
        """Seconds until the end; zero or less when it has passed."""
        return self._end - self._clock()
