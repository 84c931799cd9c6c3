"""Who holds what."""

from __future__ import annotations

import csv
import io
import json
import shutil

from tests.runtime.commands.conftest import Grants, Symflow
from tests.runtime.commands.test_serve import serving

BY_HAND = (
    "Open the administration of okta acme.okta.com, find Readers (group_id=00g1), and remove 00u7 (root@acme.example) "
    "from it."
)


def test_leases_that_have_not_ended_are_listed(symflow: Symflow, grants: Grants) -> None:
    active, stuck = grants.add(), grants.add(status="stuck", last_error="503")
    grants.add(status="ended")
    assert {row["LEASE"] for row in symflow.rows("leases", "list")} == {active.id, stuck.id}
    (row,) = symflow.rows("leases", "list", "--status", "active")
    assert (row["LEASE"], row["PERSON"], row["TARGET"]) == (active.id, "root@acme.example", "Readers")
    (row,) = symflow.rows("leases", "list", "--stuck")
    assert (row["LEASE"], row["LAST ERROR"], row["BY HAND"]) == (stuck.id, "503", BY_HAND)
    assert len(json.loads(symflow("leases", "list", "--json").stdout)) == 2


def test_leases_of_one_person(symflow: Symflow, grants: Grants) -> None:
    symflow("users", "create", "ada@acme.example")
    grants.add()
    hers = grants.add("ada@acme.example")
    assert [row["LEASE"] for row in symflow.rows("leases", "list", "--user", "ada@acme.example")] == [hers.id]
    assert "no user" in symflow("leases", "list", "--user", "nobody", code=4).stderr


def test_what_contradicts_itself_is_refused(symflow: Symflow) -> None:
    symflow("leases", "list", "--stuck", "--status", "active", code=2)
    symflow("leases", "list", "--status", "gone", code=2)
    symflow("leases", "export", "--csv", "--json", code=2)


def test_a_server_lists_the_same(symflow: Symflow, grants: Grants) -> None:
    lease = grants.add()
    token = symflow("tokens", "issue", "-u", "root@acme.example", "-e", "1h", "-n").stdout
    with serving(symflow) as (_, url, _lines):
        remote = {"SYM_STORE_URL": None, "SYM_API_URL": url, "SYM_JWT": token}
        for options in ((), ("--status", "active"), ("--user", "root@acme.example")):
            rows = json.loads(symflow("leases", "list", "--json", *options, **remote).stdout)
            assert [row["lease_id"] for row in rows] == [lease.id]
        assert json.loads(symflow("leases", "list", "--json", "--stuck", **remote).stdout) == []


def test_an_export_says_who_holds_what_and_how_to_remove_it(symflow: Symflow, grants: Grants) -> None:
    lease = grants.add()
    grants.add(status="ended", lists=False)
    (row,) = symflow.rows("leases", "export")
    assert (row["LEASE"], row["RUN"], row["FLOW"], row["BY HAND"]) == (lease.id, lease.run_id, "access", BY_HAND)
    (found,) = csv.DictReader(io.StringIO(symflow("leases", "export", "--csv").stdout))
    assert (found["lease_id"], found["person"], found["identity"]) == (lease.id, "root@acme.example", "00u7")
    assert found["instructions"] == BY_HAND


def test_without_a_database_the_ledger_says_the_same(symflow: Symflow, grants: Grants) -> None:
    lease = grants.add()
    of_store = symflow.rows("leases", "export")
    folder = symflow.folder.parent / "rescued"
    shutil.copytree(symflow.folder / "ledger", folder)
    grants.store.close()
    shutil.rmtree(symflow.folder)
    (row,) = symflow.rows("leases", "export", "--ledger", str(folder))
    assert row == {**of_store[0], "SINCE": row["SINCE"], "UNTIL": row["UNTIL"]}
    assert lease.ends_at is not None
    assert row["UNTIL"] == lease.ends_at.isoformat()
    assert len(json.loads(symflow("leases", "export", "--json", "--ledger", str(folder)).stdout)) == 1
    assert "symflow init-org" in symflow("leases", "export", code=1).stderr


def test_a_damaged_ledger_is_exported_as_far_as_it_goes_and_said_to_be(symflow: Symflow, grants: Grants) -> None:
    grants.add()
    (path,) = (symflow.folder / "ledger").glob("*.jsonl")
    path.write_bytes(b"garbage\n" + path.read_bytes())
    result = symflow("leases", "export", "--ledger", str(path.parent))
    assert BY_HAND in result.stdout
    assert "line 1" in result.stderr


def test_a_folder_without_a_ledger_is_said_to_be(symflow: Symflow) -> None:
    assert "no ledger" in symflow("leases", "export", "--ledger", "/nowhere", code=4).stderr


def test_drift_is_what_the_last_check_found(symflow: Symflow, grants: Grants) -> None:
    assert "It has not been looked for drift yet" in symflow("leases", "drift").stderr
    grants.add()
    assert json.loads(symflow("leases", "drift", "--json").stdout)["findings"] == []
    token = symflow("tokens", "issue", "-u", "root@acme.example", "-e", "1h", "-n").stdout
    with serving(symflow) as (_, url, _lines):
        remote = {"SYM_STORE_URL": None, "SYM_API_URL": url, "SYM_JWT": token}
        assert json.loads(symflow("leases", "drift", "--json", **remote).stdout)["findings"] == []
