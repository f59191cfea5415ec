"""What can be made to go wrong, for tests; nothing does unless somebody asks for it."""

import threading
from collections.abc import Collection
from dataclasses import dataclass, replace
from typing import Any

from flask import Request, Response

from devcloud.server import DROP_CONNECTION

# No client waits longer.
LONGEST_SECONDS = 300
KINDS = ("slow", "fail", "drop", "throttle", "garbage")


class FaultRefused(Exception):
    """The description of a fault makes no sense."""


@dataclass(frozen=True)
class Fault:
    """How one operation goes wrong.

    ``slow`` waits ``seconds`` and then works. ``fail`` answers ``status`` and does nothing.
    ``drop`` does the work and closes the connection instead of answering. ``throttle`` refuses as
    AWS does under load. ``garbage`` does the work and answers half of a JSON document. ``times``
    is how often, None for ever.
    """

    operation: str
    kind: str
    seconds: float = 0.0
    status: int = 500
    times: int | None = None

    @classmethod
    def from_json(cls, description: Any) -> "Fault":
        """The fault that a JSON object describes; raises FaultRefused."""
        if not isinstance(description, dict):
            raise FaultRefused("A fault is a JSON object.")
        try:
            fault = cls(**description)
        except TypeError:
            raise FaultRefused(
                "A fault has operation and kind, and may have seconds, status and times."
            ) from None
        if fault.kind not in KINDS:
            raise FaultRefused(f"kind is one of {', '.join(KINDS)}.")
        if not isinstance(fault.operation, str):
            raise FaultRefused("operation is a text.")
        if not _is_number(fault.seconds, float) or not 0 <= fault.seconds <= LONGEST_SECONDS:
            raise FaultRefused(f"seconds is a number from 0 to {LONGEST_SECONDS}.")
        if not _is_number(fault.status, int) or not 400 <= fault.status <= 599:
            raise FaultRefused("status is a whole number from 400 to 599.")
        if fault.times is not None and (not _is_number(fault.times, int) or fault.times < 1):
            raise FaultRefused("times is a whole number from 1.")
        return fault


class Faults:
    """The faults that are switched on, of the operations that there are."""

    def __init__(self, operations: Collection[str]) -> None:
        self._operations = operations
        self._lock = threading.Lock()
        self._faults: list[Fault] = []

    def add(self, fault: Fault) -> None:
        """Switch it on; raises FaultRefused for one that could never happen."""
        if fault.operation not in self._operations:
            raise FaultRefused(
                f"There is no operation {fault.operation}, only {', '.join(self._operations)}."
            )
        with self._lock:
            self._faults.append(fault)

    def reset(self) -> None:
        """Switch all off."""
        with self._lock:
            self._faults.clear()

    def all(self) -> list[Fault]:
        """Those that are on."""
        with self._lock:
            return list(self._faults)

    def take(self, names: tuple[str, ...]) -> Fault | None:
        """The first fault for any of these names, counted as having happened once."""
        with self._lock:
            for index, fault in enumerate(self._faults):
                if fault.operation in names:
                    if fault.times == 1:
                        del self._faults[index]
                    elif fault.times is not None:
                        self._faults[index] = replace(fault, times=fault.times - 1)
                    return fault
        return None


def spoil(fault: Fault, request: Request, answer: Response) -> None:
    """Make of the answer what the fault makes of it, after the work is done."""
    if fault.kind == "drop":
        request.environ[DROP_CONNECTION]()
    elif fault.kind == "garbage":
        answer.set_data(b'{"message": "half of')


def _is_number(value: Any, kind: type) -> bool:
    return isinstance(value, int | kind) and not isinstance(value, bool)
