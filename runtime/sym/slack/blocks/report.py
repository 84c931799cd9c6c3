"""What the error logger's channel hears."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from sym.slack.blocks.elements import Message, context, message, pairs, section
from sym.slack.blocks.story import asked_for, flow_of, short_id
from sym.slack.blocks.text import NOTHING, Mention, marked, moment, quoted, who

Document = Mapping[str, Any]
_WHAT = {
    "event.failed": "An event failed",
    "lease.stuck": "Access could not be taken away",
    "message.failed": "A message could not be delivered",
    "log_destination.failing": "A log destination takes nothing",
    "token.flagged": "Somebody who issued tokens of bots has left",
    "person.restored": "Somebody who left is back in Slack",
    "directory.refused": "Nearly everybody seems to have left",
    "drift.found": "Access at a service is not as it was approved",
}


def report(content: Document, mention: Mention, *, message_id: str | None = None) -> Message:
    """The message for an error (:func:`sym.engine.cards.error`). Of ``hint``, ``retry_at`` and ``instructions`` it says
    what it finds; ``run`` may be missing, for what went wrong before there was a request."""
    run = content.get("run")
    title = f"⚠️ *{_WHAT.get(str(content.get('what')), 'Something went wrong')}*"
    text, hint, by_hand = content.get("text"), content.get("hint"), content.get("instructions")
    again = moment(content.get("retry_at"))
    blocks = [
        section(title),
        *pairs(_facts(content, run, mention)),
        *([section(f"*What went wrong*\n{quoted(text, 2000)}")] if text else []),
        *([section(f"*What to do*\n{quoted(hint, 1000)}")] if hint else []),
        *([section(f"*Remove the access by hand*\n{quoted(by_hand, 2000)}")] if by_hand else []),
        *([context(f"It is tried again {again}")] if again else []),
        *([context(f"{short_id(run)} · {marked(run.get('srn') or run.get('id') or '', 500)}")] if run else []),
    ]
    subject = f" {asked_for(run)}, {flow_of(run)}" if run else ""
    return message(f"{title}:{subject or ' see the log'}", blocks, message_id=message_id)


def _facts(content: Document, run: Document | None, mention: Mention) -> list[str]:
    person = content.get("user")
    facts = {
        "Flow": flow_of(run) if run else content.get("flow") and marked(content["flow"], 150),
        "Asked for": asked_for(run) if run else None,
        "Requester": who(run.get("requester"), mention) if run else None,
        "Event": marked(content.get("event") or NOTHING, 100),
        "By": who(person, mention) if person else None,
    }
    return [f"*{label}*\n{text}" for label, text in facts.items() if text]
