"""What the requester hears of their request, in a thread of its own."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from sym.slack.blocks.buttons import buttons
from sym.slack.blocks.elements import Message, actions, context, message, section
from sym.slack.blocks.states import GONE, icon, word
from sym.slack.blocks.story import asked_for, flow_of, short_id
from sym.slack.blocks.text import Mention, duration, marked, moment, quoted, who

Document = Mapping[str, Any]


def news(content: Document, mention: Mention, *, message_id: str | None = None) -> Message:
    """The message for a piece of news (:func:`sym.engine.cards.news`). ``message_id`` marks the first block, as for
    cards; ``actions`` gives it buttons. Of ``forwarded_to``, ``text`` and ``decision.reason`` it says what it finds."""
    run = content["run"]
    sign, line = _line(content, mention)
    decision = content.get("decision") or {}
    said = [decision.get("message"), decision.get("reason")] if content["what"] in ("approved", "denied") else []
    shown = buttons(content)
    blocks = [
        section(f"{sign} {line}"),
        *(section(quoted(text, 1500)) for text in said if text),
        *([actions(shown, block_id="sym_actions")] if shown else []),
        context(f"{flow_of(run)} · {short_id(run)}"),
    ]
    return message(f"{sign} {line}", blocks, message_id=message_id)


def _line(content: Document, mention: Mention) -> tuple[str, str]:
    what, run = str(content["what"]), content["run"]
    asked = asked_for(run)
    decision = content.get("decision") or {}
    by = f" by {who(decision['by'], mention)}" if decision.get("by") else ""
    text = f" {marked(content['text'], 1000)}" if content.get("text") else ""
    granting = " Access is being granted." if run.get("target") else ""
    lines = {
        "forwarded": ("⏩", _forwarded(content, asked)),
        "approved": ("✅", f"Your request for {asked} was approved{by}.{granting}"),
        "denied": ("⛔", f"Your request for {asked} was denied{by}."),
        "expired": ("⌛", f"Nobody decided in time about your request for {asked}. Ask again if you still need it."),
        "granted": ("🔓", f"You have access to {_access(run)}{_until(content)}."),
        "extended": ("🔓", f"Your access to {_access(run)} was extended{_until(content)}."),
        "retried": ("🔄", f"Granting you access to {_access(run)} is being tried again."),
        "ended": ("🔒", f"Your access to {_access(run)} has ended."),
        "errored": ("⚠️", f"Something went wrong with your request for {asked}.{text or ' It has been reported.'}"),
        "ignored": ("🚫", f"Your request for {asked} was not taken on.{text}"),
    }
    state = str(content.get("state"))
    return lines.get(what) or (icon(state), f"Your request for {asked}: {word(state)}.{text}")


def _forwarded(content: Document, asked: str) -> str:
    if content.get("somebody_left"):
        return f"Your request for {asked} was sent on to admins. {GONE}"
    goal = marked(content.get("forwarded_to") or "others", 300)
    return f"Nobody decided in time about your request for {asked}. It was sent on to {goal}."


def _access(run: Document) -> str:
    return asked_for({**run, "duration": None})


def _until(content: Document) -> str:
    until = moment(content.get("ends_at"))
    if until:
        return f" until *{until}*"
    length = content["run"].get("duration")
    return f" for *{duration(length)}*" if length else ""
