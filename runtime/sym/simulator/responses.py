"""``response_url``s: answers to a command or a click, five times within half an hour."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sym.simulator import content
from sym.simulator.errors import ApiError
from sym.simulator.messages import Message
from sym.simulator.slack import Slack

LIFETIME = timedelta(minutes=30)
USES = 5


@dataclass
class _Right:
    team: str
    channel: str
    person: str
    message: str | None
    made: datetime
    left: int = USES


class Responses:
    """The response URLs that were given out."""

    def __init__(self, slack: Slack) -> None:
        self._slack = slack
        self._rights: dict[str, _Right] = {}

    def give(self, team: str, channel: str, person: str, message: str | None = None) -> str:
        """An address to answer at: ``message`` is the ``ts`` of the message that was acted in."""
        with self._slack.lock:
            name = self._slack.ids.next("R").lower()
            self._rights[name] = _Right(team, channel, person, message, self._slack.clock())
            return f"{self._slack.url}/respond/{name}"

    def answer(self, name: str, body: Mapping[str, Any]) -> None:
        """Do what the app says. Raises ApiError: ``expired_url``, ``used_url``, and what is wrong with the message."""
        slack = self._slack
        with slack.lock:
            right = self._rights.get(name)
            if right is None or slack.clock() - right.made > LIFETIME:
                raise ApiError("expired_url", status=404)
            if right.left == 0:
                raise ApiError("used_url", status=404)
            self.say(right.team, right.channel, right.person, body, right.message)
            right.left -= 1

    def say(
        self, team: str, channel: str, person: str, body: Mapping[str, Any], original: str | None = None
    ) -> None:  # fmt: skip
        """A message of the app to ``person`` alone or, with ``response_type`` "in_channel", to everybody; or the
        original replaced or deleted."""
        workspace = self._slack.workspaces[team]
        conversation = workspace.conversations[channel]
        there = conversation.find_seen(original, person) if original else None
        if body.get("delete_original"):
            return workspace.delete(there) if there else None
        said = content.read(body)
        if body.get("replace_original") and there is not None:
            return workspace.edit(there, {"blocks": [], **said})
        installation = self._slack.installation(team)
        is_public = body.get("response_type") == "in_channel"
        thread = body.get("thread_ts") or _thread_of(there)
        workspace.post(
            conversation, installation.bot_user, **said, bot_id=installation.bot_id, app_id=self._slack.app.id,
            visible_to=None if is_public else person, thread_ts=thread,
        )  # fmt: skip
        return None


def _thread_of(message: Message | None) -> str | None:
    return message.thread_ts if message is not None and message.is_reply else None
