"""A function: warm processes that take turns, and more of them while they all wait."""

import threading
import time
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


class Function:
    """A function: warm processes that take turns, and more of them while they are all busy."""

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
        self._condition = threading.Condition()
        self._idle: list[FunctionProcess] = []
        self._count = 0
        self._is_growing = False
        self._is_stopped = False

    def warm_up(self) -> None:
        """Start the first processes, so that the first request need not wait for them."""
        for _ in range(_WARM_PROCESSES):
            self._give_back(self._start())

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
        with self._condition:
            self._is_stopped = True
            idle, self._idle = self._idle, []
        for process in idle:
            process.stop()

    def retire_idle(self) -> None:
        """End processes beyond the warm ones that nobody has needed for a while."""
        now = time.monotonic()
        with self._condition:
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
        """An idle process, or another one when none has become idle for a moment.

        While the handlers only compute, more processes would make each of them slower; when they
        wait for something, there must be more of them.
        """
        grow_at = time.monotonic() + _PATIENCE_SECONDS
        with self._condition:
            while (process := self._pop_idle()) is None:
                now = time.monotonic()
                if now >= wait_until:
                    raise NoResultYet
                if self._may_grow(now >= grow_at):
                    self._is_growing = True
                    self._count += 1
                    break
                self._condition.wait(min(wait_until - now, _PATIENCE_SECONDS))
            else:
                return process
        return self._grow()

    def _pop_idle(self) -> FunctionProcess | None:
        while self._idle:
            process = self._idle.pop()
            if process.is_usable:
                return process
            self._count -= 1
        return None

    def _may_grow(self, has_waited: bool) -> bool:
        if self._is_growing or self._count >= _MOST_PROCESSES:
            return False
        return has_waited or self._count < _WARM_PROCESSES

    def _grow(self) -> FunctionProcess:
        try:
            process = self._new()
            process.wait_until_ready()
        except BaseException:
            with self._condition:
                self._count -= 1
            raise
        finally:
            with self._condition:
                self._is_growing = False
                self._condition.notify_all()
        return process

    def _start(self) -> FunctionProcess:
        with self._condition:
            self._count += 1
        return self._new()

    def _new(self) -> FunctionProcess:
        return FunctionProcess(
            self.settings.handler, self._package_directory, self._environment, self._log_file
        )

    def _give_back(self, process: FunctionProcess) -> None:
        process.idle_since = time.monotonic()
        with self._condition:
            is_kept = process.is_usable and not self._is_stopped
            if is_kept:
                self._idle.append(process)
            else:
                self._count -= 1
            self._condition.notify()
        if not is_kept:
            process.stop()
