"""One process of a function, as Lambda's execution environment: one invocation at a time."""

import json
import socket
import subprocess
import sys
import time
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from devcloud.json_text import read_json

_RUNTIME = Path(__file__).with_name("lambda_runtime.py")
# Lambda gives 10 s; a laptop may be busy.
_INIT_SECONDS = 30.0
# https://docs.aws.amazon.com/lambda/latest/dg/gettingstarted-limits.html
_LARGEST_RESULT = 6 * 1024 * 1024


class FunctionFailed(Exception):
    """The handler raised, could not be loaded, or its process ended."""

    def __init__(self, error_type: str, message: str) -> None:
        super().__init__(f"{error_type}: {message}")
        self.error_type = error_type
        self.message = message


class FunctionTimedOut(Exception):
    """The time that the template gives the function is over."""


class NoResultYet(Exception):
    """The caller does not want to wait longer; the handler still works."""


@dataclass(frozen=True)
class Invocation:
    """What one invocation hands to the handler."""

    event: Mapping[str, Any]
    request_id: str
    function_arn: str
    timeout: float


class FunctionProcess:
    """A running, loaded handler that answers invocations over a socket.

    Raises FunctionFailed when it cannot be started or loaded. What ends it before its time is
    said in the log, in Lambda's words.

    The process sees nothing of devcloud's environment, and it ends when devcloud ends, also by
    ``kill -9``, because its end of the socket is then closed.
    """

    def __init__(
        self,
        handler: str,
        package_directory: Path,
        environment: Mapping[str, str],
        log_file: Path,
    ) -> None:
        self._socket, theirs = socket.socketpair()
        self._buffer = bytearray()
        self._deadline = time.monotonic() + _INIT_SECONDS
        self._log_file = log_file
        self._under_way: Invocation | None = None
        self.idle_since = time.monotonic()
        try:
            with theirs, log_file.open("ab") as log:
                self._process = subprocess.Popen(
                    # -I: no PYTHON* variables, no user site, not devcloud's directory on the path.
                    # -S: nor what is installed for devcloud.
                    [
                        *(sys.executable, "-I", "-S", str(_RUNTIME)),
                        *(str(theirs.fileno()), str(package_directory), handler),
                    ],
                    env=dict(environment),
                    cwd=package_directory,
                    pass_fds=[theirs.fileno()],
                    stdin=subprocess.DEVNULL,
                    stdout=log,
                    stderr=log,
                )
        except OSError as error:
            self._socket.close()
            raise FunctionFailed("Sandbox.StartError", str(error)) from None
        self._wait_until_ready()

    def begin(self, invocation: Invocation) -> None:
        """Hand an invocation to the handler; ``result`` must follow.

        Raises FunctionFailed when the process has ended.
        """
        message = {
            "event": invocation.event,
            "request_id": invocation.request_id,
            "function_arn": invocation.function_arn,
            "timeout": invocation.timeout,
        }
        self._under_way = invocation
        self._deadline = time.monotonic() + invocation.timeout
        try:
            self._socket.settimeout(invocation.timeout)
            self._socket.sendall(json.dumps(message).encode() + b"\n")
        except OSError:
            raise self._ended() from None

    def result(self, wait_until: float = float("inf")) -> Any:
        """What the handler returns, waited for until that time of the monotonic clock.

        Raises NoResultYet when that time comes first: ``result`` can be called again. Raises
        FunctionFailed, or FunctionTimedOut when the function's own time is over; whenever
        ``is_usable`` is false then, the process must not be used again.
        """
        answer = self._receive(wait_until)
        if "result" not in answer:
            raise FunctionFailed(answer["errorType"], answer["errorMessage"])
        return answer["result"]

    @property
    def is_usable(self) -> bool:
        """Whether the process still runs."""
        return self._process.poll() is None

    def stop(self) -> None:
        """End the process now and wait until it has ended."""
        self._process.kill()
        self._process.wait()
        self._socket.close()

    def _wait_until_ready(self) -> None:
        """Return once the handler is loaded; raises FunctionFailed when it cannot be."""
        try:
            answer = self._receive(float("inf"))
        except FunctionTimedOut:
            raise FunctionFailed("Sandbox.Timedout", "The handler took too long to load.") from None
        if "ready" not in answer:
            self.stop()
            raise FunctionFailed(answer["errorType"], answer["errorMessage"])

    def _receive(self, wait_until: float) -> dict[str, Any]:
        while b"\n" not in self._buffer:
            remaining = min(self._deadline, wait_until) - time.monotonic()
            try:
                self._socket.settimeout(max(0.001, remaining))
                received = self._socket.recv(1 << 20)
            except TimeoutError:
                if wait_until < self._deadline:
                    raise NoResultYet from None
                raise self._timed_out() from None
            except OSError:
                received = b""
            if not received:
                raise self._ended()
            self._buffer += received
        line, _, rest = self._buffer.partition(b"\n")
        self._buffer = bytearray(rest)
        if len(line) > _LARGEST_RESULT:
            raise FunctionFailed("Function.ResponseSizeTooLarge", "The result is over 6 MB.")
        try:
            answer: dict[str, Any] = read_json(bytes(line))
        except ValueError as error:
            raise FunctionFailed("Runtime.MarshalError", str(error)) from None
        return answer

    def _timed_out(self) -> FunctionTimedOut:
        self.stop()
        if self._under_way is None:
            self._log(f"INIT_REPORT Status: timeout after {_INIT_SECONDS:.2f} seconds")
        else:
            timeout = self._under_way.timeout
            self._log(f"{self._under_way.request_id} Task timed out after {timeout:.2f} seconds")
        return FunctionTimedOut()

    def _ended(self) -> FunctionFailed:
        self.stop()
        request_id = "init" if self._under_way is None else self._under_way.request_id
        status = self._process.returncode
        self._log(f"RequestId: {request_id} Error: Runtime exited with exit status {status}")
        return FunctionFailed("Runtime.ExitError", "The process has ended.")

    def _log(self, line: str) -> None:
        with self._log_file.open("a") as log:
            log.write(line + "\n")
