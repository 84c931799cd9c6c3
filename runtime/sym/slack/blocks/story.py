"""A request in sentences: who asks for what for how long, and who decided what."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from sym.slack.blocks.text import Mention, duration, marked, moment, quoted, who

Document = Mapping[str, Any]
_DECIDED = {"approve": ("✅", "Approved"), "deny": ("⛔", "Denied")}


def flow_of(run: Document) -> str:
    """The flow as people know it."""
    flow = run.get("flow") or {}
    return marked(flow.get("label") or flow.get("name") or "a flow", 150)


def target_of(run: Document) -> str | None:
    """The target as people know it; None where nothing is granted."""
    target = run.get("target")
    return marked(target.get("label") or target.get("name") or "an unknown target", 200) if target else None


def asked_for(run: Document) -> str:
    """What is asked for, and for how long."""
    what = target_of(run) or flow_of(run)
    # The target counts: an approval-only request has no duration that means anything.
    length = f" for *{duration(run['duration'])}*" if run.get("duration") else ""
    return f"*{what}*{length}"


def asks(run: Document, mention: Mention, *, is_over: bool = False) -> str:
    """Who asks for what for how long."""
    verb = "asked for" if is_over else "asks for"
    kind = "access to " if run.get("target") else "approval of "
    return f"{who(run.get('requester'), mention)} {verb} {kind}{asked_for(run)}"


def decided(decision: Document | None, mention: Mention) -> list[str]:
    """Who decided what and when, and what they said: escaped texts, a section each. Empty without a decision."""
    if not decision:
        return []
    sign, verb = _DECIDED.get(str(decision.get("action")), ("▪️", "Decided"))
    return [f"{sign} *{verb}*{by_whom(decision, mention)}", *words_of(decision)]


def by_whom(decision: Document, mention: Mention, since: Any = None) -> str:
    """Who decided, and when: at ``since`` where the decision does not say."""
    at = moment(decision.get("at") or since)
    return f" by {who(decision.get('by'), mention)}{f' · {at}' if at else ''}"


def words_of(decision: Document | None) -> list[str]:
    """What whoever decided said: escaped texts, a section each."""
    said = decision or {}
    given = [("Decision message", said.get("message")), ("Reason", said.get("reason"))]
    return [f"*{label}*\n{quoted(text, 1500)}" for label, text in given if text]


def short_id(run: Document) -> str:
    """The run's id, as much of it as people need."""
    return f"Request `{marked(str(run.get('id') or '?')[:8], 20).replace('`', '')}`"
