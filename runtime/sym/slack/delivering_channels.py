"""Which conversation in Slack a destination is."""

from __future__ import annotations

import re
import threading
from collections import OrderedDict
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any

from sym.engine.outbound import Undeliverable
from sym.slack.delivering_failures import understood

if TYPE_CHECKING:
    from slack_sdk import WebClient

    from sym.slack.people import People

CHANNEL_ID = re.compile(r"[CDG][A-Z0-9]{2,}")
_PAGE = 1000
_MOST_PAGES = 50
# Names are asked for again after this long; sooner if one is not known, but not for each.
_KEPT = timedelta(minutes=5)
_NOT_AGAIN = timedelta(seconds=15)
_MOST_OPEN = 5000


@dataclass(frozen=True)
class _Named:
    """A channel of this name."""

    id: str
    is_archived: bool


class Channels:
    """The conversations of every workspace; safe to share between threads. What Slack said is kept for a while."""

    def __init__(self, people: People, clock: Callable[[], datetime]) -> None:
        self._people = people
        self._clock = clock
        self._lock = threading.Lock()
        self._names: dict[str, tuple[datetime, dict[str, _Named]]] = {}
        self._open: OrderedDict[tuple[str, ...], str] = OrderedDict()

    def find(self, client: WebClient, team: str, destination: Mapping[str, Any]) -> str:
        """The id of the conversation: of a channel, or of the message with one person or several. Raises Undeliverable
        or Unreachable."""
        kind = destination["kind"]
        if kind == "slack_channel":
            return self._channel(client, team, destination)
        if kind == "slack_group":
            return self._conversation(client, team, [str(user) for user in destination["ids"]])
        user = str(destination["id"]) if kind == "slack_user" else self.person(team, str(destination["user_id"]))
        return self._conversation(client, team, [user])

    def person(self, team: str, user_id: str) -> str:
        """The id that a user of ours has in a workspace. Raises Undeliverable if they are not in it."""
        with understood("the person"):
            found = self._people.slack_id_of(user_id, team, self._clock())
        if found is None:
            raise Undeliverable(
                "The person is not known in the Slack workspace.",
                hint="Their e-mail address there must be the one they have here.",
                code="user_not_found",
            )
        return found

    def forget(self, team: str, channel: str) -> None:
        """Look names up again: a conversation is not what it was."""
        with self._lock:
            self._names.pop(team, None)
            for key in [key for key, found in self._open.items() if found == channel]:
                del self._open[key]

    def _channel(self, client: WebClient, team: str, destination: Mapping[str, Any]) -> str:
        given = str(destination.get("id") or destination.get("name") or "").strip()
        if CHANNEL_ID.fullmatch(given):
            return given
        name = given.removeprefix("#").lower()
        found = self._named(client, team, name)
        if found is None:
            raise Undeliverable(f"There is no channel #{name} that the app can see.",
                                hint="If it is private, invite the app there; else correct the name.",
                                code="channel_not_found")  # fmt: skip
        if found.is_archived:
            raise Undeliverable(f"The channel #{name} is archived.", hint="Unarchive it, or name another channel.",
                                code="is_archived")  # fmt: skip
        return found.id

    def _named(self, client: WebClient, team: str, name: str) -> _Named | None:
        now = self._clock()
        with self._lock:
            asked_at, names = self._names.get(team, (None, {}))
        age = now - asked_at if asked_at else None
        if age is not None and age < (_KEPT if name in names else _NOT_AGAIN):
            return names.get(name)
        with understood(f"the channel #{name}"):
            names = _names(client)
        with self._lock:
            self._names[team] = (now, names)
        return names.get(name)

    def _conversation(self, client: WebClient, team: str, users: list[str]) -> str:
        key = (team, *sorted(users))
        with self._lock:
            if key in self._open:
                self._open.move_to_end(key)
                return self._open[key]
        place = "the person" if len(users) == 1 else "the group"
        with understood(place):
            said = client.conversations_open(users=users)
        channel = str((said.get("channel") or {}).get("id"))
        with self._lock:
            self._open[key] = channel
            while len(self._open) > _MOST_OPEN:
                self._open.popitem(last=False)
        return channel


def _names(client: WebClient) -> dict[str, _Named]:
    """The channels that the app can see, by name. An archived one gives way to an open one of the same name."""
    found: dict[str, _Named] = {}
    for channel in pages(client.conversations_list, "channels", types="public_channel,private_channel"):
        name, is_archived = str(channel.get("name") or "").lower(), bool(channel.get("is_archived"))
        if not is_archived or name not in found:
            found[name] = _Named(str(channel["id"]), is_archived)
    return found


def pages(method: Callable[..., Any], key: str, **arguments: Any) -> Iterator[Any]:
    """What a method of the Web API lists under ``key``, page by page."""
    cursor = ""
    for _ in range(_MOST_PAGES):
        said = method(**{"limit": _PAGE, **arguments}, **({"cursor": cursor} if cursor else {}))
        yield from said.get(key) or ()
        cursor = (said.get("response_metadata") or {}).get("next_cursor") or ""
        if not cursor:
            return
