"""A grant is a lease with its own row. It freezes all that ending it needs, so that nobody can strand it by removing
a flow, a target or a strategy."""

from __future__ import annotations

import hashlib
import json
import uuid
from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from sym import plugins
from sym.engine.instructions import by_hand
from sym.engine.lifecycle import RunState
from sym.engine.routing import permissions_now
from sym.engine.views import Document, World, target_view
from sym.store.grants import Lease
from sym.store.runs import Run


def state_of(run: Run, params: Document, lease: Lease | None) -> RunState:
    """What a decision needs to know of a run: its row, its flow's params, and its lease if it has one."""
    return RunState(
        id=run.id,
        status=run.status,
        requester_id=run.requester_id,
        submitter_id=run.actors.get("prompt"),
        issuer_id=run.actors.get("token"),
        approver_id=run.actors.get("approve"),
        is_access_flow=bool(params.get("strategy_id")),
        allow_revoke=bool(params.get("allow_revoke", True)),
        allow_extension=bool(params.get("allow_extension", False)),
        schedule_deescalation=bool(params.get("schedule_deescalation", True)),
        duration=run.duration,
        permissions=permissions_now(run.permissions, run.routing),
        routing=run.routing,
        lease=lease.status if lease else None,
        starts_at=lease.starts_at if lease else None,
        ends_at=lease.ends_at if lease else None,
    )


def open_lease(world: World) -> Lease:
    """The pending lease of a run that is about to be granted.

    Its key is what the vendor sees: the integration's type and account, the target's settings with its bindings filled
    in, and who is granted. Two targets that name one group have one key. Who the requester is at the vendor may have to
    be found out first; until then, or where that cannot be, it is the user id.
    """
    strategy = world.flow_view["strategy"]
    target = target_view(world.run, world.flow_view)
    assert target is not None, "an access flow's request was checked to have a target"
    integration = strategy["integration"] or {"type": strategy["type"], "external_id": _account(strategy)}
    identity = known_identity(world, integration)
    key_document = {
        "strategy": strategy["type"],
        "integration": {"type": integration["type"], "external_id": integration["external_id"]},
        "target": {"type": target["type"], "settings": target["settings"]},
        "identity": identity or world.run.requester_id,
    }
    return Lease(
        id=str(uuid.uuid4()),
        run_id=world.run.id,
        key=_key(key_document),
        key_document=key_document,
        status="pending",
        requester_id=world.run.requester_id,
        snapshot={"flow": world.flow_view, "target": target, "flow_version": world.run.flow_version},
        identity=identity,
        starts_at=None, ends_at=None, ended_at=None, verified_at=None,
        next_attempt_at=None, last_error=None, output=None,
    )  # fmt: skip


def key_changes(lease: Lease, identity: str) -> dict[str, Any]:
    """What changes in a lease when it becomes known who the requester is at the vendor."""
    key_document = {**lease.key_document, "identity": identity}
    return {"identity": identity, "key_document": key_document, "key": _key(key_document)}


def with_identity(world: World, lease: Lease) -> World:
    """The world as the lease's strategy shall see it: the requester is at the vendor who they were when access was
    granted, whatever has been recorded since."""
    integration = lease.key_document["integration"]
    if lease.identity is None:
        return world
    requester = world.user_views[lease.requester_id]
    place = {"service": integration["type"], "service_id": integration["external_id"]}
    others = [known for known in requester["identities"] if not place.items() <= known.items()]
    seen = {**requester, "identities": [*others, {**place, "user_id": lease.identity}]}
    return replace(world, user_views={**world.user_views, lease.requester_id: seen})


def target_id(target: Document) -> str:
    """What a strategy gets as ``target_id``: the target's ``identifier`` setting, else the target's own id."""
    return str(target["settings"].get("identifier") or target["id"])


def removal_instructions(lease: Lease) -> str:
    """How a person takes the access of ``lease`` away without this product: what the strategy said when it got stuck,
    else what its frozen settings tell. Needs nothing but the lease."""
    return lease.instructions or by_hand(
        lease.snapshot, lease.identity, "" if lease.identity else f"user {lease.requester_id}"
    )


def known_identity(world: World, integration: Document) -> str | None:
    """Who the requester is stored to be at the vendor, None if that is not known."""
    requester = world.user_views[world.run.requester_id]
    for known in requester["identities"]:
        if known["service"] == integration["type"] and known["service_id"] == integration["external_id"]:
            return str(known["user_id"])
    return None


def _account(strategy: Document) -> str:
    """What stands for the account where a strategy has no integration: what its own settings say."""
    account = getattr(plugins.load("strategies", strategy["type"]), "account", None)
    return str(account(strategy.get("settings") or {})) if account else ""


def _key(key_document: Mapping[str, Any]) -> str:
    return hashlib.sha256(_canonical(key_document)).hexdigest()


def _canonical(document: Any) -> bytes:
    return json.dumps(document, sort_keys=True, separators=(",", ":")).encode()
