"""Which database the sessions and people are in."""

from pathlib import Path
from typing import Any

import dj_database_url

from notesite import env

# Connections a process may hold; requests beyond them wait for one. Left alone, the pool would
# try for five minutes to replace a lost one, ever more rarely, and find a database that is back
# only then; given up after two seconds, the next request tries anew.
POOL = {"min_size": 1, "max_size": 16, "timeout": 3, "reconnect_timeout": 2}


def from_environment(base_dir: Path) -> dict[str, Any]:
    """Django's settings for ``DATABASE_URL``.

    What the address leaves out (``postgresql:///notesite``), libpq takes from its own variables:
    ``PGHOST``, ``PGUSER``, ``PGPASSWORD``, ``PGSSLMODE``…
    """
    try:
        config: dict[str, Any] = dict(dj_database_url.parse(env.text("DATABASE_URL")))
    except ValueError:
        env.refuse("DATABASE_URL", "must look like postgres://user:password@host:5432/name.")
    if config["ENGINE"] == "django.db.backends.sqlite3":
        # IMMEDIATE takes the write lock at the start of a transaction, which is what
        # select_for_update() does on PostgreSQL.
        config["NAME"] = str(base_dir / config["NAME"])
        config["OPTIONS"] = {
            "transaction_mode": "IMMEDIATE",
            "timeout": 20,
            "init_command": "PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL;",
        }
    elif config["ENGINE"] == "django.db.backends.postgresql":
        config["CONN_HEALTH_CHECKS"] = True
        config["OPTIONS"] = {**config.get("OPTIONS", {}), "pool": POOL, "connect_timeout": 3}
    else:
        env.refuse("DATABASE_URL", "must name PostgreSQL (or SQLite on a laptop).")
    return config
