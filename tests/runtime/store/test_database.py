from __future__ import annotations

import stat
import subprocess
import sys
from pathlib import Path

import pytest
import sqlalchemy as sa

from sym.errors import Invalid, Unavailable
from sym.store import quick, sqlite, tables
from sym.store.database import Store, after_commit
from sym.store.users import find_user

PROCESSES = 10


def test_a_url_of_another_database_is_refused() -> None:
    with pytest.raises(Invalid, match="mysql"):
        Store("mysql://localhost/x")


def test_a_url_that_cannot_be_read_is_refused_without_repeating_its_password() -> None:
    with pytest.raises(Invalid) as caught:
        Store("postgresql//me:hunter2@host")
    assert "hunter2" not in str(caught.value)


@pytest.mark.parametrize("url", ["sqlite://", "sqlite:///:memory:", "sqlite:///file:x?mode=memory"])
def test_a_database_in_memory_is_refused(url: str) -> None:
    with pytest.raises(Invalid, match="file"):
        Store(url)


def test_the_representation_hides_the_password() -> None:
    assert "hunter2" not in repr(Store("postgresql://me:hunter2@host/x"))


def test_nothing_is_created_before_migrating(tmp_path: Path) -> None:
    store = Store(f"sqlite:///{tmp_path}/new/store.db")
    assert not store.exists()
    with pytest.raises(Unavailable, match="symflow store migrate"), store.transaction():
        pass
    with pytest.raises(Unavailable, match="symflow store migrate"):
        store.check()
    assert list(tmp_path.iterdir()) == []


def test_migrating_creates_a_private_file_in_a_private_directory(tmp_path: Path) -> None:
    store = Store(f"sqlite:///{tmp_path}/new/store.db")
    store.migrate()
    with store.transaction() as conn:
        conn.execute(sa.select(tables.user))
        modes = {path.name: stat.S_IMODE(path.stat().st_mode) for path in (tmp_path / "new").iterdir()}
    assert modes.pop("store.db") == 0o600
    assert set(modes.values()) <= {0o600}
    assert stat.S_IMODE((tmp_path / "new").stat().st_mode) == 0o700
    store.close()


def test_migrating_makes_a_file_private_that_was_not(tmp_path: Path) -> None:
    path = tmp_path / "store.db"
    path.touch(mode=0o644)
    store = Store(f"sqlite:///{path}")
    store.migrate()
    store.close()
    assert stat.S_IMODE(path.stat().st_mode) == 0o600


def test_sqlite_is_set_up_to_be_safe(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sqlite, "connect", quick.connect)  # as it is outside the tests
    store = Store(f"sqlite:///{tmp_path}/store.db")
    store.migrate()
    with store.transaction() as conn:
        found = {name: conn.exec_driver_sql(f"PRAGMA {name}").scalar()
                 for name in ("journal_mode", "synchronous", "foreign_keys", "busy_timeout")}  # fmt: skip
    assert found == {"journal_mode": "wal", "synchronous": 2, "foreign_keys": 1, "busy_timeout": 30000}
    store.close()


def test_a_store_that_was_never_migrated_fails_the_check(empty_store_url: str) -> None:
    store = Store(empty_store_url)
    with pytest.raises(Unavailable, match="symflow store migrate"):
        store.check()
    store.close()


def test_using_a_store_without_tables_says_what_to_do(empty_store_url: str) -> None:
    store = Store(empty_store_url)
    if store.dialect == "sqlite":
        path = Path(empty_store_url.removeprefix("sqlite:///"))
        path.parent.mkdir()
        path.touch()
    with pytest.raises(Unavailable, match="symflow store migrate"), store.transaction() as conn:
        conn.execute(sa.select(tables.user))
    store.close()


def test_a_migrated_store_passes_the_check_and_can_be_migrated_again(store: Store) -> None:
    store.check()
    store.migrate()
    store.check()


def test_a_store_made_by_a_newer_program_is_left_alone(store: Store) -> None:
    with store.transaction() as conn:
        conn.exec_driver_sql("UPDATE sym_schema_version SET version_num = '9999'")
    for use in (store.check, store.migrate):
        with pytest.raises(Unavailable, match="newer"):
            use()


def test_tables_to_which_a_newer_program_has_only_added_are_worked_with(store: Store) -> None:
    with store.transaction() as conn:
        conn.exec_driver_sql("UPDATE sym_schema_version SET version_num = '0099'")
    store.check()
    store.migrate()
    with store.reading() as conn:
        assert conn.exec_driver_sql("SELECT version_num FROM sym_schema_version").scalar() == "0099"


def test_what_shall_follow_a_commit_follows_only_a_commit(store: Store) -> None:
    called: list[str] = []

    def fail() -> None:
        with store.transaction() as conn:
            after_commit(conn, lambda: called.append("raised"))
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        fail()
    with store.transaction() as conn:
        after_commit(conn, lambda: called.append("rolled back"))
        conn.rollback()
    with store.transaction() as conn:
        after_commit(conn, lambda: called.append("committed"))
        assert called == []
    assert called == ["committed"]


def test_a_block_that_raises_leaves_nothing_behind(store: Store) -> None:
    def fail() -> None:
        with store.transaction() as conn:
            conn.exec_driver_sql("INSERT INTO sym_organization VALUES ('1', 'x', '2026-01-01 00:00:00.000000', 1)")
            assert conn.execute(sa.select(tables.organization)).all()
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        fail()
    with store.reading() as conn:
        assert conn.execute(sa.select(sa.func.count()).select_from(tables.organization)).scalar() == 0


def test_a_transaction_on_sqlite_takes_the_write_lock_at_once_and_readers_do_not_wait(tmp_path: Path) -> None:
    store = Store(f"sqlite:///{tmp_path}/store.db")
    store.migrate()
    other = Store(f"sqlite:///{tmp_path}/store.db")
    with store.transaction():
        with other.reading() as conn:
            assert conn.execute(sa.select(tables.user)).all() == []
            conn.exec_driver_sql("PRAGMA busy_timeout=0")
        with pytest.raises(Unavailable, match="locked"), other.transaction():
            pass
    store.close()
    other.close()


def test_an_unreachable_server_is_unavailable_and_its_password_not_told() -> None:
    store = Store("postgresql://me:hunter2@127.0.0.1:1/x")
    with pytest.raises(Unavailable) as caught, store.transaction():
        pass
    assert "hunter2" not in str(caught.value)
    assert "127.0.0.1" in str(caught.value)


def test_a_file_that_is_no_database_is_unavailable(tmp_path: Path) -> None:
    path = tmp_path / "store.db"
    path.write_bytes(b"not a database, but long enough to look at" * 100)
    with pytest.raises(Unavailable, match="not a database"):
        Store(f"sqlite:///{path}").check()


def test_parameters_are_not_in_error_messages(store: Store) -> None:
    with pytest.raises(sa.exc.IntegrityError) as caught, store.transaction() as conn:
        conn.execute(tables.audit_personal.insert().values(entry_id="nowhere", path="/hunter2", value="hunter2"))
    assert "hunter2" not in str(caught.value).replace("(entry_id)=(nowhere)", "")


_RACER = """
import sys
from datetime import UTC, datetime
from sym.audit.events import Actor
from sym.store import resources
from sym.store.database import Store, after_commit

url, number = sys.argv[1:]
store = Store(url)
import alembic.command, alembic.config  # now, so that the race is not decided by who imports faster
print("ready", flush=True)
sys.stdin.readline()
store.migrate()
store.check()
now = datetime(2026, 1, 1, tzinfo=UTC)
for turn in range(3):
    with store.transaction() as conn:
        by = {"actor": Actor.SYSTEM, "now": now}
        source = resources.save(conn, "secrets", {"type": "env", "name": f"s-{number}-{turn}"}, **by)
        resources.save(conn, "secret", {"path": "/SHARED", "source_id": source.id}, **by)
store.close()
print("done")
"""


def test_ten_processes_migrate_and_save_at_once(empty_store_url: str) -> None:
    command = [sys.executable, "-W", "error", "-c", _RACER, empty_store_url]
    pipe = subprocess.PIPE
    racers = [
        subprocess.Popen([*command, str(number)], text=True, stdin=pipe, stdout=pipe, stderr=pipe)
        for number in range(PROCESSES)
    ]
    for racer in racers:
        assert racer.stdout is not None
        assert racer.stdout.readline() == "ready\n"
    for racer in racers:
        assert racer.stdin is not None
        racer.stdin.write("go\n")
        racer.stdin.flush()
    ends = [racer.communicate(timeout=200) for racer in racers]
    assert ends == [("done\n", "")] * PROCESSES
    store = Store(empty_store_url)
    store.check()
    with store.reading() as conn:
        slugs = set(conn.execute(sa.select(tables.resource.c.slug).where(tables.resource.c.name == "secret")).scalars())
        entries = conn.execute(sa.select(sa.func.count()).select_from(tables.audit_entry)).scalar()
    assert slugs == {"shared", *(f"shared-{number}" for number in range(2, 3 * PROCESSES + 1))}
    assert entries == 2 * 3 * PROCESSES
    store.close()


def test_what_postgresql_cannot_look_for_is_the_callers_mistake_and_not_repeated(store: Store) -> None:
    if store.dialect == "sqlite":
        with store.reading() as conn:
            assert find_user(conn, email="hunter2\0") is None
        return
    with pytest.raises(Invalid, match="NUL") as caught, store.reading() as conn:
        find_user(conn, email="hunter2\0")
    assert "hunter2" not in str(caught.value)
    assert caught.value.__cause__ is None
