"""Which database the site uses, by DATABASE_URL."""

from pathlib import Path

import pytest

from notesite import database


class DatabaseTests:
    @pytest.mark.parametrize(
        ("url", "name", "host"),
        [
            ("postgresql:///notesite", "notesite", ""),
            ("postgres://u:p@db.example.com:5432/notes", "notes", "db.example.com"),
        ],
    )
    def test_postgresql_is_pooled_and_leaves_the_rest_to_libpq(
        self, monkeypatch: pytest.MonkeyPatch, url: str, name: str, host: str
    ) -> None:
        monkeypatch.setenv("DATABASE_URL", url)
        config = database.from_environment(Path("/srv"))
        assert (config["ENGINE"], config["NAME"]) == ("django.db.backends.postgresql", name)
        assert config["HOST"] == host
        assert config["OPTIONS"]["pool"] == database.POOL
        assert "sslmode" not in config["OPTIONS"]

    def test_sqlite_locks_when_a_transaction_begins(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setenv("DATABASE_URL", "sqlite:///.local/web.sqlite3")
        config = database.from_environment(Path("/srv"))
        assert config["NAME"] == "/srv/.local/web.sqlite3"
        assert config["OPTIONS"]["transaction_mode"] == "IMMEDIATE"
