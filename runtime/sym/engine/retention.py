"""How long the audit log is kept: whole seals lose their entries, oldest first, and the log says so.

The seals stay, so that the chain is whole; what was removed is attested with the audit key, so that removing entries by
intention and tampering are not the same.
"""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sym.audit.administration import AuditPruned
from sym.audit.events import Actor
from sym.audit.export import Pruning
from sym.audit.seals import Sign, pruning_message
from sym.store.audit import append
from sym.store.database import Store
from sym.store.pruning import last_pruning, prunable, remove_entries


def prune(store: Store, *, before: datetime, sign: Sign, now: datetime, actor: Actor = Actor.SYSTEM) -> int:
    """Remove every entry, and what personal values it had, of the longest run of seals from the first on that were made
    before that moment; how many entries that were. Entries of runs that still hold access stay, and all after them."""
    removed = 0
    with store.transaction() as conn:
        previous = last_pruning(conn)
        last = prunable(conn, after=previous.through if previous else 0, before=before)
        if last is None:
            return 0
        signature, key_id = sign(pruning_message(last.number, last.seal_hash))
        removed = remove_entries(conn, through=last.number)
        pruning = Pruning(last.number, last.seal_hash, signature, key_id)
        append(conn, AuditPruned(actor=actor, details=_details(pruning, removed)), now=now)
    return removed


def _details(pruning: Pruning, removed: int) -> dict[str, Any]:
    return {**vars(pruning), "entries": removed}
