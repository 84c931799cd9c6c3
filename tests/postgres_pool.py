"""Databases that are used again: making one takes a quarter of a second, emptying one a hundredth of that.

What a test is given is as good as a new copy of the template: nothing else knows its name, nobody is connected to it,
and its tables are those of the template. A database that cannot be brought back to that is dropped.
"""

from __future__ import annotations

import time

import psycopg
from psycopg import sql

from tests.postgres_server import PostgresServer

_MOST_USES = 100
"""What was deleted leaves its space behind."""

_SHAPE = """
SELECT md5(string_agg(part, chr(10) ORDER BY part)) FROM (
    SELECT 'column ' || pg_attribute::text FROM pg_attribute WHERE attrelid >= 16384
    UNION ALL SELECT concat_ws(' ', 'relation', oid, relname, relnamespace, relkind, relowner, relfilenode, relacl,
        reloptions, relrowsecurity, relpersistence) FROM pg_class WHERE oid >= 16384
    UNION ALL SELECT 'constraint ' || pg_constraint::text FROM pg_constraint WHERE oid >= 16384
    UNION ALL SELECT 'default ' || pg_attrdef::text FROM pg_attrdef
    UNION ALL SELECT 'trigger ' || pg_trigger::text FROM pg_trigger
    UNION ALL SELECT 'function ' || pg_proc::text FROM pg_proc WHERE oid >= 16384
    UNION ALL SELECT 'rule ' || oid FROM pg_rewrite WHERE oid >= 16384
    UNION ALL SELECT 'schema ' || nspname FROM pg_namespace WHERE nspname !~ '^pg_(toast_)?temp_'
    UNION ALL SELECT 'setting ' || pg_db_role_setting::text FROM pg_db_role_setting
) AS parts (part)
"""
"""A text that differs when a table, a column, an index or anything else that is not a row does."""


class PostgresPool:
    """Copies of the database ``template``, which has to stay as it is."""

    def __init__(self, server: PostgresServer, template: str) -> None:
        self._server, self._template = server, template
        self._spare: list[str] = []
        self._uses: dict[str, int] = {}
        with psycopg.connect(server.url(template), autocommit=True) as connection:
            tables = [name for (name,) in connection.execute(
                "SELECT tablename FROM pg_tables WHERE schemaname = 'public' ORDER BY 1"
            )]  # fmt: skip
            sequences = connection.execute("SELECT sequencename FROM pg_sequences WHERE schemaname = 'public'")
            rewinds = [sql.SQL("SELECT setval({}, 1, false)").format(name) for (name,) in sequences.fetchall()]
            self._kept = [name for name in tables if self._rows(connection, name)]
            deletes = [sql.SQL("DELETE FROM {}").format(sql.Identifier(t)) for t in tables if t not in self._kept]
            self._emptying = sql.SQL("; ").join([*deletes, *rewinds])
            self._state = self._read_state(connection)

    def take(self) -> str:
        """The URL of a database that is as the template is."""
        if self._spare:
            return self._spare.pop()
        url = self._server.create_database(template=self._template)
        self._uses[url] = 0
        return url

    def give_back(self, url: str) -> None:
        """Empty it for the next one, under another name, or drop it."""
        uses = self._uses.pop(url) + 1
        try:
            again = self._emptied(url) if uses < _MOST_USES else None
        except psycopg.Error:
            again = None
        if again is None:
            self._server.drop_database(url)
            return
        self._uses[again] = uses
        self._spare.append(again)

    def close(self) -> None:
        """Drop the spare ones."""
        while self._spare:
            self._server.drop_database(self._spare.pop())

    def _emptied(self, url: str) -> str | None:
        with psycopg.connect(url, autocommit=True) as connection:
            if self._read_state(connection) != self._state:
                return None
            # The one switches foreign keys off; with the other, whoever holds a lock is not waited for.
            connection.execute("SET session_replication_role = replica; SET lock_timeout = '1s'")
            connection.execute(self._emptying)
            if not self._is_alone(connection):
                return None
        return self._server.rename_database(url)  # refused while somebody is connected

    @staticmethod
    def _is_alone(connection: psycopg.Connection) -> bool:
        """Whether nobody else is connected; who has just hung up may show for a moment."""
        for _ in range(5):
            others = (
                "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND pid != pg_backend_pid()"
            )
            if connection.execute(others).fetchone() == (0,):
                return True
            time.sleep(0.02)
        return False

    def _read_state(self, connection: psycopg.Connection) -> list[object]:
        shape = connection.execute(_SHAPE).fetchall()
        return [shape, *(self._rows(connection, name) for name in self._kept)]

    @staticmethod
    def _rows(connection: psycopg.Connection, table: str) -> list[tuple[object, ...]]:
        return connection.execute(sql.SQL("SELECT * FROM {} ORDER BY 1").format(sql.Identifier(table))).fetchall()
