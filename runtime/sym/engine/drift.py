"""What differs between what services grant and what Sym has granted. Nothing here acts on it: it is told.

A *place* is what one target grants: an integration's account and the settings of a target, each with one value. Who has
access there is asked of the strategy (``list_active``) and held against the leases. Access that was there before a
grant is known as such, and access that has just ended or begun may be shown late: neither is drift.
"""

from __future__ import annotations

import hashlib
import itertools
import json
from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sym import plugins
from sym.engine.pinned import organization_slug
from sym.engine.strategy import needs_implementation
from sym.engine.views import Document, params_of, view_flow
from sym.serving import is_served
from sym.store.database import Connection
from sym.store.drift import Finding
from sym.store.grants import Lease
from sym.store.resources import list_resources

SETTLING = timedelta(minutes=15)
"""How long services may show access that has ended, or not show what was granted."""


@dataclass(frozen=True, kw_only=True)
class Place:
    """Where access is granted: by the strategy of ``flow`` (its view), to targets of a type with these ``settings``."""

    flow: Document
    target_type: str
    settings: Document
    label: str
    slug: str
    environment_id: str | None

    @property
    def strategy(self) -> Document:
        """The view of the strategy."""
        strategy: Document = self.flow["strategy"]
        return strategy

    @property
    def document(self) -> Document:
        """The place as findings name it."""
        return {"integration": account_of(self.strategy), "strategy": self.strategy["type"], "label": self.label,
                "target": {"type": self.target_type, "settings": self.settings}, "flow": self.slug,
                "environment_id": self.environment_id}  # fmt: skip

    @property
    def id(self) -> str:
        """The same for every flow that grants the same."""
        return _place_id(account_of(self.strategy), self.target_type, self.settings)


def account_of(strategy: Document) -> Document:
    """The account a strategy's view works on."""
    integration = strategy["integration"] or {"type": strategy["type"], "external_id": ""}
    return {"type": integration["type"], "external_id": integration["external_id"]}


def can_list(strategy: Document | None) -> bool:
    """Whether a strategy (its view) can be asked who has access: one that is installed, and knows."""
    if not strategy or needs_implementation(strategy["type"]) or not is_served("strategies", strategy["type"]):
        return False
    return hasattr(plugins.load("strategies", strategy["type"]).Strategy, "list_active")


def places(conn: Connection, leases: Iterable[Lease]) -> dict[str, Place]:
    """Every place that can be asked, by its id: of the targets of all flows, and of leases whatever became of theirs.
    Targets whose settings come from the form are known by leases only."""
    org = organization_slug(conn)
    found: dict[str, Place] = {}
    for flow in list_resources(conn, "flow"):
        if not params_of(flow.document).get("strategy_id"):
            continue
        view = view_flow(conn, org, flow)
        for target in view["strategy"]["targets"] if can_list(view["strategy"]) else ():
            if not target["field_bindings"]:
                environment = flow.document.get("environment_id")
                found |= _atoms(view, target, target["settings"], flow.slug, environment)
    for lease in leases:
        view = lease.snapshot["flow"]
        if can_list(view.get("strategy")):
            slug, environment = view["srn"].split(":")[2], [*view["environment"]["srn"].split(":"), None][4]
            settings = lease.key_document["target"].get("settings") or {}
            known = _atoms(view, lease.snapshot["target"], settings, slug, environment)
            found = {**known, **found}
    return dict(sorted(found.items()))


def _atoms(flow: Document, target: Document, settings: Document, slug: str,
           environment: str | None) -> dict[str, Place]:  # fmt: skip
    label = str(target.get("label") or target.get("name") or target["type"])
    made = (
        Place(flow=flow, target_type=target["type"], settings=one, label=label, slug=slug, environment_id=environment)
        for one in single(settings)
    )
    return {place.id: place for place in made}


def single(settings: Document) -> Iterator[Document]:
    """The settings with one value for each: several at once are as good as so many targets."""
    names = list(settings)
    values = [value if isinstance(value, list) else [value] for value in settings.values()]
    for chosen in itertools.product(*values):
        yield dict(zip(names, chosen, strict=True))


@dataclass(frozen=True, kw_only=True)
class Explained:
    """What leases say of places: who is known to have access, and who must have it."""

    known: dict[str, set[str]]
    expected: dict[str, dict[str, Lease]]

    @classmethod
    def by(cls, leases: Iterable[Lease], now: datetime) -> Explained:
        """What ``leases`` say at ``now``."""
        known: dict[str, set[str]] = {}
        expected: dict[str, dict[str, Lease]] = {}
        for lease in leases:
            document = lease.key_document
            if lease.identity is None:
                continue
            for settings in single(document["target"].get("settings") or {}):
                place = _place_id(document["integration"], document["target"]["type"], settings)
                known.setdefault(place, set()).add(lease.identity)
                begun = lease.starts_at is not None and lease.starts_at <= now - SETTLING
                if lease.status == "active" and begun:
                    expected.setdefault(place, {})[lease.identity] = lease
        return cls(known=known, expected=expected)


def compare(place: Place, active: Collection[str], before: Explained, after: Explained,
            now: datetime) -> list[Finding]:  # fmt: skip
    """What is not as it should be at ``place``, where the service was asked between ``before`` and ``after``. Only what
    both bear out counts: access comes and goes while it is asked for."""
    known = before.known.get(place.id, set()) | after.known.get(place.id, set())
    found = [_finding(place, "unapproved", identity, None, now) for identity in sorted(set(active) - known)]
    still = after.expected.get(place.id, {})
    for identity, lease in sorted(before.expected.get(place.id, {}).items()):
        same = still.get(identity)
        if identity not in active and same is not None and same.id == lease.id:
            found.append(_finding(place, "vanished", identity, lease.id, now))
    return found


def _finding(place: Place, kind: str, identity: str, lease_id: str | None, now: datetime) -> Finding:
    return Finding(id=_hash([place.id, kind, identity]), kind=kind, place_id=place.id, place=place.document,
                   identity=identity, lease_id=lease_id, first_seen_at=now, last_seen_at=now)  # fmt: skip


def _place_id(account: Document, target_type: str, settings: Document) -> str:
    return _hash([account["type"], account["external_id"], target_type, settings])


def _hash(value: Any) -> str:
    return hashlib.sha256(json.dumps(value, sort_keys=True).encode()).hexdigest()
