"""How to remove access by hand: what a person is told who has the vendor's console and nothing else."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

Document = Mapping[str, Any]


def by_hand(snapshot: Document, identity: str | None, person: str) -> str:
    """One sentence: whom to remove from what, where. ``snapshot`` is a lease's; ``identity`` who ``person`` is at the
    vendor, if known."""
    target = snapshot.get("target") or {}
    strategy = (snapshot.get("flow") or {}).get("strategy") or {}
    integration = strategy.get("integration") or {}
    who = identity if identity == person or not person else f"{identity or 'the account'} ({person})"
    place = (
        f"{integration.get('type', strategy.get('type', 'the vendor'))} {integration.get('external_id', '')}".strip()
    )
    settings = json.dumps(target.get("settings") or {}, sort_keys=True, ensure_ascii=False)
    return f"In {place}, remove {who} from {label(snapshot)}, which is {settings}."


def label(snapshot: Document) -> str:
    """The target as people know it: its label, else its name."""
    target = snapshot.get("target") or {}
    return str(target.get("label") or target.get("name") or "an unknown target")
