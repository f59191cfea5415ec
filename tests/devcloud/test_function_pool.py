"""Invocations take turns at a function's processes, and what ends one early is in its log."""

import os
import threading
import time
from contextlib import suppress

import pytest

from devcloud import function_pool
from devcloud.function_package import FunctionSettings
from devcloud.function_pool import Function
from devcloud.function_process import FunctionFailed, FunctionTimedOut, NoResultYet

HANDLER = """
import os, time

def handler(event, context):
    if "gate" in event:
        with open(event["gate"]) as gate:
            gate.read()
    if "name" in event:
        print(event["name"])
    if "exit" in event:
        os._exit(event["exit"])
    if "seconds" in event:
        time.sleep(event["seconds"])
    return event
"""


@pytest.fixture
def make(tmp_path):
    made = []

    def make_one(handler=HANDLER, timeout=30):
        (tmp_path / "turns.py").write_text(handler)
        settings = FunctionSettings("turns", "arn", "turns.handler", timeout, "role", {})
        made.append(Function(settings, tmp_path, {}, tmp_path / "function.log"))
        return made[-1]

    yield make_one
    for function in made:
        function.stop()


@pytest.fixture
def log(tmp_path):
    return (tmp_path / "function.log").read_text


class Gate:
    """Keeps a handler at work until it is opened."""

    def __init__(self, path):
        os.mkfifo(path)
        self._path = path
        self.event = {"gate": str(path)}
        self._writer = None

    def wait_for_handler(self):
        self._writer = self._path.open("w")

    def open(self):
        self._writer.close()


@pytest.fixture
def gate(tmp_path):
    return Gate(tmp_path / "gate")


def wait_for_queue(function, length):
    deadline = time.monotonic() + 20
    while len(function._waiting) < length:
        assert time.monotonic() < deadline


class TurnTests:
    @pytest.fixture(autouse=True)
    def only_one_process(self, monkeypatch):
        monkeypatch.setattr(function_pool, "_WARM_PROCESSES", 1)
        monkeypatch.setattr(function_pool, "_MOST_PROCESSES", 1)

    def test_whoever_has_waited_longest_is_next(self, make, gate, log):
        function = make()

        def invoke(*events):
            for event in events:
                function.invoke(event, "id", 60)

        # Who has just had a turn asks again at once.
        threads = [threading.Thread(target=invoke, args=(gate.event, {"name": "again"}))]
        threads[0].start()
        gate.wait_for_handler()
        for number, name in enumerate(("first", "second", "third"), 1):
            threads.append(threading.Thread(target=invoke, args=({"name": name},)))
            threads[-1].start()
            wait_for_queue(function, number)
        gate.open()
        for thread in threads:
            thread.join(30)
        assert log().split() == ["first", "second", "third", "again"]

    def test_who_gave_up_waiting_is_passed_over(self, make, gate):
        function = make()
        first = threading.Thread(target=function.invoke, args=(gate.event, "id", 60))
        first.start()
        gate.wait_for_handler()
        with pytest.raises(NoResultYet):
            function.invoke({}, "id", 0.1)
        gate.open()
        assert function.invoke({"name": "next"}, "id", 60) == {"name": "next"}
        first.join(30)

    def test_an_ended_process_makes_room_for_another(self, make):
        function = make()
        with pytest.raises(FunctionFailed):
            function.invoke({"exit": 3}, "id", 60)
        assert function.invoke({"name": "next"}, "id", 60) == {"name": "next"}


class StartTests:
    def test_a_handler_that_cannot_be_loaded_fails_each_invocation(self, make):
        function = make("raise RuntimeError('no table')\n")
        for _ in range(3):
            with pytest.raises(FunctionFailed, match="RuntimeError: no table"):
                function.invoke({}, "id", 60)

    def test_a_process_that_cannot_be_started_fails_the_invocation(self, make, tmp_path):
        function = make()
        (tmp_path / "function.log").mkdir()
        with pytest.raises(FunctionFailed, match=r"Sandbox\.StartError"):
            function.invoke({}, "id", 60)

    def test_waiting_ends_in_time_while_a_process_starts(self, make, gate):
        function = make(f"open({gate.event['gate']!r}).read()\n{HANDLER}")
        with pytest.raises(NoResultYet):
            function.invoke({}, "id", 0.1)
        gate.wait_for_handler()
        gate.open()
        assert function.invoke({"name": "next"}, "id", 60) == {"name": "next"}


class LogTests:
    def test_a_time_out_is_in_the_log(self, make, log):
        with pytest.raises(FunctionTimedOut):
            make(timeout=0.1).invoke({"seconds": 60}, "request-1", 60)
        assert log() == "request-1 Task timed out after 0.10 seconds\n"

    def test_an_exit_is_in_the_log(self, make, log):
        function = make()
        with suppress(FunctionFailed):
            function.invoke({"exit": 3}, "request-1", 60)
        assert log() == "RequestId: request-1 Error: Runtime exited with exit status 3\n"
