"""The databases tests are given again are as good as new."""

from __future__ import annotations

from collections.abc import Iterator

import psycopg
import pytest

from tests.postgres_pool import PostgresPool
from tests.postgres_server import PostgresServer

pytestmark = pytest.mark.postgres


@pytest.fixture
def pool(postgres_server: PostgresServer) -> Iterator[PostgresPool]:
    url = postgres_server.create_database()
    with psycopg.connect(url) as connection:
        connection.execute(
            "CREATE TABLE a (number bigserial PRIMARY KEY); CREATE TABLE b (a bigint REFERENCES a);"
            "CREATE TABLE version (number text); INSERT INTO version VALUES ('1')"
        )
    made = PostgresPool(postgres_server, url.rpartition("/")[2])
    yield made
    made.close()
    postgres_server.drop_database(url)


def query(url: str, statement: str) -> list[tuple[object, ...]]:
    with psycopg.connect(url, autocommit=True) as connection:
        return connection.execute(statement.encode()).fetchall()


def test_it_is_empty_again_and_numbers_begin_anew_under_another_name(pool: PostgresPool) -> None:
    first = pool.take()
    query(first, "INSERT INTO a DEFAULT VALUES RETURNING number")
    query(first, "INSERT INTO b VALUES (1) RETURNING a")
    number = query(first, "SELECT oid FROM pg_database WHERE datname = current_database()")
    pool.give_back(first)
    second = pool.take()
    assert query(second, "SELECT oid FROM pg_database WHERE datname = current_database()") == number
    assert query(second, "SELECT count(*) FROM b") == [(0,)]
    assert query(second, "SELECT * FROM version") == [("1",)]
    assert query(second, "INSERT INTO a DEFAULT VALUES RETURNING number") == [(1,)]
    with pytest.raises(psycopg.OperationalError, match="does not exist"):
        query(first, "SELECT 1")
    pool.give_back(second)


@pytest.mark.parametrize("change", [
    "CREATE INDEX ON b (a)", "DROP TABLE b", "ALTER TABLE a ADD more int", "CREATE VIEW v AS SELECT 1",
    "ALTER TABLE b ALTER a SET DEFAULT 1", "ALTER TABLE b DROP CONSTRAINT b_a_fkey", "CREATE SCHEMA other",
    "UPDATE version SET number = '2'", "DELETE FROM version", "TRUNCATE a, b",
    "CREATE FUNCTION f() RETURNS int LANGUAGE sql RETURN 1",
])  # fmt: skip
def test_one_that_was_changed_is_not_used_again(pool: PostgresPool, change: str) -> None:
    changed = pool.take()
    with psycopg.connect(changed) as connection:
        connection.execute(change.encode())
    number = query(changed, "SELECT oid FROM pg_database WHERE datname = current_database()")
    pool.give_back(changed)
    fresh = pool.take()
    assert query(fresh, "SELECT oid FROM pg_database WHERE datname = current_database()") != number
    assert query(fresh, "SELECT number FROM version") == [("1",)]
    pool.give_back(fresh)


def test_one_that_somebody_holds_on_to_is_not_used_again(pool: PostgresPool) -> None:
    held = pool.take()
    connection = psycopg.connect(held)
    connection.execute("LOCK TABLE a")
    pool.give_back(held)
    with pytest.raises(psycopg.OperationalError):
        connection.execute("SELECT 1")
    connection.close()
