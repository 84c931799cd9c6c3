from __future__ import annotations

from pathlib import Path

import pytest
import sqlalchemy as sa

from sym.errors import Unavailable
from sym.store import sqlite
from sym.store.database import Store


@pytest.fixture
def engine(tmp_path: Path) -> sa.Engine:
    url = f"sqlite:///{tmp_path}/store.db"
    store = Store(url)
    store.migrate()
    store.close()
    return sqlite.create_engine(sa.make_url(url))


def test_rebuilding_a_table_does_not_delete_what_refers_to_it(engine: sa.Engine) -> None:
    with engine.begin() as conn:
        conn.exec_driver_sql("CREATE TABLE parent (id INTEGER PRIMARY KEY)")
        conn.exec_driver_sql("CREATE TABLE child (id INTEGER REFERENCES parent(id) ON DELETE CASCADE)")
        conn.exec_driver_sql("INSERT INTO parent VALUES (1)")
        conn.exec_driver_sql("INSERT INTO child VALUES (1)")
    with sqlite.migrating(engine) as conn:
        conn.exec_driver_sql("CREATE TABLE parent_new (id INTEGER PRIMARY KEY, more TEXT)")
        conn.exec_driver_sql("INSERT INTO parent_new SELECT id, '' FROM parent")
        conn.exec_driver_sql("DROP TABLE parent")
        conn.exec_driver_sql("ALTER TABLE parent_new RENAME TO parent")
    with engine.begin() as conn:
        assert conn.exec_driver_sql("SELECT * FROM child").all() == [(1,)]
        assert conn.exec_driver_sql("PRAGMA foreign_keys").scalar() == 1
    engine.dispose()


def test_a_migration_that_breaks_a_reference_is_rolled_back(engine: sa.Engine) -> None:
    def orphan() -> None:
        with sqlite.migrating(engine) as conn:
            conn.exec_driver_sql("INSERT INTO sym_token (jti, user_id, label, issued_by, issued_at, expires_at) VALUES ('j', 'nobody', 'l', 'a', '1', '2')")

    with pytest.raises(Unavailable, match="sym_token"):
        orphan()
    with engine.begin() as conn:
        assert conn.exec_driver_sql("SELECT * FROM sym_token").all() == []
    engine.dispose()


def test_a_place_where_nothing_can_be_written_is_unavailable(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("in the way")
    with pytest.raises(Unavailable, match="file"):
        Store(f"sqlite:///{tmp_path}/file/store.db").migrate()


def test_odd_letters_in_the_path_are_letters_and_escaped_as_in_any_url(tmp_path: Path) -> None:
    store = Store(f"sqlite:///{tmp_path}/a%20b%25c#d/store.db")
    store.migrate()
    store.check()
    assert (tmp_path / "a b%c#d" / "store.db").is_file()
    store.close()
