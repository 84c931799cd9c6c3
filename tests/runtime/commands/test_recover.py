"""Taking back what a restored store forgot."""

from __future__ import annotations

import json

from sym.store.recovery import enter_recovery, recoveries
from tests.runtime.commands.conftest import Grants, Symflow
from tests.runtime.commands.test_doctor import results


def test_what_was_forgotten_is_named_then_taken_back_once(symflow: Symflow, grants: Grants) -> None:
    lease = grants.add()
    grants.add()
    grants.forget(lease)
    found = results(symflow, code=1)
    assert found["forgotten"][0] == "failed"
    assert lease.ends_at is not None
    assert found["forgotten"][1].startswith(f"root@acme.example holds Readers until {lease.ends_at.isoformat()} ")
    planned = symflow("recover", "--dry-run")
    assert [line.split("\t")[-1] for line in planned.stdout.splitlines()[1:]] == [lease.id]
    assert len(symflow.rows("leases", "list")) == 1
    assert "1 taken back" in symflow("recover").stderr
    assert {row["LEASE"] for row in symflow.rows("leases", "list")} >= {lease.id}
    again = symflow("recover", "--json")
    assert (json.loads(again.stdout), "nothing to take back" in again.stderr) == ([], True)
    assert "forgotten" not in results(symflow)


def test_where_there_is_no_ledger_none_is_made(symflow: Symflow) -> None:
    assert "nothing to take back" in symflow("recover").stderr
    assert not (symflow.folder / "ledger").exists()


def test_doctor_says_how_the_ledger_is(symflow: Symflow, grants: Grants) -> None:
    assert results(symflow)["ledger"][0] == "ok"
    grants.add()
    assert "lists 1 leases" in results(symflow)["ledger"][1]
    (path,) = (symflow.folder / "ledger").glob("*.jsonl")
    whole = path.read_bytes()
    path.write_bytes(b"garbage\n" + whole)
    assert "line 1" in results(symflow, code=1)["ledger"][1]
    path.write_bytes(whole)
    path.chmod(0o644)
    found = results(symflow, code=1)["ledger"]
    assert found[0] == "failed"
    assert "chmod 600" in found[1]


def test_recovery_mode_that_another_machine_asked_for_stays(symflow: Symflow, grants: Grants) -> None:
    lease = grants.add()
    with grants.store.transaction() as conn:
        enter_recovery(conn, "other", "another ledger knows more.", lease.starts_at)  # type: ignore[arg-type]
    assert "another ledger knows more." in results(symflow, code=1)["recovery"][1]
    assert "because of another machine" in symflow("recover").stderr
    with grants.store.reading() as conn:
        assert len(recoveries(conn)) == 1


def test_what_cannot_be_taken_back_keeps_the_store_from_granting(symflow: Symflow, grants: Grants) -> None:
    lease = grants.add()
    grants.forget(lease)
    (path,) = (symflow.folder / "ledger").glob("*.jsonl")
    # The line with what would end it is lost.
    path.write_bytes(b"".join(line for line in path.read_bytes().splitlines(True) if b'"document"' not in line))
    ledger = grants.ledger().id
    with grants.store.transaction() as conn:
        enter_recovery(conn, ledger, "it knows more.", lease.starts_at)  # type: ignore[arg-type]
    result = symflow("recover", code=1)
    assert "by hand" in result.stderr
    assert "stays in recovery mode" in result.stderr
    with grants.store.reading() as conn:
        assert [item.source for item in recoveries(conn)] == [ledger]
