"""Runs that were really approved, as the engine leaves them: with their audit entry, sealed."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import Any

from sym.audit.chain import document_hash
from sym.audit.events import Actor, EventView, RunApproved, RunView
from sym.engine import srns
from sym.engine.audit_keys import signing
from sym.engine.decided import FIELD, decision_hash
from sym.engine.journal import actor_of
from sym.store.audit import append
from sym.store.resources import get, save
from sym.store.runs import Run
from sym.store.seals import seal_next
from tests.runtime.api.conftest import World


def approved(world: World, *, seals: bool = True, decides: bool = True, **details: Any) -> Run:
    """A run that bob approved a second after it was asked for, or that nobody decided on, of a flow of its own."""
    with world.store.transaction() as conn:
        environment = save(conn, "environment", {"name": "prod"}, actor=Actor.SYSTEM, now=world.now).id
        flow = save(conn, "flow", {"name": "prod_db", "environment_id": environment, "implementation": "pass",
                                   "params": [{}]}, actor=Actor.SYSTEM, now=world.now)  # fmt: skip
        target = get(conn, "target", details["target_id"]) if details.get("target_id") else None
    ann, bob = world.users["ann"], world.users["bob"]
    plain = {"status": "approved", "flow_id": flow.id, "flow_version": flow.version,
             "actors": {"request": ann.id, "approve": bob.id}}  # fmt: skip
    run = world.run(**{**plain, **details})
    context = {"build": 7}
    world.event(run, context=context, actor_id=ann.id)
    if not decides:
        return run
    clicked = world.now + timedelta(seconds=1)
    event = world.event(run, name="approve", actor_id=bob.id, created_at=clicked, scheduled_at=clicked)
    documents = {"flow": document_hash(flow.document), "target": document_hash(target.document) if target else None}
    view = EventView(id=event.id, srn=srns.event_spec("approve"), type="approve", template=srns.TEMPLATE,
                     timestamp=event.created_at, channel="sym")  # fmt: skip
    entry = RunApproved(
        actor=actor_of("acme", bob), run_id=run.id, event_id=event.id, event=view,
        run=RunView(srn=srns.run("acme", run.flow_slug, run.flow_version, run.id), flow="acme:flow:prod_db:1.0.0"),
        fields={**run.fields, FIELD: decision_hash(replace(run, status="approved"), documents, context)},
    )  # fmt: skip
    with world.store.transaction() as conn:
        append(conn, entry, now=world.now)
    if seals:
        seal(world)
    return run


def seal(world: World) -> None:
    """Seal the log."""
    with world.store.transaction() as conn:
        assert seal_next(conn, sign=signing(world.keys), now=world.now)
