"""When a call that failed is tried again, and when that would only make things worse."""

import random
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from threading import Lock

ATTEMPTS = 3


class RetryBudget:
    """A process's allowance of retries, refilled by calls that work.

    When the API is down for everybody, each retry is one more request on it; the bucket is empty
    after ``size`` retries, and from then on each call is tried once. One success in ten is
    needed for a retry. (AWS SDKs do the same: standard retry mode, "retry quota".)
    """

    def __init__(self, size: int = 20, refill: float = 0.1) -> None:
        self._lock = Lock()
        self._size = float(size)
        self._refill = refill
        self._left = float(size)

    def succeeded(self) -> None:
        with self._lock:
            self._left = min(self._size, self._left + self._refill)

    def take(self) -> bool:
        """Take one retry; False when there is none left."""
        with self._lock:
            if self._left < 1:
                return False
            self._left -= 1
            return True


@dataclass(frozen=True, slots=True)
class Retries:
    """The pauses between tries: random, growing, never past the deadline."""

    budget: RetryBudget = field(default_factory=RetryBudget)
    sleep: Callable[[float], None] = time.sleep
    uniform: Callable[[float, float], float] = random.uniform

    def pause(self, attempt: int, remaining: float, retry_after: float | None = None) -> bool:
        """Wait before the next try; False when there is to be none.

        A ``retry_after`` that the API named is waited for in full, or the call is given up.
        """
        if attempt >= ATTEMPTS:
            return False
        seconds = self.uniform(0, min(1.0, 0.1 * 2**attempt))
        if retry_after is not None:
            seconds += retry_after
        if seconds >= remaining or not self.budget.take():
            return False
        self.sleep(seconds)
        return True
