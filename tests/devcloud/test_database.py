"""Threads that write to devcloud's database at the same time."""

from concurrent.futures import ThreadPoolExecutor
from concurrent.futures import TimeoutError as NotYet

import pytest

from devcloud.database import Database, OwnerGone

TABLES = """
CREATE TABLE IF NOT EXISTS owners (name TEXT PRIMARY KEY);
CREATE TABLE IF NOT EXISTS things (owner TEXT REFERENCES owners);
CREATE TABLE IF NOT EXISTS checked_late (
    owner TEXT REFERENCES owners DEFERRABLE INITIALLY DEFERRED
);
"""


@pytest.fixture
def database(tmp_path):
    database = Database(tmp_path / "devcloud.sqlite3")
    database.create_tables(TABLES)
    return database


def write(database):
    # SQLite's own waiting is a sleep that grows, after which any other thread may be first.
    database.query("PRAGMA busy_timeout = 0")
    with database.transaction() as connection:
        connection.execute("INSERT INTO owners VALUES ('ada')")


def test_a_writer_waits_for_the_one_before_it_and_not_for_a_time(database):
    with ThreadPoolExecutor(1) as threads:
        with database.transaction():
            second = threads.submit(write, database)
            with pytest.raises(NotYet):
                second.result(0.5)
        second.result(20)
    assert len(database.query("SELECT * FROM owners")) == 1


def test_readers_do_not_wait(database):
    with ThreadPoolExecutor(1) as threads, database.transaction() as connection:
        connection.execute("INSERT INTO owners VALUES ('ada')")
        assert threads.submit(database.query, "SELECT * FROM owners").result(20) == []


@pytest.mark.parametrize("error", [ZeroDivisionError, KeyboardInterrupt])
def test_a_transaction_that_fails_leaves_nothing_and_lets_the_next_one_in(database, error):
    with pytest.raises(error), database.transaction() as connection:
        connection.execute("INSERT INTO owners VALUES ('ada')")
        raise error
    write(database)


def test_a_commit_that_fails_leaves_nothing_and_lets_the_next_one_in(database):
    with pytest.raises(OwnerGone), database.transaction() as connection:
        connection.execute("INSERT INTO checked_late VALUES ('ada')")
    write(database)
    assert database.query("SELECT * FROM checked_late") == []


def test_a_row_of_somebody_who_is_gone_is_refused_by_name(database):
    with pytest.raises(OwnerGone), database.transaction() as connection:
        connection.execute("INSERT INTO things VALUES ('ada')")


def nested(database):
    with database.transaction() as connection:
        connection.execute("INSERT INTO owners VALUES ('ada')")
        with database.transaction():
            pass


def test_a_transaction_inside_another_is_refused_and_undoes_it(database):
    with pytest.raises(RuntimeError, match="inside another"):
        nested(database)
    write(database)
