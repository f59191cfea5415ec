"""A PostgreSQL server of one's own, by TLS only, for as long as a test needs it."""

import os
import secrets
import shutil
import subprocess
import tempfile
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from tests.e2e import certificates
from tests.e2e.certificates import Certificate
from tests.machine import free_ports

# Debian keeps the server's programs out of PATH; the newest version wins.
PROGRAMS = sorted(Path("/usr/lib/postgresql").glob("*/bin"), key=lambda path: int(path.parts[-2]))


@dataclass(frozen=True)
class Server:
    """A server that runs, and can be stopped and started as in a failover."""

    start: Callable[[], None]
    stop: Callable[[], None]
    log: Callable[[], str]


def is_installed() -> bool:
    return bool(PROGRAMS)


@contextmanager
def for_a_site(folder: Path) -> Iterator[tuple[Server, dict[str, str]]]:
    """Runs a server; with it come the variables of a site that uses it."""
    certificate = certificates.for_localhost()
    (port,) = free_ports(1)
    password = secrets.token_hex(16)
    variables = {
        "DATABASE_URL": "postgresql:///notesite",
        "PGHOST": "localhost",
        "PGPORT": str(port),
        "PGUSER": "notesite",
        "PGPASSWORD": password,
        "PGSSLMODE": "verify-full",
        "PGSSLROOTCERT": str(certificate.write(folder)),
    }
    with postgresql(port, "notesite", password, certificate) as server:
        yield server, variables


@contextmanager
def postgresql(
    port: int,
    user: str,
    password: str,
    certificate: Certificate,
    parameters: Mapping[str, str] | None = None,
) -> Iterator[Server]:
    """Runs a server on localhost with an empty database `notesite`."""
    # Not below pytest's folder: the server refuses to run as root, and others may not enter there.
    folder = Path(tempfile.mkdtemp(prefix="notesite-postgresql-"))
    as_server = {"user": "postgres"} if os.geteuid() == 0 else {}
    data = folder / "data"

    def run(program: str, *arguments: str) -> None:
        subprocess.run(
            [str(PROGRAMS[-1] / program), *arguments],
            check=True,
            capture_output=True,
            cwd=folder,
            **as_server,
        )

    try:
        (folder / "password").write_text(password)
        (folder / "server.crt").write_bytes(certificate.certificate)
        (folder / "server.key").write_bytes(certificate.key)
        (folder / "server.key").chmod(0o600)
        if as_server:
            for path in (folder, *folder.iterdir()):
                shutil.chown(path, "postgres")
        run("initdb", f"--pgdata={data}", f"--username={user}", "--pwfile=password",
            "--auth=scram-sha-256", "--encoding=UTF8", "--no-sync")  # fmt: skip
        (data / "pg_hba.conf").write_text("hostssl all all 127.0.0.1/32 scram-sha-256\n")
        options = {
            "listen_addresses": "127.0.0.1",
            "port": str(port),
            "unix_socket_directories": str(folder),
            "ssl": "on",
            "ssl_cert_file": str(folder / "server.crt"),
            "ssl_key_file": str(folder / "server.key"),
            "fsync": "off",
            # Backends that were given less time than this end with the server.
            "max_connections": "100",
            **(parameters or {}),
        }
        switches = " ".join(f"-c {name}={value}" for name, value in options.items())
        server = Server(
            start=lambda: run("pg_ctl", f"--pgdata={data}", "--wait", f"--log={folder}/log",
                              f"--options={switches}", "start"),
            stop=lambda: run("pg_ctl", f"--pgdata={data}", "--wait", "--mode=fast", "stop"),
            log=(folder / "log").read_text,
        )  # fmt: skip
        server.start()
        try:
            subprocess.run(
                [str(PROGRAMS[-1] / "createdb"), "--host=127.0.0.1", f"--port={port}",
                 f"--username={user}", "notesite"],
                check=True,
                capture_output=True,
                env={"PGPASSWORD": password},
            )  # fmt: skip
            yield server
        finally:
            server.stop()
    finally:
        shutil.rmtree(folder)
