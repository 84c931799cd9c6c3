"""What ``doctor`` and ``recover`` know of a store that trails its ledger."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from sym import config
from sym.commands._session import organization_of

if TYPE_CHECKING:
    from sym.config import Config
    from sym.engine.ledger import Ledger
    from sym.engine.recovery import Forgotten
    from sym.store.database import Store


def opened_ledger(store: Store, settings: Config | None = None) -> Ledger:
    """The ledger of the store's organization on this machine. Nothing is created before it is written to."""
    from sym.engine.ledger import Ledger

    with store.reading() as conn:
        org = organization_of(conn).id
    return Ledger((settings or config.load()).ledger_dir, org, config.now)


def described(item: Forgotten) -> dict[str, Any]:
    """A forgotten lease for people: who, what, until when."""
    from sym.engine.instructions import label

    told = item.entry.document
    if not item.entry.is_live:
        what = "had ended; is ended again now"
    else:
        what = "grant the store does not know" if item.known is None else "grant the store knows in an older state"
    return {
        "person": item.entry.person, "target": label(told.get("snapshot") or {}), "ends_at": told.get("ends_at"),
        "what": what, "run_id": (told.get("run") or {}).get("id"), "lease_id": item.entry.lease_id,
    }  # fmt: skip


def ledger_rows(store: Store, settings: Config) -> Iterator[tuple[str, str, str, str]]:
    """What ``doctor`` finds of the ledger, of recovery mode, and of every grant that was forgotten: the check, its
    result, what is, and what to do."""
    from sym.engine.ledger_files import Content
    from sym.engine.recovery import compare
    from sym.store.recovery import recoveries

    ledger = opened_ledger(store, settings)
    content = ledger.read() if ledger.folder.is_dir() else Content()
    for problem in content.problems:
        yield "ledger", "failed", f"Damaged: {problem}.", "Keep a copy of the file, then remove the line."
    if not content.problems:
        live = sum(entry.is_live for entry in content.entries.values())
        yield "ledger", "ok", f"{ledger.folder} lists {live} leases.", ""
    with store.reading() as conn:
        reasons = recoveries(conn)
    for found in reasons:
        yield "recovery", "failed", f"Nothing is granted: {found.reason}", "Run `symflow recover`."
    for item in compare(store, content):
        told = described(item)
        until = f"until {told['ends_at']}" if told["ends_at"] else "without an end"
        detail = f"{told['person']} holds {told['target']} {until} (run {told['run_id']}): {told['what']}."
        yield "forgotten", "failed", detail, "Run `symflow recover`."
