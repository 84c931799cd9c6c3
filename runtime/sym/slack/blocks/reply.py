"""What somebody hears whose click or command came to nothing."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from sym.slack.blocks.elements import Message, context, message, section
from sym.slack.blocks.states import word
from sym.slack.blocks.story import asked_for, flow_of, short_id
from sym.slack.blocks.text import Mention, marked, who

Document = Mapping[str, Any]
_DOING = {
    "request": "ask for this", "approve": "approve this", "deny": "deny this", "deescalate": "end this access",
    "extend": "extend this access", "retry": "try this again", "remove": "say that this was removed by hand",
}  # fmt: skip


def reply(content: Document, mention: Mention, *, message_id: str | None = None) -> Message:
    """The message for an answer (:func:`sym.engine.cards.answer`)."""
    run, what = content["run"], str(content["what"])
    doing = _DOING.get(str(content.get("action")), "do this")
    sign, line = {
        "refused": ("🚫", f"You could not {doing}."),
        "ignored": ("🚫", f"The flow did not let you {doing}."),
        "failed": ("⚠️", f"You could not {doing}: something went wrong, and it has been reported."),
    }.get(what, ("⚠️", f"You could not {doing}."))
    text = f" {marked(content['text'], 1500)}" if content.get("text") else ""
    about = f"{who(run.get('requester'), mention)}: {asked_for(run)}"
    blocks = [
        section(f"{sign} {line}{text}"),
        context(f"{about} · {flow_of(run)} · now: {word(str(content.get('state')))} · {short_id(run)}"),
    ]
    return message(f"{sign} {line}{text}", blocks, message_id=message_id)
