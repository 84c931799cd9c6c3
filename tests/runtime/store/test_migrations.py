from __future__ import annotations

import subprocess
import sys
from typing import Any

import pytest
import sqlalchemy as sa
from alembic import command
from alembic.autogenerate import compare_metadata
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory

from sym.errors import Unavailable
from sym.store import database, resources
from sym.store.database import Store
from sym.store.quick import MIGRATIONS, VERSION_TABLE, versions
from sym.store.tables import job, metadata
from sym.store.workers import workers


def _ours(_object: object, name: str | None, kind: str, *_rest: object) -> bool:
    return not (kind == "table" and name == "sym_schema_version")


def test_all_migrations_applied_give_exactly_the_tables(empty_store_url: str) -> None:
    store = Store(empty_store_url)
    store.migrate()
    with store.reading() as conn:
        context = MigrationContext.configure(conn, opts={"include_object": _ours, "compare_type": True})
        assert compare_metadata(context, metadata) == []
        names = {name for name in sa.inspect(conn).get_table_names() if name.startswith("sym_")}
    assert names == set(metadata.tables) | {"sym_schema_version"}
    store.close()


def test_a_missing_column_would_be_noticed(store: Store) -> None:
    with store.transaction() as conn:
        conn.exec_driver_sql("ALTER TABLE sym_worker DROP COLUMN last_seen")
        context = MigrationContext.configure(conn, opts={"include_object": _ours, "compare_type": True})
        assert compare_metadata(context, metadata) != []


def test_the_newest_file_is_the_head() -> None:
    config = Config()
    config.set_main_option("script_location", str(MIGRATIONS))
    script = ScriptDirectory.from_config(config)
    assert script.get_current_head() == versions()[-1]
    assert sorted(revision.revision for revision in script.walk_revisions()) == list(versions())


def test_migrations_know_nothing_of_the_present_tables() -> None:
    for file in (MIGRATIONS / "versions").glob("*.py"):
        assert "sym." not in file.read_text().replace("sym.store.migrations", "")


def test_checking_an_up_to_date_store_does_not_import_alembic(store_url: str) -> None:
    program = (
        "import sys; from sym.store.database import Store; "
        f"s = Store({store_url!r}); s.check(); s.migrate(); assert 'alembic' not in sys.modules"
    )
    subprocess.run([sys.executable, "-c", program], check=True)


def test_importing_the_package_does_not_import_sqlalchemy() -> None:
    subprocess.run([sys.executable, "-c", "import sym.store, sys; assert 'sqlalchemy' not in sys.modules"], check=True)


def test_a_store_of_the_version_before_is_brought_up_to_date_with_what_it_holds(store: Store, save: Any) -> None:
    with store.transaction() as conn:
        kept = save(conn, "target", {"type": "custom", "name": "t"})
        newer = ("drift", "drift_check", "log_cursor", "form", "slack_installation", "slack_receipt", "domain")
        access = ("service", "trust", "exchanged", "idempotency", "directory_check")
        for table in (*newer, *access, "author_value"):
            conn.exec_driver_sql(f"DROP TABLE sym_{table}")
        for column in ("issuer_id", "binding", "flagged_at"):
            conn.exec_driver_sql(f"ALTER TABLE sym_token DROP COLUMN {column}")
        conn.exec_driver_sql("UPDATE sym_schema_version SET version_num = '0003'")
    with pytest.raises(Unavailable, match="symflow store migrate"):
        store.check()
    store.migrate()
    store.check()
    with store.reading() as conn:
        assert resources.get(conn, "target", kept.id) == kept
        context = MigrationContext.configure(conn, opts={"include_object": _ours, "compare_type": True})
        assert compare_metadata(context, metadata) == []


def test_a_store_of_the_first_release_keeps_its_rows(empty_store_url: str, monkeypatch: pytest.MonkeyPatch) -> None:
    old, new = Store(empty_store_url), Store(empty_store_url)
    with monkeypatch.context() as patch:
        patch.setattr(database, "_upgrade", lambda conn: _upgrade_to(conn, "0001"))
        old.migrate()
    with old.transaction() as conn:
        conn.exec_driver_sql(
            "INSERT INTO sym_worker (executor_id, started_at, last_seen) VALUES ('one', '2026-01-01', '2026-01-01')"
        )
        _insert_timers(conn)
    old.close()
    new.migrate()
    with new.reading() as conn:
        assert [worker.executor_id for worker in workers(conn)] == ["one"]
        # What was under way has its job: a timer when it is due, the rest at once.
        found = conn.execute(sa.select(job.c.subject_id, job.c.phase, job.c.attempt, job.c.due_at)).all()
    assert sorted((*row[:3], row.due_at.year) for row in found) == [
        ("busy", "perform", 3, 2027),
        ("timer", "decide", 1, 2030),
    ]
    new.close()


def _insert_timers(conn: sa.Connection) -> None:
    conn.exec_driver_sql("INSERT INTO sym_user (id, username, type, role, created_at) VALUES "
                         "('u', 'u', 'normal', 'member', '2026-01-01')")  # fmt: skip
    conn.exec_driver_sql("INSERT INTO sym_run (id, flow_id, flow_slug, flow_version, requester_id, status, version, "
                         "source, fields, actors, created_at, updated_at) VALUES "
                         "('r', 'f', 'f', 1, 'u', 'escalated', 1, 'api', '{}', '{}', '2026-01-01', "
                         "'2026-01-01')")  # fmt: skip
    for name, status, phase, attempt, due_at in (
        ("timer", "scheduled", "decide", 1, "'2030-01-02'"), ("busy", "processing", "perform", 3, "'2027-01-02'"),
        ("over", "success", "done", 1, "NULL"),
    ):  # fmt: skip
        conn.exec_driver_sql("INSERT INTO sym_event (id, run_id, name, status, phase, attempt, actor_id, channel_type, "
                             "fields, context, created_at, scheduled_at, due_at) VALUES "
                             f"('{name}', 'r', 'deescalate', '{status}', '{phase}', {attempt}, 'u', 'internal', "
                             f"'{{}}', '{{}}', '2026-01-01', '2030-01-01', {due_at})")  # fmt: skip


def _upgrade_to(conn: sa.Connection, revision: str) -> None:
    config = Config()
    config.set_main_option("script_location", str(MIGRATIONS))
    config.attributes["connection"] = conn
    config.attributes["version_table"] = VERSION_TABLE
    command.upgrade(config, revision)
