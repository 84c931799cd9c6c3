"""What somebody hears of what they just did: where their request went, or that a click came to nothing."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from sym.slack.blocks.elements import Message, context, message, section
from sym.slack.blocks.states import word
from sym.slack.blocks.story import asked_for, flow_of, short_id
from sym.slack.blocks.text import Mention, channel, marked, slack_user, who

Document = Mapping[str, Any]
_MOST_PLACES = 5
_DOING = {
    "request": "ask for this", "approve": "approve this", "deny": "deny this", "deescalate": "end this access",
    "extend": "extend this access", "retry": "try this again", "remove": "say that this was removed by hand",
}  # fmt: skip


def reply(content: Document, mention: Mention, *, message_id: str | None = None) -> Message:
    """The message for an answer (:func:`sym.engine.cards.answer`)."""
    run, what = content["run"], str(content["what"])
    if what == "submitted":
        return _submitted(content, mention, message_id)
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


def _submitted(content: Document, mention: Mention, message_id: str | None) -> Message:
    run = content["run"]
    places = [place for destination in content.get("asked") or () for place in _places(destination, mention)]
    goal = f" to {', '.join(places[:_MOST_PLACES])}" if places else ""
    more = f" and {len(places) - _MOST_PLACES} more" if len(places) > _MOST_PLACES else ""
    line = f"📨 Your request for *{flow_of(run)}* was submitted{goal}{more}. You get a message when it is decided."
    return message(line, [section(line), context(short_id(run))], message_id=message_id)


def _places(destination: Document, mention: Mention) -> list[str]:
    """Who is asked, as mrkdwn: destinations as :mod:`sym.engine.routing` has them."""
    kind = destination["kind"]
    if kind == "slack_channel" and "name" in destination:
        return [marked(f"#{str(destination['name']).removeprefix('#')}", 100)]
    if kind == "slack_channel":
        return [channel(destination["id"])]
    if kind == "person":
        return [mention(destination)]
    return [slack_user(one) for one in destination.get("ids") or [destination.get("id")]]
