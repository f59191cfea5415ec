"""Starts devcloud and the web application beside it, as `make run` does, and ends both together.

The web application gets its environment from devcloud's stack, as a deployed one gets it from the
stack's outputs; secrets are made once and kept with the local data.
"""

import argparse
import json
import os
import secrets
import shlex
import signal
import socket
import subprocess
import sys
import time
from base64 import urlsafe_b64encode
from pathlib import Path
from types import FrameType
from urllib.error import URLError
from urllib.request import urlopen

from devcloud.processes import Processes

ROOT = Path(__file__).resolve().parent.parent
READY_SECONDS = 30
ENDINGS = (signal.SIGINT, signal.SIGTERM)

# `manage.py migrate` and `manage.py collectstatic` in one process: starting Django takes longest.
PREPARE = """
import os

import django
from django.core.management import call_command

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "notesite.settings")
django.setup()
call_command("migrate", verbosity=0)
call_command("collectstatic", interactive=False, verbosity=0)
"""

WELCOME = """
  Notesite is running:  {web}

  Sign in as   demo@example.com    Demo-passw0rd!
  or as        admin@example.com   Admin-passw0rd!   (also {web}/admin/)
  or create an account; its confirmation mail is at {devcloud}/_local/mail

  Logs are in {logs}. Ctrl-C ends everything.
"""


class CannotRun(SystemExit):
    """Something keeps the site from running; the message says what to do."""


def main(arguments: list[str]) -> None:
    """Run until Ctrl-C, SIGTERM, or until one of the processes ends by itself."""
    parser = argparse.ArgumentParser(prog="python -m devcloud.run", description=__doc__)
    parser.add_argument("--reload", action="store_true", help="reload the web code on change")
    options = parser.parse_args(arguments)
    port, devcloud_port = _port("PORT", 8000), _port("DEVCLOUD_PORT", 9000)
    data_dir = Path(os.environ.get("DATA_DIR") or ROOT / ".local").absolute()
    logs = data_dir / "logs"
    try:
        logs.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise CannotRun(f"DATA_DIR: {data_dir} cannot be made: {error.strerror}.") from None

    processes = Processes(ROOT, logs)
    # SIGINT too: a shell starts background commands with it ignored.
    for ending in ENDINGS:
        signal.signal(ending, _as_interrupt)
    try:
        _start(processes, port, devcloud_port, data_dir, reload=options.reload)
        web, devcloud = f"http://localhost:{port}", f"http://127.0.0.1:{devcloud_port}"
        print(WELCOME.format(web=web, devcloud=devcloud, logs=_shown(logs)), flush=True)
        while (ended := processes.ended()) is None:
            time.sleep(0.5)
        raise CannotRun(f"{ended} has ended: {processes.last_words(ended)}")
    except KeyboardInterrupt:
        print("\nStopping…", flush=True)
    finally:
        # Whoever presses Ctrl-C again must not leave one of them running.
        for ending in ENDINGS:
            signal.signal(ending, signal.SIG_IGN)
        processes.stop()


def _start(
    processes: Processes, port: int, devcloud_port: int, data_dir: Path, *, reload: bool
) -> None:
    public_url = f"http://localhost:{port}"
    devcloud_url = f"http://127.0.0.1:{devcloud_port}"
    processes.start(
        "devcloud",
        [
            *(sys.executable, "-m", "devcloud", "--port", str(devcloud_port)),
            *("--data-dir", str(data_dir), "--parameter", f"WebAppUrl={public_url}"),
            *(f"--parameter={given}" for given in _parameters()),
        ],
        dict(os.environ),
    )
    local = _local_environment(public_url, port, data_dir)
    # These need none of devcloud's values, so they use the time that it takes to start.
    with_placeholders = {**os.environ, **_example_environment(), **local}
    _prepare(with_placeholders)
    _wait_for(f"{devcloud_url}/_local/ready", processes)
    with urlopen(f"{devcloud_url}/_local/environment", timeout=5) as answer:
        stack_outputs: dict[str, str] = json.load(answer)
    # No key of this machine's own goes to devcloud.
    inherited = {name: value for name, value in os.environ.items() if not name.startswith("AWS_")}
    environment = {**inherited, **local, **stack_outputs}
    _write_environment(data_dir / "web.env", {**local, **stack_outputs})
    processes.start(
        "web",
        [
            *(sys.executable, "-m", "gunicorn", "--config", "gunicorn.conf.py"),
            *(["--reload"] if reload else []),
            "notesite.wsgi:application",
        ],
        environment,
    )
    _wait_for(f"http://127.0.0.1:{port}/healthz", processes)


def _local_environment(public_url: str, port: int, data_dir: Path) -> dict[str, str]:
    kept = data_dir / "secrets.json"
    if not kept.exists():
        made = {
            "SECRET_KEY": secrets.token_urlsafe(50),
            "SESSION_ENCRYPTION_KEYS": urlsafe_b64encode(secrets.token_bytes(32)).decode(),
        }
        # Under its name only when it is whole: a kill may come at any time.
        unfinished = data_dir / "secrets.json.new"
        unfinished.touch(mode=0o600)
        unfinished.write_text(json.dumps(made))
        unfinished.replace(kept)
    made = json.loads(kept.read_text())
    return {
        **made,
        "PUBLIC_URL": public_url,
        "ALLOWED_HOSTS": "localhost",
        "DATABASE_URL": f"sqlite:///{data_dir}/web.sqlite3",
        "STATIC_ROOT": f"{data_dir}/staticfiles",
        "PORT": str(port),
        "WEB_CONCURRENCY": os.environ.get("WEB_CONCURRENCY", "2"),
        "DEBUG": "false",
        # devcloud takes any; on AWS they are the instance's role.
        "AWS_ACCESS_KEY_ID": "devcloud",
        "AWS_SECRET_ACCESS_KEY": "devcloud",
    }


def _parameters() -> list[str]:
    """More parameters of the template, such as ``ApiAuthorizer=AccessToken``."""
    return shlex.split(os.environ.get("DEVCLOUD_PARAMETERS", ""))


def _example_environment() -> dict[str, str]:
    lines = (ROOT / ".env.example").read_text().splitlines()
    return dict(line.split("=", 1) for line in lines if line and not line.startswith("#"))


def _write_environment(path: Path, variables: dict[str, str]) -> None:
    """What the web application runs with, for ``set -a; . .local/web.env; ./manage.py …``."""
    path.touch(mode=0o600)
    path.write_text("".join(f"{name}='{value}'\n" for name, value in sorted(variables.items())))


def _prepare(environment: dict[str, str]) -> None:
    outcome = subprocess.run(
        [sys.executable, "-c", PREPARE],
        cwd=ROOT,
        env=environment,
        capture_output=True,
        text=True,
        check=False,
    )
    if outcome.returncode:
        reason = outcome.stderr.strip().splitlines()[-1:] or ["it said nothing"]
        raise CannotRun(f"The web application could not be prepared: {reason[0]}")


def _wait_for(url: str, processes: Processes) -> None:
    deadline = time.monotonic() + READY_SECONDS
    while time.monotonic() < deadline:
        if ended := processes.ended():
            raise CannotRun(f"{ended} did not start: {processes.last_words(ended)}")
        try:
            with urlopen(url, timeout=1):
                return
        except (URLError, OSError):
            time.sleep(0.05)
    raise CannotRun(f"{url} did not answer within {READY_SECONDS} s; the logs may say why.")


def _port(name: str, default: int) -> int:
    value = os.environ.get(name) or str(default)
    if not value.isdecimal() or not 1024 <= int(value) <= 65535:
        raise CannotRun(f"{name} must be a port number from 1024 to 65535, not {value!r}.")
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", int(value)))
        except OSError:
            raise CannotRun(
                f"Port {value} is in use: end what listens there or set {name}."
            ) from None
    return int(value)


def _shown(path: Path) -> str:
    return str(path.relative_to(Path.cwd()) if path.is_relative_to(Path.cwd()) else path)


def _as_interrupt(signum: int, frame: FrameType | None) -> None:
    raise KeyboardInterrupt


if __name__ == "__main__":
    main(sys.argv[1:])
