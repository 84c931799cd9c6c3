"""From what happened to its entry in the audit log."""

from __future__ import annotations

from typing import Any

import pytest

from sym.audit.events import RunEvent, vocabulary
from sym.engine.journal import RUN_ENTRIES, actor_of, record
from sym.engine.views import load_world


def test_every_event_of_a_run_that_the_log_knows_can_be_recorded() -> None:
    known = {name for name, entry in vocabulary().items() if issubclass(entry, RunEvent)}
    assert set(RUN_ENTRIES) == known


def test_an_entry_says_who_did_what_on_which_run(engine: Any) -> None:
    engine.flow(fields=[{"name": "reason", "type": "string"}])
    run_id = engine.escalated(reason="INC-1")
    engine.later(seconds=600)
    requested, approved, escalated, deescalated = engine.entries(run_id)
    assert requested["run"]["srn"] == f"acme:run:flow:1.0.0:{run_id}"
    assert requested["run"]["flow"] == f"acme:flow:flow:1.0.0:{engine.ids['flow']}"
    assert (requested["event"]["type"], requested["event"]["channel"]) == ("request", "sym")
    assert requested["actor"]["username"] == "ada@acme.example"
    assert requested["actor"]["identity"]["email"] == "ada@acme.example"
    assert requested["fields"]["reason"] == "INC-1"
    assert requested["fields"]["target"]["name"] == "readers"
    assert requested["fields"]["duration"] == 600
    assert set(approved["run"]["actors"]) == {"request", "approve"}
    assert escalated["event"]["channel"] == "internal"
    assert set(deescalated["fields"]) == {"target", "target_id", "deescalate_type"}
    assert {entry["state"]["status"] for entry in engine.entries(run_id)} == {"completed"}


def test_a_bot_is_named_without_an_address(engine: Any) -> None:
    actor = actor_of("acme", engine.users["ci"])
    assert (actor.username, actor.type) == ("ci", "bot")
    assert actor.identity == {"service": "sym", "external_id": "cloud", "user_id": engine.users["ci"].id}


def test_a_refusal_names_the_action_and_the_run(engine: Any) -> None:
    engine.flow()
    run_id = engine.requested()
    with engine.store.transaction() as conn:
        world = load_world(conn, engine.run(run_id), engine.named(run_id, "request"))
        record(conn, "action.refused", world, errors=("not like this",), now=engine.clock.now)
    entry = engine.entries(run_id)[-1]
    assert entry["name"] == "action.refused"
    assert entry["state"] == {"status": "refused", "errors": ["not like this"]}
    assert (entry["fields"]["action"], entry["fields"]["run"]) == ("request", run_id)


def test_what_is_not_in_the_vocabulary_cannot_be_recorded(engine: Any) -> None:
    engine.flow()
    run_id = engine.requested()
    with engine.store.transaction() as conn:
        world = load_world(conn, engine.run(run_id), engine.named(run_id, "request"))
        with pytest.raises(KeyError):
            record(conn, "run.imagined", world, now=engine.clock.now)
