"""The card of a request: one message, changed in place from the question to the end of access."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from sym.slack.blocks import ids
from sym.slack.blocks.answers import answers
from sym.slack.blocks.buttons import buttons
from sym.slack.blocks.elements import (
    Block,
    Message,
    actions,
    context,
    message,
    plain_text,
    section,
)
from sym.slack.blocks.states import GONE, icon, word
from sym.slack.blocks.story import asks, by_whom, decided, flow_of, short_id, words_of
from sym.slack.blocks.text import Mention, marked, moment, who

Document = Mapping[str, Any]


def request_card(content: Document, mention: Mention, *, message_id: str) -> Message:
    """The message for a card (:func:`sym.engine.cards.request_card`).

    Besides what every card has, it shows what it finds of: ``ended_by`` (a person),
    ``forwarded_to`` and ``text`` (plain text), ``why`` (why people see it), ``somebody_left``.
    """
    run, state = content["run"], str(content["state"])
    is_over = state != "requested"
    sentence = asks(run, mention, is_over=is_over)
    told = [*_decision(content, mention), *_outcome(content)]
    blocks = [
        section(f"{_headline(content, mention)}\n{sentence}"),
        *answers(run.get("fields") or (), before=_place(run)),
        *(section(text) for text in told),
        *_controls(content),
        context(_small_print(content)),
    ]
    return message(f"{icon(state)} {word(state)}: {sentence} ({flow_of(run)})", blocks, message_id=message_id)


def _place(run: Document) -> list[str]:
    environment = marked(run.get("environment") or "", 100)
    return [f"*Flow*\n{flow_of(run)}", f"*Environment*\n{environment}"]


def _headline(content: Document, mention: Mention) -> str:
    """The state, and what goes with it: when it began or until when it lasts, and who ended access."""
    state = str(content["state"])
    named = f"{icon(state)} *{'Sent on to admins' if content.get('somebody_left') else word(state)}*"
    if state == "granted":
        return f"{named} until {moment(content.get('ends_at')) or 'somebody ends it'}"
    since = content.get("decided_at")
    if _is_decision(content):
        return f"{named}{by_whom(content['decision'], mention, since)}"
    by = f" by {who(content['ended_by'], mention)}" if content.get("ended_by") else ""
    at = moment(since) if state != "requested" else None
    return f"{named}{by}{f' · {at}' if at else ''}"


def _is_decision(content: Document) -> bool:
    """Whether the state is the decision, so that the first line says who made it."""
    return content["state"] in ("approved", "denied") and bool(content.get("decision"))


def _decision(content: Document, mention: Mention) -> list[str]:
    decision = content.get("decision")
    return words_of(decision) if _is_decision(content) else decided(decision, mention)


def _outcome(content: Document) -> list[str]:
    """What became of it, beyond the state's name and the decision."""
    state, text = str(content["state"]), content.get("text")
    goal = marked(content.get("forwarded_to") or "others", 300)
    why, goal = (GONE, "admins") if content.get("somebody_left") else ("Nobody decided here in time.", goal)
    lines = {
        "forwarded": f"{why} It was sent on to {goal} and cannot be decided here any more.",
        "expired": "Nobody decided in time. Whoever still needs it asks again.",
        "errored": f"Access could not be granted.{f' {marked(text, 300)}' if text else ''}",
        "ignored": marked(text, 1000) if text else "",
    }
    return [lines[state]] if lines.get(state) else []


def _controls(content: Document) -> list[Block]:
    shown = buttons(content)
    if not shown:
        return []
    asked = [_decision_message()] if content.get("asks_decision_message") else []
    return [*asked, actions(shown, block_id="sym_actions")]


def _decision_message() -> Block:
    element = {
        "type": "plain_text_input", "action_id": ids.DECISION_MESSAGE, "multiline": True, "max_length": 1500,
        "placeholder": plain_text("What the requester should know", 150),
    }  # fmt: skip
    return {
        "type": "input", "block_id": ids.DECISION_MESSAGE, "optional": True,
        "label": plain_text("Decision message"), "element": element,
    }  # fmt: skip


def _small_print(content: Document) -> str:
    run = content["run"]
    is_waiting = content["state"] == "requested"
    times_out_at = content.get("times_out_at") if is_waiting else None
    moments = [("asked", moment(content.get("requested_at"))), ("times out", moment(times_out_at))]
    line = " · ".join([short_id(run), *(f"{what} {at}" for what, at in moments if at)])
    if not is_waiting:
        return line
    why = content.get("why") or f"You see this because requests for {plain_flow(run)} come here"
    return f"{line}\n{marked(why, 200)}"


def plain_flow(run: Document) -> str:
    """The flow's name, not escaped."""
    flow = run.get("flow") or {}
    return str(flow.get("label") or flow.get("name") or "this flow")[:100]
