"""A lease freezes what ending needs; its key is what the vendor sees."""

from __future__ import annotations

import hashlib
import json
from dataclasses import replace
from typing import Any

import pytest

from sym.audit.events import Actor
from sym.engine.leases import open_lease, removal_instructions
from sym.engine.views import load_world
from sym.errors import InUse
from sym.store import resources
from sym.store.events import insert_event
from sym.store.grants import Lease


def lease_for(engine: Any, who: str = "ada", **inputs: Any) -> Lease:
    accepted = engine.request(who, **inputs)
    with engine.store.reading() as conn:
        return open_lease(load_world(conn, engine.run(accepted.run_id), engine.event(accepted.event_id)))


def test_a_lease_is_pending_and_holds_all_that_ending_needs(engine: Any) -> None:
    engine.flow()
    lease = lease_for(engine)
    assert (lease.status, lease.requester_id) == ("pending", engine.users["ada"].id)
    flow = lease.snapshot["flow"]
    assert flow["strategy"]["implementation"].startswith("\nimport json")
    assert flow["strategy"]["integration"]["external_id"] == str(engine.door.path)
    assert lease.snapshot["target"]["settings"] == {"identifier": "readers"}
    assert lease.snapshot["flow_version"] == 1
    canonical = json.dumps(lease.key_document, sort_keys=True, separators=(",", ":")).encode()
    assert lease.key == hashlib.sha256(canonical).hexdigest()


def test_the_key_tells_people_and_targets_apart_and_nothing_else(engine: Any) -> None:
    engine.flow()
    same = lease_for(engine)
    assert lease_for(engine).key == same.key
    assert lease_for(engine, "bob").key != same.key
    assert lease_for(engine, target_srn="acme:access_target:custom:admins:latest").key != same.key
    engine.flow(allow_revoke=False)
    assert lease_for(engine).key == same.key


def test_two_targets_that_name_one_group_have_one_key(engine: Any) -> None:
    engine.flow()
    one = lease_for(engine)
    engine.save("target", "admins", {"type": "custom", "name": "admins", "settings": {"identifier": "readers"}})
    assert lease_for(engine, target_srn="acme:access_target:custom:admins:latest").key == one.key


def test_without_an_integration_the_key_tells_services_apart_by_the_strategys_settings(engine: Any) -> None:
    engine.flow()

    def key_at(url: str) -> dict[str, Any]:
        targets = [engine.ids["readers"]]
        document = {"type": "http", "name": "web", "targets": targets, "settings": {"url": url}}
        engine.ids["strategy"] = engine.save("strategy", "web", document)
        engine.flow()
        return lease_for(engine).key_document["integration"]

    first = key_at("https://one.example/access?token=x")
    assert first == {"type": "http", "external_id": "https://one.example/access"}
    assert key_at("https://two.example/access") != first


def test_a_known_identity_is_what_the_vendor_sees(engine: Any) -> None:
    engine.flow()
    unknown = lease_for(engine)
    assert unknown.identity is None
    assert unknown.key_document["identity"] == engine.users["ada"].id
    engine.escalated()
    assert lease_for(engine).identity == "ada"


def test_bindings_are_filled_in_before_the_key_is_made(engine: Any) -> None:
    engine.strategy()
    engine.save(
        "target", "readers",
        {"type": "custom", "name": "readers", "settings": {"identifier": "x"}, "field_bindings": ["identifier"]},
    )  # fmt: skip
    engine.flow(fields=[{"name": "identifier", "type": "string"}])
    one, other = lease_for(engine, identifier="a"), lease_for(engine, identifier="b")
    assert one.key_document["target"]["settings"] == {"identifier": "a"}
    assert one.key != other.key
    run_id = engine.escalated(identifier="c")
    assert engine.door.members == [("ada", "c")]
    engine.later(seconds=600)
    assert engine.run(run_id).status == "deescalated"
    assert [target for _, target, _ in engine.door.details] == ["c", "c"]


def test_the_runtime_and_the_integration_access_ends_through_stay_until_it_has_ended(engine: Any) -> None:
    """Flow, strategy and target may go: the lease has frozen what they say. These it only mentions."""
    engine.flow()
    runtime = engine.save("runtime", "runtime", {"name": "main"})
    environment = {"name": "local", "runtime_id": runtime, "integrations": {"door_id": engine.ids["integration"]}}
    engine.save("environment", "environment", environment)
    run_id = engine.escalated()
    for name, key in (
        ("flow", "flow"),
        ("environment", "environment"),
        ("strategy", "strategy"),
        ("target", "readers"),
    ):
        engine.delete(name, key)
    for name in ("runtime", "integration"):
        with pytest.raises(InUse) as refused, engine.store.transaction() as conn:
            resources.delete(conn, name, engine.ids[name], actor=Actor.SYSTEM, now=engine.clock.now)
        assert "ada@acme.example on readers until 2026-" in refused.value.message
    engine.later(seconds=601)
    assert engine.run(run_id).status == "deescalated"
    assert engine.door.members == []
    for name in ("runtime", "integration"):
        engine.delete(name, name)


def test_how_to_remove_access_by_hand_is_told_from_the_lease_alone(engine: Any) -> None:
    engine.flow()
    lease = lease_for(engine)
    place = f"custom {engine.door.path}"
    assert removal_instructions(lease) == (
        f"Open the administration of {place}, find custom readers (identifier=readers), and remove the "
        f"account of user {lease.requester_id} from it."
    )
    assert "remove ada from it" in removal_instructions(replace(lease, identity="ada"))
    assert removal_instructions(replace(lease, instructions="Ring Bob.")) == "Ring Bob."


def test_a_refusal_is_not_taken_for_a_failure_of_the_access(engine: Any) -> None:
    engine.flow()
    run_id = engine.escalated()
    before = engine.lease(run_id)
    with engine.store.transaction() as conn:
        late = replace(engine.named(run_id, "approve"), id="late", phase="decide", attempt=1, finished_at=None,
                       due_at=engine.clock.now, idempotency_key=None)  # fmt: skip
        insert_event(conn, late)
    engine.executor.decide("late", 1)
    assert engine.event("late").status == "error"
    assert engine.lease(run_id) == before
