"""From a lease to the strategy that grants and ends it."""

from __future__ import annotations

from dataclasses import replace
from functools import partial

from sym import plugins
from sym.engine.host import FlowHost
from sym.engine.journal import entry_in_progress
from sym.engine.leases import target_id, with_identity
from sym.engine.sandbox.sandbox import Sandbox
from sym.engine.strategy_in_sandbox import SandboxedStrategy
from sym.engine.strategy_in_worker import InstalledStrategy
from sym.engine.strategy_port import Question, StrategyPort
from sym.engine.views import Document, World, view_event
from sym.errors import NotServed
from sym.serving import is_served
from sym.store.grants import Lease


def open_strategy(world: World, lease: Lease, host: FlowHost, sandbox: Sandbox) -> StrategyPort:
    """The strategy that grants and ends ``lease``. Raises NotServed if nothing here can carry it out."""
    strategy = world.flow_view["strategy"]
    if problem := unserved(strategy):
        raise NotServed(problem)
    event = view_event(with_identity(world, lease))
    event["payload"]["fields"] = {**event["payload"]["fields"], "target": lease.snapshot["target"]}
    question = Question(strategy=strategy, target_id=target_id(lease.snapshot["target"]), event=event)
    granted = replace(world, fields={**world.fields, "target": lease.snapshot["target"]})
    if needs_implementation(strategy["type"]):
        return SandboxedStrategy(question, host, sandbox)
    return InstalledStrategy(question, host, partial(entry_in_progress, granted))


def unserved(strategy: Document) -> str | None:
    """Why the strategy of a flow's view cannot be carried out, None if it can."""
    kind = strategy["type"]
    if not is_served("strategies", kind):
        return f"Strategies of type '{kind}' are not served by this release."
    if needs_implementation(kind) and not strategy.get("implementation"):
        return f"The strategy {strategy['name']} has no implementation."
    return None


def needs_implementation(kind: str) -> bool:
    """Whether the code of strategies of this type comes with the resource: it is its author's own."""
    return getattr(plugins.load("strategies", kind), "needs_implementation", False) is True
