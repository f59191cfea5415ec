"""The launcher of `make run`: what a kill or an impatient Ctrl-C must not break."""

import os
import signal
from pathlib import Path

import pytest

from devcloud import run


@pytest.fixture
def handlers():
    """Puts back the test runner's own handlers of signals."""
    kept = {number: signal.getsignal(number) for number in (signal.SIGINT, signal.SIGTERM)}
    yield
    for number, handler in kept.items():
        signal.signal(number, handler)


def secret_key(tmp_path):
    return run._local_environment("http://localhost:8000", 8000, tmp_path)["SECRET_KEY"]


def test_secrets_are_made_once(tmp_path):
    assert secret_key(tmp_path) == secret_key(tmp_path)
    assert (tmp_path / "secrets.json").stat().st_mode & 0o777 == 0o600


def test_a_kill_leaves_no_half_of_the_secrets(tmp_path, monkeypatch):
    real = Path.write_text

    def killed(path, text):
        real(path, text[:20])
        raise KeyboardInterrupt

    with monkeypatch.context() as patches, pytest.raises(KeyboardInterrupt):
        patches.setattr(Path, "write_text", killed)
        secret_key(tmp_path)
    assert secret_key(tmp_path) == secret_key(tmp_path)


@pytest.mark.parametrize("again", [signal.SIGINT, signal.SIGTERM])
def test_a_second_ctrl_c_leaves_nothing_running(handlers, tmp_path, monkeypatch, again):
    ended = []

    def start(*_, **__):
        raise KeyboardInterrupt

    def stop(processes):
        os.kill(os.getpid(), again)
        ended.append(processes)

    monkeypatch.setenv("DATA_DIR", str(tmp_path))
    monkeypatch.setattr(run, "_port", lambda name, default: default)
    monkeypatch.setattr(run, "_start", start)
    monkeypatch.setattr(run.Processes, "stop", stop)
    run.main([])
    assert len(ended) == 1
