"""How to remove access by hand: what a person is told who has the vendor's console and nothing else."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

Document = Mapping[str, Any]


def by_hand(snapshot: Document, identity: str | None, person: str) -> str:
    """One sentence: whom to remove from what, where. ``snapshot`` is a lease's; ``identity`` who ``person`` is at the
    vendor, if known."""
    target = snapshot.get("target") or {}
    strategy = (snapshot.get("flow") or {}).get("strategy") or {}
    integration = strategy.get("integration") or {}
    service = integration.get("type", strategy.get("type", "the vendor"))
    place = f"{service} {integration.get('external_id', '')}".strip()
    settings = ", ".join(f"{name}={value}" for name, value in sorted((target.get("settings") or {}).items()))
    known = settings or str(target.get("id") or "its id is not known")
    found = " ".join(part for part in (str(target.get("type") or ""), label(snapshot)) if part)
    who = f"the account of {person}" if identity is None else identity
    who = f"{who} ({person})" if identity and person not in ("", identity) else who
    return f"Open the administration of {place}, find {found} ({known}), and remove {who} from it."


def label(snapshot: Document) -> str:
    """The target as people know it: its label, else its name."""
    target = snapshot.get("target") or {}
    return str(target.get("label") or target.get("name") or "an unknown target")
