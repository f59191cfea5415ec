"""`python -m devcloud`: the stack of infra/backend.yaml on one loopback port."""

import argparse
import fcntl
import os
import signal
import sys
from contextlib import ExitStack
from pathlib import Path
from typing import IO

from devcloud.errors import StartError
from devcloud.server import LoopbackServer

ROOT = Path(__file__).resolve().parent.parent
# Everything waits for its answer in a thread of its own; functions reach DynamoDB on a second
# port with threads of its own, so they never wait for requests that wait for them.
_THREADS = 160
_FUNCTION_THREADS = 48


def main(arguments: list[str]) -> int:
    """Serve until SIGTERM or Ctrl-C; returns the exit status."""
    options = _parser().parse_args(arguments)
    try:
        _run(options)
    except StartError as error:
        print(f"devcloud does not start. {error}", file=sys.stderr)
        return 1
    return 0


def _run(options: argparse.Namespace) -> None:
    data_directory: Path = options.data_dir
    told_to_stop = _signal_pipe(signal.SIGTERM, signal.SIGINT)
    with ExitStack() as running:
        running.enter_context(_lock(data_directory))
        server = _listen(running, options.port, _THREADS)
        endpoint = _listen(running, 0, _FUNCTION_THREADS)
        # Imported here because it takes a while, and the mistakes above need not wait for it.
        from devcloud.cloud import Cloud

        cloud = Cloud(
            data_directory,
            options.template,
            dict(options.parameter),
            server.url,
            endpoint.url,
            mints=options.mint,
        )
        running.callback(cloud.stop)
        endpoint.start(cloud.app)
        server.start(cloud.app)
        cloud.start()
        print(f"devcloud listens on {server.url}", flush=True)
        os.read(told_to_stop, 1)
        # First of all, so that requests under way still find everything there.
        server.stop()


def _signal_pipe(*signals: signal.Signals) -> int:
    """A descriptor that can be read once one of the signals has come.

    Written by the interpreter's own handler at once, in whichever thread the signal arrives; a
    handler in Python would wait for the main thread, which may have just begun to wait for it.
    """
    reader, writer = os.pipe()
    os.set_blocking(writer, False)
    signal.set_wakeup_fd(writer)
    for number in signals:
        signal.signal(number, lambda *_: None)
    return reader


def _listen(running: ExitStack, port: int, threads: int) -> LoopbackServer:
    server = LoopbackServer(port, threads)
    running.callback(server.stop)
    return server


def _lock(data_directory: Path) -> IO[bytes]:
    """Make sure that no other devcloud uses this directory, until the file is closed."""
    try:
        (data_directory / "logs").mkdir(parents=True, exist_ok=True)
        lock = (data_directory / "devcloud.lock").open("wb")
    except OSError as error:
        raise StartError(f"{data_directory} cannot be written to: {error.strerror}.") from error
    try:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError:
        lock.close()
        raise StartError(f"Another devcloud uses {data_directory}.") from None
    return lock


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m devcloud", description=__doc__)
    parser.add_argument("--port", type=int, default=9000, help="0 takes a free one")
    parser.add_argument("--data-dir", type=Path, default=ROOT / ".local")
    parser.add_argument("--template", type=Path, default=ROOT / "infra" / "backend.yaml")
    parser.add_argument(
        "--parameter",
        type=_parameter,
        action="append",
        default=[],
        metavar="NAME=VALUE",
        help="a parameter of the template; may be repeated",
    )
    parser.add_argument(
        "--mint",
        action="store_true",
        help="sign wrong tokens on request at /_local/mint; for tests only",
    )
    return parser


def _parameter(text: str) -> tuple[str, str]:
    name, equals, value = text.partition("=")
    if not equals:
        raise argparse.ArgumentTypeError(f"{text!r} is not NAME=VALUE")
    return name, value


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
