"""What was approved is held against the store: whatever is changed afterwards, the approval is no longer for it."""

from __future__ import annotations

import json
import uuid
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa

from sym.engine.audit_keys import checking, signing
from sym.engine.decided import FIELD, Approval, Unproved, approval_of
from sym.engine.keys import KeyDirectory
from sym.store import tables
from sym.store.audit import entries
from sym.store.seals import seal_next
from tests.runtime.engine.conftest import OPEN, Engine

HOOKS = OPEN + "@hook\ndef on_request(event):\n    return ApprovalTemplate.approve()\n"


class Office:
    """An engine with a sealer beside it."""

    def __init__(self, engine: Engine, folder: Path) -> None:
        self.engine, self.store = engine, engine.store
        self.keys = KeyDirectory(folder / "keys")
        self.keys.create(engine.clock.now)

    def seal(self) -> None:
        with self.store.transaction() as conn:
            assert seal_next(conn, sign=signing(self.keys), now=self.engine.clock.now)

    def approved(self, run_id: str) -> Approval:
        run, events = self.engine.run(run_id), self.engine.events(run_id)
        with self.store.reading() as conn:
            return approval_of(conn, run, events, checking(self.keys.public_keys("audit")))

    def problem(self, run_id: str) -> str:
        with pytest.raises(Unproved) as caught:
            self.approved(run_id)
        return str(caught.value)

    def change(self, table: str, run_id: str, column: str = "id", **values: Any) -> None:
        """Write to the database, as nobody should."""
        rows = tables.metadata.tables[table]
        with self.store.transaction() as conn:
            assert conn.execute(rows.update().where(rows.c[column] == run_id).values(**values)).rowcount


@pytest.fixture
def office(engine: Engine, tmp_path: Path) -> Office:
    return Office(engine, tmp_path)


@pytest.fixture
def granted(office: Office) -> str:
    """A run that bob approved, its access granted, the log sealed."""
    engine = office.engine
    engine.strategy()
    engine.flow(fields=[{"name": "reason", "type": "string", "required": False}])
    run_id = engine.escalated(reason="INC-42")
    office.seal()
    return run_id


def test_an_approval_is_borne_out_by_the_log(office: Office, granted: str) -> None:
    bob = office.engine.users["bob"]
    approval = office.approved(granted)
    assert (approval.user_id, approval.via, approval.at) == (bob.id, "person", office.engine.clock.now)


def test_the_hash_is_kept_beside_the_entry_and_can_be_erased(office: Office, granted: str) -> None:
    (entry,) = (found for found in office.engine.entries(granted) if found["name"] == "run.approved")
    assert len(entry["fields"][FIELD]) == 64
    assert entry["fields"]["reason"] == "INC-42"
    with office.store.reading() as conn:
        (hidden,) = entries(conn, run_id=granted, name="run.approved", reveal=False)
    assert set(hidden["fields"][FIELD]) == {"commitment"}  # what was asked for could be guessed from it


def test_it_stays_borne_out_while_the_run_goes_on(office: Office, granted: str) -> None:
    office.engine.act("bob", "deescalate", granted)
    office.engine.work()
    assert office.approved(granted).via == "person"


@pytest.mark.parametrize(
    "values",
    [
        {"fields": {"reason": "INC-43"}}, {"fields": {}}, {"fields": {"reason": "INC-42", "more": 1}},
        {"flow_version": 2}, {"flow_slug": "other"}, {"target_version": 2}, {"target_id": None}, {"duration": 601},
        {"permissions": None}, {"source": "slack"}, {"actors": {}},
    ],
    ids="-".join,
)  # fmt: skip
def test_whatever_is_changed_after_the_click_voids_it(office: Office, granted: str, values: dict[str, Any]) -> None:
    if "flow_version" in values:
        office.engine.flow(fields=[])  # there is a second version
    office.change("sym_run", granted, **values)
    assert "changed since" in office.problem(granted)


def test_another_requester_or_decider_voids_it(office: Office, granted: str) -> None:
    run, eve = office.engine.run(granted), office.engine.users["eve"]
    office.change("sym_run", granted, actors={**run.actors, "approve": eve.id})
    assert "changed since" in office.problem(granted)
    office.change("sym_run", granted, actors=run.actors)
    office.approved(granted)
    office.change("sym_run", granted, requester_id=eve.id)
    assert "changed since" in office.problem(granted)


def test_another_context_voids_it(office: Office, granted: str) -> None:
    office.change("sym_event", office.engine.named(granted, "request").id, context={"build": 8})
    assert "changed since" in office.problem(granted)


def test_code_or_a_target_that_was_rewritten_in_place_voids_it(office: Office, granted: str) -> None:
    run = office.engine.run(granted)
    versions = tables.metadata.tables["sym_resource_version"]
    for resource_id in (run.flow_id, run.target_id):
        with office.store.transaction() as conn:
            row = conn.execute(versions.select().where(versions.c.resource_id == resource_id)).one()
            changed = {**row.document, "label": "Another"}
            conn.execute(versions.update().where(versions.c.resource_id == resource_id).values(document=changed))
        assert "changed since" in office.problem(granted)
        with office.store.transaction() as conn:
            conn.execute(versions.update().where(versions.c.resource_id == resource_id).values(document=row.document))
        office.approved(granted)


def test_a_new_version_of_the_flow_changes_nothing(office: Office, granted: str) -> None:
    office.engine.flow(OPEN + "\n# another\n")
    assert office.approved(granted).via == "person"


def test_to_rewrite_the_log_as_well_does_not_help(office: Office, granted: str) -> None:
    """Whoever knows how everything is computed still has no key for the seal."""
    office.change("sym_run", granted, fields={"reason": "INC-43"})
    (entry,) = (found for found in office.engine.entries(granted) if found["name"] == "run.approved")
    path = f"/fields/{FIELD}"
    with office.store.transaction() as conn:
        conn.execute(sa.text("update sym_audit_personal set value = :value where entry_id = :id and path = :path"),
                     {"value": json.dumps("0" * 64), "id": entry["id"], "path": path})  # fmt: skip
    assert "was changed" in office.problem(granted)
    office.change("sym_audit_entry", entry["id"], entry_hash="0" * 64)
    assert "was changed" in office.problem(granted)


def test_an_entry_with_a_hash_of_its_own_does_not_fit_its_seal(office: Office, granted: str) -> None:
    from sym.audit import chain

    table = tables.audit_entry
    with office.store.transaction() as conn:
        row = conn.execute(table.select().where(table.c.name == "run.approved")).one()
        document = {**row.document, "type": "event", "state": {"status": "completed", "errors": ["x"]}}
        values = {"document": document, "entry_hash": chain.entry_hash(document)}
        conn.execute(table.update().where(table.c.id == row.id).values(**values))
    assert "not the one that was sealed" in office.problem(granted)
    # To take it out of its seal does not help until it is sealed again, and then the log does not verify.
    office.change("sym_audit_entry", row.id, seal_id=None)
    assert "not sealed" in office.problem(granted)


def test_a_seal_of_somebody_else_is_not_genuine(office: Office, granted: str, tmp_path: Path) -> None:
    office.keys = KeyDirectory(tmp_path / "others")
    office.keys.create(office.engine.clock.now)
    assert "seal" in office.problem(granted)


def test_before_it_is_sealed_it_is_pending(office: Office) -> None:
    office.engine.flow(access=False)
    run_id = office.engine.requested()
    with pytest.raises(Unproved) as caught:
        office.approved(run_id)
    assert not caught.value.is_pending  # nobody has approved it
    office.engine.act("bob", "approve", run_id)
    office.engine.work()
    with pytest.raises(Unproved) as caught:
        office.approved(run_id)
    assert caught.value.is_pending
    office.seal()
    assert office.approved(run_id).user_id == office.engine.users["bob"].id


def test_what_the_flow_approves_itself_says_so(office: Office) -> None:
    office.engine.flow(HOOKS, access=False)
    run_id = office.engine.requested()
    assert office.engine.run(run_id).status == "approved"
    office.seal()
    assert office.approved(run_id).via == "flow"


def test_an_approval_that_only_the_runs_table_knows_is_none(office: Office) -> None:
    office.engine.flow(access=False)
    run_id = office.engine.requested()
    bob = office.engine.users["bob"].id
    office.change("sym_run", run_id, status="approved", actors={**office.engine.run(run_id).actors, "approve": bob})
    office.seal()
    assert "no approval" in office.problem(run_id)


def test_two_approvals_are_one_too_many(office: Office, granted: str) -> None:
    table = tables.audit_entry
    with office.store.transaction() as conn:
        row = conn.execute(table.select().where(table.c.name == "run.approved")).one()
        values = {name: value for name, value in row._mapping.items() if name != "sequence"}
        conn.execute(table.insert().values({**values, "id": str(uuid.uuid4()), "seal_id": None}))
    assert "two approvals" in office.problem(granted)


def test_an_erased_or_older_entry_proves_nothing(office: Office, granted: str) -> None:
    from sym.store.audit import erase

    (entry,) = (found for found in office.engine.entries(granted) if found["name"] == "run.approved")
    with office.store.transaction() as conn:
        erase(conn, entry["id"], now=office.engine.clock.now, path=f"/fields/{FIELD}")
    assert "erased" in office.problem(granted)
