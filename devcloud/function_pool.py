"""A function: warm processes that take turns, and more of them while they are all busy."""

import threading
import time
from collections import deque
from collections.abc import Mapping
from contextlib import suppress
from pathlib import Path
from typing import Any

from devcloud.function_package import FunctionSettings
from devcloud.function_process import (
    FunctionFailed,
    FunctionProcess,
    FunctionTimedOut,
    Invocation,
    NoResultYet,
)

# Lambda would start up to 1,000.
_MOST_PROCESSES = 16
_WARM_PROCESSES = 2
_PATIENCE_SECONDS = 0.2
_IDLE_SECONDS = 60.0


class _Turn:
    """One invocation's place in the queue: it gets a process, or the reason why there is none."""

    def __init__(self) -> None:
        self.has_come = threading.Event()
        self._process: FunctionProcess | None = None
        self._failure: FunctionFailed | None = None

    def give(self, process: FunctionProcess) -> None:
        self._process = process
        self.has_come.set()

    def fail(self, failure: FunctionFailed) -> None:
        self._failure = failure
        self.has_come.set()

    def process(self) -> FunctionProcess:
        """The process that came; raises FunctionFailed when none could be started."""
        if self._failure is not None:
            raise self._failure
        assert self._process is not None
        return self._process


class Function:
    """A function: warm processes that take turns, and more of them while they are all busy.

    Whoever has waited longest gets the next process, so on a busy machine all wait alike and
    nobody until the time is over.
    """

    def __init__(
        self,
        settings: FunctionSettings,
        package_directory: Path,
        environment: Mapping[str, str],
        log_file: Path,
    ) -> None:
        self.settings = settings
        self._package_directory = package_directory
        self._environment = environment
        self._log_file = log_file
        # Each run of devcloud begins a new log.
        log_file.unlink(missing_ok=True)
        self._lock = threading.Lock()
        self._waiting: deque[_Turn] = deque()
        self._idle: list[FunctionProcess] = []
        self._count = 0
        self._starting = 0
        self._is_stopped = False

    def warm_up(self) -> None:
        """Start the first processes, so that the first request need not wait for them."""
        with self._lock:
            while self._count < _WARM_PROCESSES:
                self._start_another()

    def invoke(self, event: Mapping[str, Any], request_id: str, wait_seconds: float) -> Any:
        """What the handler returns.

        Raises FunctionFailed, FunctionTimedOut, or NoResultYet when the waiting is over first; as
        in Lambda the handler then works on to its end.
        """
        wait_until = time.monotonic() + wait_seconds
        process = self._take(wait_until)
        settings = self.settings
        try:
            process.begin(Invocation(event, request_id, settings.arn, settings.timeout))
            result = process.result(wait_until)
        except NoResultYet:
            threading.Thread(target=self._finish, args=(process,), daemon=True).start()
            raise
        except BaseException:
            self._give_back(process)
            raise
        self._give_back(process)
        return result

    def stop(self) -> None:
        """End every process."""
        with self._lock:
            self._is_stopped = True
            idle, self._idle = self._idle, []
        for process in idle:
            process.stop()

    def retire_idle(self) -> None:
        """End processes beyond the warm ones that nobody has needed for a while."""
        now = time.monotonic()
        with self._lock:
            spare = [p for p in self._idle if now - p.idle_since > _IDLE_SECONDS]
            spare = spare[: max(0, self._count - _WARM_PROCESSES)]
            for process in spare:
                self._idle.remove(process)
                self._count -= 1
        for process in spare:
            process.stop()

    def _finish(self, process: FunctionProcess) -> None:
        """See an invocation to its end that nobody waits for any more."""
        with suppress(FunctionFailed, FunctionTimedOut):
            process.result()
        self._give_back(process)

    def _take(self, wait_until: float) -> FunctionProcess:
        """A process when it is this invocation's turn; another is started when that takes long.

        While the handlers only compute, more processes would make each of them slower; when they
        wait for something, there must be more of them.
        """
        turn = _Turn()
        with self._lock:
            self._waiting.append(turn)
            self._hand_out()
        while not turn.has_come.wait(min(_PATIENCE_SECONDS, wait_until - time.monotonic())):
            with self._lock:
                if turn.has_come.is_set():
                    break
                if time.monotonic() >= wait_until:
                    self._waiting.remove(turn)
                    raise NoResultYet
                if not self._starting and self._count < _MOST_PROCESSES:
                    self._start_another()
        return turn.process()

    def _hand_out(self) -> None:
        """Give idle processes to those who wait, in the order in which they came."""
        while self._waiting and self._idle:
            process = self._idle.pop()
            if process.is_usable:
                self._waiting.popleft().give(process)
            else:
                self._count -= 1
        if self._waiting and self._count < _WARM_PROCESSES:
            self._start_another()

    def _start_another(self) -> None:
        self._count += 1
        self._starting += 1
        threading.Thread(target=self._start, daemon=True).start()

    def _start(self) -> None:
        """Start a process, in a thread of its own: whoever is first in the queue then gets it."""
        try:
            process = FunctionProcess(
                self.settings.handler, self._package_directory, self._environment, self._log_file
            )
        except FunctionFailed as failure:
            with self._lock:
                self._count -= 1
                self._starting -= 1
                if self._waiting:
                    self._waiting.popleft().fail(failure)
                self._hand_out()
            return
        with self._lock:
            self._starting -= 1
        self._give_back(process)

    def _give_back(self, process: FunctionProcess) -> None:
        process.idle_since = time.monotonic()
        with self._lock:
            is_kept = process.is_usable and not self._is_stopped
            if is_kept:
                self._idle.append(process)
            else:
                self._count -= 1
            self._hand_out()
        if not is_kept:
            process.stop()
