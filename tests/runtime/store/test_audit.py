from __future__ import annotations

from datetime import datetime

import pytest
import sqlalchemy as sa

from sym.audit.events import ActionRefused, Actor, EventView, RunApproved, RunView
from sym.store import audit, tables
from sym.store.database import Store

RUN_ID = "66666666-0000-4000-8000-000000000001"


def _approved(ada: Actor, now: datetime, **fields: object) -> RunApproved:
    run = RunView(srn=f"acme:run:approval:3.0.0:{RUN_ID}", flow="acme:flow:approval:3.0.0", actors={"approve": ada})
    event = EventView(
        id="e1",
        srn="sym:event-spec:approval:1.0.0:approve",
        type="approve",
        template="sym:template:approval:1.0.0",
        timestamp=now,
        channel="sym",
    )
    return RunApproved(run=run, event=event, actor=ada, fields=fields, run_id=RUN_ID, event_id="e1")


def test_an_entry_comes_back_whole(store: Store, ada: Actor, now: datetime) -> None:
    event = _approved(ada, now, reason="on call", duration=3600, list=["a"], half="\ud800")
    with store.transaction() as conn:
        entry_id = audit.append(conn, event, now=now)
        (entry,) = audit.entries(conn)
        assert audit.verify(conn, entry_id) == []
    expected = event.document(entry_id, now)
    expected["fields"]["half"] = "\ufffd"
    assert entry == {"name": "run.approved", "sequence": 1, **expected}


def test_personal_values_are_not_in_the_entry(store: Store, ada: Actor, now: datetime) -> None:
    with store.transaction() as conn:
        audit.append(
            conn, _approved(ada, now, reason="hunter2", target={"label": "Prod", "settings": {"x": "y"}}), now=now
        )
        (hidden,) = audit.entries(conn, reveal=False)
        (document,) = conn.execute(sa.select(tables.audit_entry.c.document)).scalars()
    assert {"name": "run.approved", "sequence": 1, **document} == hidden
    # As a whole value: three letters may well be part of a hash.
    for secret in ("hunter2", "ada", "Ada"):
        assert f"'{secret}'" not in str(hidden)
    assert hidden["fields"]["target"]["label"] == "Prod"
    assert set(hidden["fields"]["reason"]) == {"commitment"}
    assert hidden["actor"]["user"] == f"sym:user:normal:{ada.user_id}:latest"


def test_an_entry_is_committed_with_the_state_or_not_at_all(store: Store, ada: Actor, now: datetime) -> None:
    def fail() -> None:
        with store.transaction() as conn:
            conn.execute(tables.worker.insert().values(executor_id="w", started_at=now, last_seen=now))
            audit.append(conn, _approved(ada, now, reason="x"), now=now)
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        fail()
    with store.reading() as conn:
        assert audit.entries(conn) == []
        assert conn.execute(sa.select(tables.worker)).all() == []
        assert conn.execute(sa.select(tables.audit_personal)).all() == []


def test_erasing_a_person_keeps_the_entry_valid(store: Store, ada: Actor, now: datetime) -> None:
    with store.transaction() as conn:
        entry_id = audit.append(conn, _approved(ada, now, reason="hunter2", ticket="T-1"), now=now)
        before = conn.execute(sa.select(tables.audit_entry.c.document, tables.audit_entry.c.entry_hash)).one()
        assert audit.erase(conn, entry_id, now=now, path="/fields/reason") == 1
        assert audit.erase(conn, entry_id, now=now, path="/fields/reason") == 0
        (entry,) = audit.entries(conn)
        assert entry["fields"] == {"reason": {"erased": True}, "ticket": "T-1"}
        assert audit.verify(conn, entry_id) == []
        assert audit.erase(conn, entry_id, now=now) == 5
        assert conn.execute(sa.select(tables.audit_entry.c.document, tables.audit_entry.c.entry_hash)).one() == before
        rows = conn.execute(sa.select(tables.audit_personal)).all()
        assert {(row.value, row.salt, row.erased_at) for row in rows} == {(None, None, now)}
        assert audit.verify(conn, entry_id) == []


def test_tampering_shows(store: Store, ada: Actor, now: datetime) -> None:
    with store.transaction() as conn:
        entry_id = audit.append(conn, _approved(ada, now, reason="no", duration=60), now=now)
        conn.execute(
            tables.audit_personal.update().where(tables.audit_personal.c.path == "/fields/reason").values(value="yes")
        )
        assert audit.verify(conn, entry_id) == ["/fields/reason: the value is not the one that was committed to"]
        document = conn.execute(sa.select(tables.audit_entry.c.document)).scalar_one()
        document["fields"]["duration"] = 6000
        conn.execute(tables.audit_entry.update().values(document=document))
        assert "the entry's document does not have its hash" in audit.verify(conn, entry_id)
        assert audit.verify(conn, "nothing") == ["there is no such entry"]


def test_entries_are_filtered_and_paged_in_the_order_of_writing(store: Store, ada: Actor, now: datetime) -> None:
    refused = ActionRefused(actor=ada, action="approve", code="X", message="no", run_id=RUN_ID, details={"a": 1})
    with store.transaction() as conn:
        for event in (_approved(ada, now), refused, ActionRefused(actor=ada, action="deny", code="Y", message="no")):
            audit.append(conn, event, now=now)
        names = [entry["name"] for entry in audit.entries(conn)]
        assert names == ["run.approved", "action.refused", "action.refused"]
        assert len(audit.entries(conn, run_id=RUN_ID)) == 2
        assert len(audit.entries(conn, name="action.refused")) == 2
        first = audit.entries(conn, limit=1)[0]["sequence"]
        assert [entry["fields"]["code"] for entry in audit.entries(conn, after_sequence=first)] == ["X", "Y"]
