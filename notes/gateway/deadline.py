"""How much time a page still has for the notes API."""

import time
from collections.abc import Callable


class Deadline:
    """The moment after which no call of a page begins, retries included."""

    def __init__(self, seconds: float, *, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._end = clock() + seconds

    def remaining(self) -> float:
        """Seconds until the end; zero or less when it has passed."""
        return self._end - self._clock()
