"""The audit log on the command line."""

from __future__ import annotations

import csv
import io
import json
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from sym.audit.events import Actor
from sym.config import load
from sym.engine.sealer import AuditSettings, Sealer
from sym.store import resources, tables
from sym.store.database import Store
from sym.store.log_cursors import begin_cursor, claim_cursor, move_cursor
from tests.runtime.commands.conftest import Symflow


def test_entries_come_in_order_with_who_and_what(symflow: Symflow) -> None:
    symflow("bots", "create", "ci")
    rows = symflow.rows("audit", "list")
    assert [row["WHAT"] for row in rows] == ["organization.created", "user.created", "domain.added", "bot.created"]
    assert {row["WHO"] for row in rows} == {"system"}
    assert [int(row["NO"]) for row in rows] == sorted(int(row["NO"]) for row in rows)


def test_json_has_whole_entries(symflow: Symflow) -> None:
    entries = json.loads(symflow("audit", "list", "--json").stdout)
    assert [entry["name"] for entry in entries] == ["organization.created", "user.created", "domain.added"]
    assert all(entry["meta"]["schema_version"] for entry in entries)


def test_a_long_log_is_continued(symflow: Symflow) -> None:
    result = symflow("audit", "list", "--limit", "1", "--json")
    (first,) = json.loads(result.stdout)
    assert f"--after {first['sequence']}" in result.stderr
    rest = symflow.rows("audit", "list", "--after", str(first["sequence"]))
    assert [row["WHAT"] for row in rest] == ["user.created", "domain.added"]


def test_a_run_nobody_knows_has_no_entries(symflow: Symflow) -> None:
    assert symflow.rows("audit", "list", "--run", "nothing") == []


def sealed(symflow: Symflow, store: Store) -> Sealer:
    """The store's log, sealed and anchored as a worker does it."""
    settings = load({key: value for key, value in symflow.environment.items() if value})
    audit = AuditSettings(keys_dir=settings.keys_dir, spool=settings.audit_spool, anchor=settings.audit_anchor)
    sealer = Sealer(store, audit, lambda: datetime.now(UTC))
    sealer.seal()
    sealer.anchor(at_once=True)
    return sealer


def result(symflow: Symflow, *arguments: str, code: int = 0) -> dict[str, Any]:
    found: dict[str, Any] = json.loads(symflow("audit", "verify", "--json", *arguments, code=code).stdout)
    return found


def test_a_good_log_verifies_and_says_what_was_looked_at(symflow: Symflow, store: Store) -> None:
    assert "Nothing is anchored" in symflow("audit", "verify").stderr
    assert result(symflow)["unsealed_entries"] == 3
    sealed(symflow, store)
    symflow("bots", "create", "ci")
    done = symflow("audit", "verify")
    assert "Nothing is anchored" not in done.stderr
    assert "result\tgood" in done.stdout
    found = result(symflow)
    assert (found["result"], found["seals"], found["sealed_entries"], found["unsealed_entries"]) == ("good", 1, 3, 1)


def test_a_bad_log_is_exit_code_1_and_names_the_first_bad_entry(symflow: Symflow, store: Store) -> None:
    sealed(symflow, store)
    with store.transaction() as conn:
        conn.execute(tables.audit_entry.update().where(tables.audit_entry.c.sequence == 2).values(name="x.y"))
    found = result(symflow, code=1)
    assert (found["result"], found["problems"]) == ("bad", 1)
    assert found["first"].startswith("seal 1, entry 2 (")
    assert "seal 1, entry 2 (" in symflow("audit", "verify", code=1).stderr


def test_a_store_that_was_restored_does_not_verify_against_its_anchor(symflow: Symflow, store: Store) -> None:
    sealed(symflow, store)
    symflow("bots", "create", "ci")
    sealed(symflow, store)
    with store.transaction() as conn:
        conn.execute(tables.audit_personal.delete())
        conn.execute(tables.audit_entry.delete())
        conn.execute(tables.audit_seal.delete())
    assert "seal 2 was anchored" in result(symflow, code=1)["first"]
    assert "result\tgood" in symflow("audit", "verify", SYM_AUDIT_ANCHOR="off").stdout


def test_an_export_verifies_on_another_machine_with_only_the_public_key(symflow: Symflow, bare: Symflow, store: Store,
                                                                       tmp_path: Path) -> None:  # fmt: skip
    sealed(symflow, store)
    key, export = tmp_path / "key.pem", tmp_path / "log.jsonl"
    key.write_text(symflow("audit", "public-key").stdout)
    symflow("audit", "export", "-o", str(export))
    elsewhere = {"SYM_STORE_URL": f"sqlite:///{tmp_path / 'none' / 'store.db'}"}
    arguments = ("audit", "verify", "--file", str(export), "--public-key", str(key))
    assert "result\tgood" in bare(*arguments, **elsewhere).stdout
    assert "no audit key" in bare("audit", "verify", "--file", str(export), code=1, **elsewhere).stderr
    jwk = tmp_path / "key.json"
    jwk.write_text(symflow("audit", "public-key", "--jwk").stdout)
    bare("audit", "verify", "--file", str(export), "--public-key", str(jwk), **elsewhere)
    text = export.read_text()
    export.write_text(text.replace("root@acme.example", "evil@acme.example"))
    assert "entry 2" in bare(*arguments, code=1, **elsewhere).stderr
    export.write_text("nonsense")
    assert "line 1" in bare(*arguments, code=1, **elsewhere).stderr


def test_an_export_of_some_entries_verifies_and_says_what_it_cannot_show(symflow: Symflow, store: Store,
                                                                         tmp_path: Path) -> None:  # fmt: skip
    sealed(symflow, store)
    export = tmp_path / "log.jsonl"
    symflow("audit", "export", "-o", str(export), "--name", "user.created", "--since", "2020-01-01")
    verified = symflow("audit", "verify", "--file", str(export))
    assert "sealed_entries\t1" in verified.stdout
    assert "left out" in verified.stderr
    assert symflow.rows("audit", "list")[-1]["WHAT"] == "audit.exported"
    for arguments in (("--user", "root@acme.example"), ("--flow", "deploy"), ("--run", "x"), ("--until", "2020-01-01")):
        assert symflow("audit", "export", *arguments).stdout.count('"kind":"end"') == 1
    symflow("audit", "export", "--user", "nobody", code=4)


def test_a_csv_has_a_row_for_each_entry_and_no_formulas(symflow: Symflow) -> None:
    symflow("users", "create", "=1+2@acme.example", "--first-name", "=cmd")
    rows = list(csv.DictReader(io.StringIO(symflow("audit", "export", "--format", "csv").stdout)))
    names = ["organization.created", "user.created", "domain.added", "user.created", "audit.exported"]
    assert [row["name"] for row in rows] == names
    assert rows[0]["actor"] == "system"
    assert all(not cell.startswith("=") for row in rows for cell in row.values())
    hidden = symflow("audit", "export", "--format", "csv", "--without-personal").stdout
    assert "root@acme.example" not in hidden


def test_old_entries_are_removed_and_the_log_verifies(symflow: Symflow, store: Store) -> None:
    sealed(symflow, store)
    assert "a day or more ago" in symflow("audit", "prune", "--before", "2099-01-01", code=2).stderr
    assert "Removed 0" in symflow("audit", "prune", "--before", "2020-01-01", "--yes").stderr
    assert "--yes" in symflow("audit", "prune", "--before", "2020-01-01", code=2).stderr
    assert result(symflow)["result"] == "good"


def test_it_lists_where_the_log_is_sent_and_what_went_wrong(symflow: Symflow, store: Store) -> None:
    assert symflow.rows("audit", "destinations") == []
    now = datetime.now(UTC)
    with store.transaction() as conn:
        document = {"type": "http", "settings": {"url": "https://siem.example"}}
        declared = resources.save(conn, "log_destination", document, actor=Actor.SYSTEM, now=now)
    (row,) = json.loads(symflow("audit", "destinations", "--json").stdout)
    assert (row["destination"], row["state"], row["behind"]) == ("http:https-siem-example", "new", 0)
    sealed(symflow, store)
    with store.transaction() as conn:
        assert begin_cursor(conn, declared.id)
        cursor = claim_cursor(conn, declared.id, by="me", now=now, lasts=timedelta(minutes=1))
        assert cursor is not None
        assert move_cursor(conn, cursor, failing_since=now, next_at=now, tries=3, error="It answered 503.")
    (row,) = symflow.rows("audit", "destinations")
    assert (row["STATE"], row["ERROR"]) == ("failing", "It answered 503.")
