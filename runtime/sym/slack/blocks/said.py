"""What Slack says to one person, at once: answers to commands and clicks that only they see."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from sym.engine.form import OfferedFlow
from sym.errors import SymError
from sym.slack.blocks.elements import Message, message, section
from sym.slack.blocks.text import Mention, marked, moment, named, who

Document = Mapping[str, Any]
_DECIDED = {"approve": "approved", "deny": "denied", "revoke": "ended", "deescalate": "ended"}
_MOST_LISTED = 10


def refused(error: SymError) -> Message:
    """Why it was not done. Says the error's message and hint, which are made for people."""
    hint = f"\n{marked(error.hint, 1000)}" if error.hint else ""
    return _said(f"🚫 {marked(error.message, 1500)}{hint}")


def unavailable(run_id: str | None = None) -> Message:
    """That it could not be done now. What went wrong is for logs and the error logger."""
    about = f" Quote `{marked(run_id[:8], 20)}` when you report it." if run_id else ""
    return _said(f"⚠️ That did not work. Try again in a minute.{about}")


def whoami(user: Document, *, role: str, slack_user_id: str, team: str = "") -> Message:
    """Who somebody is in Sym. ``user`` is ``{"user_id", "username", "email", "name"}``."""
    lines = [
        f"You are *{named(user)}* in Sym.",
        f"*Username*  {marked(user.get('username') or '', 200)}",
        *([f"*E-mail*  {marked(user['email'], 200)}"] if user.get("email") else []),
        f"*Role*  {marked(role, 50)}",
        f"*Slack*  {marked(slack_user_id, 50)}{f' in {marked(team, 100)}' if team else ''}",
    ]
    return _said("\n".join(lines))


def help(command: str = "/sym") -> Message:  # noqa: A001 - what people type
    """What can be typed after the command."""
    shown = marked(command, 50)
    lines = [
        "*Sym: access for as long as you need it*",
        f"`{shown}` — choose what you need",
        f"`{shown} req FLOW` — ask for it by its name, `{shown} req FLOW ENVIRONMENT` where there are several",
        f"`{shown} list` — what you can ask for",
        f"`{shown} whoami` — who you are in Sym",
        f"`{shown} help` — this",
        "Open the app's Home tab for your requests, your access, and what waits for you.",
    ]
    return _said("\n".join(lines))


def listed(flows: Sequence[OfferedFlow], command: str = "/sym") -> Message:
    """The flows somebody may ask for."""
    if not flows:
        return _said("There is nothing you can ask for here. An admin can say which flows there should be.")
    environments = {flow.environment for flow in flows}
    lines = [
        f"• *{marked(flow.label, 150)}*{f' · {marked(flow.environment_label, 100)}' if len(environments) > 1 else ''}"
        f" — `{marked(command, 50)} req {marked(flow.slug, 100)}`"
        for flow in flows[:_MOST_LISTED]
    ]
    more = [f"and {len(flows) - _MOST_LISTED} more"] if len(flows) > _MOST_LISTED else []
    return _said("\n".join(["You can ask for:", *lines, *more]))


def already_decided(*, action: str, by: Document | None, mention: Mention, at: Any = None) -> Message:
    """That somebody else was first. ``action`` is what they did: ``approve``, ``deny``, ``revoke``."""
    when = moment(at)
    person = who(by, mention) if by else "somebody else"
    return _said(f"This was already {_DECIDED.get(action, 'decided')} by {person}{f' · {when}' if when else ''}.")


def _said(line: str) -> Message:
    return message(line, [section(line)])
