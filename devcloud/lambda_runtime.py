"""The program inside a function's process: loads the handler and answers invocations.

It is started as a script with the standard library alone on its path. Invocations come and
results go as one line of JSON each over a socket that devcloud holds the other end of.
"""

import importlib
import json
import os
import queue
import socket
import sys
import threading
import time
import traceback
from dataclasses import dataclass
from typing import Any


@dataclass
class Context:
    """What a handler gets as its second argument.

    https://docs.aws.amazon.com/lambda/latest/dg/python-context.html
    """

    aws_request_id: str
    invoked_function_arn: str
    deadline: float
    function_name: str = os.environ.get("AWS_LAMBDA_FUNCTION_NAME", "")
    function_version: str = "$LATEST"
    memory_limit_in_mb: str = os.environ.get("AWS_LAMBDA_FUNCTION_MEMORY_SIZE", "128")
    log_group_name: str = os.environ.get("AWS_LAMBDA_LOG_GROUP_NAME", "")
    log_stream_name: str = os.environ.get("AWS_LAMBDA_LOG_STREAM_NAME", "")
    identity: None = None
    client_context: None = None

    def get_remaining_time_in_millis(self) -> int:
        """How long until the function's time is over."""
        return max(0, int((self.deadline - time.time()) * 1000))


def main(descriptor: int, package_directory: str, handler: str) -> None:
    """Answer invocations until devcloud goes away."""
    connection = socket.socket(fileno=descriptor)
    lines: queue.Queue[bytes] = queue.Queue()
    threading.Thread(target=_read, args=(connection, lines), daemon=True).start()
    sys.path.insert(0, package_directory)
    sys.path.append(os.environ.get("LAMBDA_RUNTIME_DIR", ""))
    module_name, _, function_name = handler.rpartition(".")
    try:
        function = getattr(importlib.import_module(module_name), function_name)
    except BaseException as error:
        _send(connection, {"failed_to_start": True, **_described(error)})
        raise
    _send(connection, {"ready": True})
    while True:
        invocation = json.loads(lines.get())
        context = Context(
            aws_request_id=invocation["request_id"],
            invoked_function_arn=invocation["function_arn"],
            deadline=time.time() + invocation["timeout"],
        )
        try:
            answer = {"result": function(invocation["event"], context)}
            line = _line(answer)
        except Exception as error:  # noqa: BLE001 (whatever a handler raises is the answer)
            traceback.print_exc()
            line = _line(_described(error))
        sys.stdout.flush()
        connection.sendall(line)


def _read(connection: socket.socket, lines: "queue.Queue[bytes]") -> None:
    """Hand over each line; when devcloud is gone, even killed, this process ends at once."""
    try:
        for line in connection.makefile("rb"):
            lines.put(line)
    finally:
        # A reset, not an end, is what comes when devcloud was killed with a result unread.
        os._exit(0)


def _described(error: BaseException) -> dict[str, Any]:
    return {"errorType": type(error).__name__, "errorMessage": str(error)}


def _line(message: dict[str, Any]) -> bytes:
    return json.dumps(message).encode() + b"\n"


def _send(connection: socket.socket, message: dict[str, Any]) -> None:
    connection.sendall(_line(message))


if __name__ == "__main__":
    main(int(sys.argv[1]), sys.argv[2], sys.argv[3])
