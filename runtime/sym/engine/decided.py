"""What exactly was approved: bound by the audit entry of the approval, and held against the store ever after.

The entry ``run.approved`` has, in the transaction of the decision, a hash of everything the approval was about. Whoever
changes the run afterwards changes what hashes; to hide that, they would have to change the entry, whose hash, seal and
signature then do not fit.
"""

from __future__ import annotations

import hashlib
import hmac
import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sym.audit.chain import canonical, document_hash, parsed
from sym.audit.seals import Check, own_problems
from sym.audit.verification import StoredEntry, entry_problems
from sym.engine.pinned import pinned_version
from sym.engine.receipts import context_hash
from sym.engine.views import World
from sym.sdk.errors import SymSDKError
from sym.sdk.resource import SRN
from sym.store.audit import Filter
from sym.store.database import Connection
from sym.store.events import Event
from sym.store.resources import version_of
from sym.store.runs import Run
from sym.store.seals import chosen_entries, get_seal

ENTRY = "run.approved"
FIELD = "decision_hash"
# Who acted after the decision is no part of it.
_AFTERWARDS = frozenset({"escalate", "deescalate", "extend", "retry", "remove"})


class Unproved(Exception):
    """The log does not bear the approval out; the message says why, to people. ``is_pending`` if it may yet."""

    def __init__(self, reason: str, *, is_pending: bool = False) -> None:
        super().__init__(reason)
        self.is_pending = is_pending


@dataclass(frozen=True, kw_only=True)
class Approval:
    """An approval as the log has it: whose it was (None: nobody with an account), whether a ``person`` or the ``flow``
    itself said so, and when."""

    user_id: str | None
    via: str
    at: datetime


def decision_hash(run: Run, documents: Mapping[str, str | None], context: Mapping[str, Any]) -> str:
    """SHA-256, in hex, of what an approval of ``run`` is about: the run's fields, flow, target, duration, permissions,
    requester and deciders. ``documents`` are hashes of the versions the run is pinned to, ``context`` is that of the
    request."""
    bound = {
        "run": run.id,
        "flow": [run.flow_id, run.flow_slug, run.flow_version],
        "target": [run.target_id, run.target_version],
        "documents": dict(documents),
        "requester": run.requester_id,
        "source": run.source,
        "fields": run.fields,
        "duration": run.duration,
        "permissions": run.permissions,
        "actors": {name: user_id for name, user_id in run.actors.items() if name not in _AFTERWARDS},
        "context_hash": context_hash(context),
    }
    return hashlib.sha256(b"decision\x00" + canonical(bound)).hexdigest()


def approval_note(conn: Connection, world: World, run: Run) -> dict[str, str]:
    """What the audit entry of an approval says besides; ``run`` is the world's as the decision leaves it."""
    target = pinned_version(conn, run.target_id, run.target_version) if run.target_id and run.target_version else None
    documents = {
        "flow": document_hash(world.flow.document),
        "target": document_hash(target.document) if target else None,
    }
    return {FIELD: decision_hash(run, documents, request_context(world.events))}


def request_context(events: tuple[Event, ...] | list[Event]) -> dict[str, Any]:
    """The context that a run was asked for with, of its ``events``, oldest first."""
    return next((event.context for event in events if event.name == "request"), {})


def approval_of(conn: Connection, run: Run, events: list[Event], check: Check) -> Approval:
    """The approval of ``run`` that is in the log and fits the run as it is stored now, with its ``events``.

    ``check`` checks signatures of seals. Raises Unproved if there is none, if anything was changed, or if the entry has
    not been sealed yet (a matter of seconds).
    """
    found = chosen_entries(conn, Filter(run_id=run.id, name=ENTRY), limit=2)
    if len(found) != 1:
        raise Unproved("the audit log has no approval of it" if not found else "the audit log has two approvals of it")
    entry, number = found[0]
    _require_genuine(conn, entry, number, check)
    document = parsed(entry.document)
    recorded, present = _recorded(entry), _present(conn, run, events)
    if recorded is None:
        raise Unproved("the entry of its approval does not say what was approved: it was erased, or is an older one")
    if present is None or not hmac.compare_digest(recorded, present):
        raise Unproved("it is not what was approved: it was changed since")
    return Approval(
        user_id=_user_id(document["actor"]["user"]),
        via="flow" if document["event"]["channel"] in ("sdk", "internal") else "person",
        at=datetime.fromisoformat(document["event"]["timestamp"]),
    )


def _require_genuine(conn: Connection, entry: StoredEntry, number: int | None, check: Check) -> None:
    if entry_problems(entry):
        raise Unproved("the audit entry of its approval was changed")
    if number is None:
        raise Unproved("the audit entry of its approval is not sealed yet", is_pending=True)
    seal = get_seal(conn, number)
    if seal is None or own_problems(seal, check):
        raise Unproved("the seal over the audit entry of its approval is not genuine")
    if dict(seal.leaves).get(entry.head.sequence) != entry.head.leaf():
        raise Unproved("the audit entry of its approval is not the one that was sealed")


def _recorded(entry: StoredEntry) -> str | None:
    for value in entry.personal:
        if value.path == f"/fields/{FIELD}" and not value.erased and value.text is not None:
            found = json.loads(value.text)
            return found if isinstance(found, str) else None
    return None


def _present(conn: Connection, run: Run, events: list[Event]) -> str | None:
    # Not from memory: what is asked is whether the store still has what was approved.
    flow = version_of(conn, run.flow_id, run.flow_version)
    target = version_of(conn, run.target_id, run.target_version) if run.target_id and run.target_version else None
    if flow is None:
        return None
    documents = {"flow": document_hash(flow.document), "target": document_hash(target.document) if target else None}
    return decision_hash(run, documents, request_context(events))


def _user_id(srn: Any) -> str | None:
    try:
        return SRN.parse(srn).slug if isinstance(srn, str) else None
    except SymSDKError:
        return None
