"""What tests need of the machine they run on: free ports, and programs that may be missing."""

import os
import socket

import pytest


def free_ports(count: int) -> list[int]:
    """Ports of loopback that nobody uses, all different."""
    sockets = [socket.socket() for _ in range(count)]
    try:
        for one in sockets:
            one.bind(("127.0.0.1", 0))
        return [one.getsockname()[1] for one in sockets]
    finally:
        for one in sockets:
            one.close()


def require(program: str, present: bool) -> None:
    """Skips by name on a laptop that lacks a program; in CI a lack is a failure."""
    if present:
        return
    if os.environ.get("CI"):
        pytest.fail(f"{program} is not installed")
    pytest.skip(f"{program} is not installed")
