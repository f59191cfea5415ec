"""A PostgreSQL server of one's own, by TLS only, for as long as a test needs it."""

import os
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from tests.e2e.certificates import Certificate

# Debian keeps the server's programs out of PATH; the newest version wins.
PROGRAMS = sorted(Path("/usr/lib/postgresql").glob("*/bin"), key=lambda path: int(path.parts[-2]))


def is_installed() -> bool:
    return bool(PROGRAMS)


@contextmanager
def postgresql(port: int, user: str, password: str, certificate: Certificate) -> Iterator[None]:
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
        }
        switches = " ".join(f"-c {name}={value}" for name, value in options.items())
        run("pg_ctl", f"--pgdata={data}", "--wait", f"--log={folder}/log", f"--options={switches}",
            "start")  # fmt: skip
        try:
            subprocess.run(
                [str(PROGRAMS[-1] / "createdb"), "--host=127.0.0.1", f"--port={port}",
                 f"--username={user}", "notesite"],
                check=True,
                capture_output=True,
                env={"PGPASSWORD": password},
            )  # fmt: skip
            yield
        finally:
            run("pg_ctl", f"--pgdata={data}", "--wait", "--mode=fast", "stop")
    finally:
        shutil.rmtree(folder)
