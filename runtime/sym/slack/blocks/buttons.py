"""The buttons by which people decide: on cards, in news, and in App Home."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from sym.slack.blocks import ids
from sym.slack.blocks.elements import Block, button, confirmation
from sym.slack.blocks.story import flow_of, target_of

Document = Mapping[str, Any]


def buttons(content: Document) -> list[Block]:
    """The buttons for the ``actions`` of a card or of news: of ``approve``, ``deny``, ``revoke``, ``retry``."""
    run = content["run"]
    run_id = str(run["id"])
    made = {
        "approve": button("Approve", ids.APPROVE, run_id, style="primary"),
        "deny": button("Deny", ids.DENY, run_id, style="danger"),
        "revoke": button("Revoke", ids.REVOKE, run_id, style="danger", confirm=_really(run, "Revoke")),
        "retry": button("Retry", ids.RETRY, run_id),
    }
    return [one for name, one in made.items() if name in (content.get("actions") or ())]


def home_buttons(content: Document, *, is_own: bool) -> list[Block]:
    """The same in App Home, with its own action ids. ``is_own``: whoever looks asked for it themselves, so that to deny
    is to withdraw."""
    run = content["run"]
    run_id = str(run["id"])
    end = "End access"
    made = {
        "approve": button("Approve", ids.HOME_APPROVE, run_id, style="primary"),
        "deny": button("Withdraw" if is_own else "Deny", ids.HOME_DENY, run_id, style="danger"),
        "revoke": button(end, ids.HOME_END, run_id, style="danger", confirm=_really(run, end)),
        "retry": button("Retry", ids.HOME_RETRY, run_id),
    }
    return [one for name, one in made.items() if name in (content.get("actions") or ())]


def _really(run: Document, doing: str) -> Block:
    what = target_of(run) or flow_of(run)
    return confirmation(
        "End this access?", f"Access to *{what}* ends now. Whoever needs it again has to ask again.", doing
    )
