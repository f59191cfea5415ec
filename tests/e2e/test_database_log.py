"""What the database writes down, with the parameters that infra/web.yaml gives it."""

import secrets
from pathlib import Path

import psycopg
import pytest
from cfnlint.decode import cfn_yaml

from tests.e2e import certificates, local_postgresql
from tests.machine import free_ports, require

TEMPLATE = Path(__file__).resolve().parents[2] / "infra/web.yaml"


@pytest.fixture
def parameters():
    resources = cfn_yaml.load(str(TEMPLATE))["Resources"]
    given = resources["DatabaseParameters"]["Properties"]["Parameters"]
    return {name: value for name, value in given.items() if not name.startswith("rds.")}


class DatabaseLogTests:
    def test_a_statement_that_fails_leaves_no_value_of_a_person(self, tmp_path, parameters):
        """As Django sends it: with the values in the statement itself."""
        require("PostgreSQL", local_postgresql.is_installed())
        certificate = certificates.for_localhost()
        (port,) = free_ports(1)
        password = secrets.token_hex(16)
        with (
            local_postgresql.postgresql(
                port, "notesite", password, certificate, parameters
            ) as server,
            psycopg.connect(
                host="localhost",
                port=port,
                user="notesite",
                password=password,
                dbname="notesite",
                sslmode="verify-full",
                sslrootcert=str(certificate.write(tmp_path)),
                autocommit=True,
                cursor_factory=psycopg.ClientCursor,
            ) as connection,
        ):
            connection.execute("CREATE TABLE person (email text UNIQUE)")
            insert = "INSERT INTO person (email) VALUES (%s)"
            connection.execute(insert, ["anna.secret@example.com"])
            with pytest.raises(psycopg.errors.UniqueViolation):
                connection.execute(insert, ["anna.secret@example.com"])
            logged = server.log()
        assert "duplicate key value violates unique constraint" in logged
        assert "anna.secret" not in logged
