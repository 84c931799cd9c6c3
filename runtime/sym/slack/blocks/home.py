"""App Home: what waits for somebody, what access they hold, and what they asked for."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Protocol

from sym.slack.blocks import ids
from sym.slack.blocks.buttons import home_buttons
from sym.slack.blocks.elements import Block, View, actions, button, context, divider, header, section
from sym.slack.blocks.states import icon, word
from sym.slack.blocks.story import asked_for, flow_of, short_id
from sym.slack.blocks.text import Mention, marked, moment, named, who

Document = Mapping[str, Any]
# With headings and buttons these make 95 blocks; Slack takes 100.
_MOST = 12
_LISTS: Mapping[str, tuple[str, str]] = {
    "waiting": ("Waiting for you", "Nothing waits for your decision."),
    "access": ("Your access", "You hold no access."),
    "requests": ("Your requests", "You have asked for nothing else."),
}


class Glance(Protocol):
    """What one person sees: lists of cards, as :mod:`sym.engine.overview` makes them."""

    @property
    def waiting(self) -> Sequence[Document]: ...
    @property
    def access(self) -> Sequence[Document]: ...
    @property
    def requests(self) -> Sequence[Document]: ...


def home(overview: Glance, mention: Mention = named) -> View:
    """The view. Of ``overview.cut`` (names of lists that go on) and ``overview.may_request`` it heeds what it finds."""
    cut: frozenset[str] = getattr(overview, "cut", frozenset())
    return {
        "type": "home",
        "callback_id": "sym_home",
        "blocks": [
            *_welcome(may_request=getattr(overview, "may_request", True)),
            *_list("waiting", overview.waiting, cut, mention),
            *_list("access", overview.access, cut, mention),
            *_list("requests", overview.requests, cut, mention),
        ],
    }


def _welcome(*, may_request: bool) -> list[Block]:
    if not may_request:
        return [section("*Access through Sym*\nAs a guest you can decide on requests, and not make any.")]
    new = actions([button("New request", ids.HOME_NEW, style="primary")], block_id="sym_home:new")
    return [section("*Access through Sym*\nAsk for what you need, for as long as you need it."), new]


def _list(name: str, entries: Sequence[Document], cut: frozenset[str], mention: Mention) -> list[Block]:
    title, nothing = _LISTS[name]
    if not entries:
        return [divider(), header(title), context(nothing)]
    shown = entries[:_MOST]
    left_out = len(entries) - len(shown)
    goes_on = bool(left_out) or name in cut
    blocks = [divider(), header(f"{title} ({len(shown)}{'+' if goes_on else ''})")]
    for number, entry in enumerate(shown):
        blocks += _entry(name, f"sym_home:{name}:{number}", entry, mention)
    if goes_on:
        blocks.append(context("and more: `symflow runs` lists them" if name in cut else f"and {left_out} more"))
    return blocks


def _entry(name: str, block_id: str, entry: Document, mention: Mention) -> list[Block]:
    run, state = entry["run"], str(entry["state"])
    about = [flow_of(run), marked(run.get("environment") or "", 100), _when(entry), short_id(run)]
    small = context(" · ".join(part for part in about if part))
    shown = home_buttons(entry, is_own=name != "waiting")
    if name == "waiting":
        text = f"{icon(state)} {who(run.get('requester'), mention)} asks for {asked_for(run)}{_reason(run)}"
        return [section(text), small, *([actions(shown, block_id=block_id)] if shown else [])]
    text = f"{asked_for(run)}\n{icon(state)} {word(state)}{_until(entry)}"
    return [section(text, block_id=block_id, accessory=shown[-1] if shown else None), small]


def _until(entry: Document) -> str:
    until = moment(entry.get("ends_at")) if entry["state"] == "granted" else None
    return f" until {until}" if until else ""


def _when(entry: Document) -> str:
    if _until(entry):
        return ""
    asked = moment(entry.get("requested_at") or entry.get("created_at"))
    return f"asked {asked}" if asked else ""


def _reason(run: Document) -> str:
    """The first text somebody wrote: what a decision is usually about."""
    written = [field for field in run.get("fields") or () if field.get("type") == "string" and field.get("value")]
    longest = max(written, key=lambda field: len(str(field["value"])), default=None)
    return f"\n> {marked(longest['value'], 200)}" if longest else ""
