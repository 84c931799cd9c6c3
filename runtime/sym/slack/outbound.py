"""People are reached in Slack: the engine's outbound port.

* A request is a card in a channel, a direct or a group message, changed in place. One that people have deleted is not
  posted again: it counts as done.
* The requester hears of a request in one thread of their direct messages with the app.
* Whoever acted in vain hears it where they acted, and only they; in a direct message where that is not known.

A reference is ``{"team", "channel", "ts"}``; ``{}`` for what cannot be changed. Which workspace it is says the
environment of the run's flow (``slack_id`` among its integrations); without, the only one that is linked.

While Slack is down everything waits: the engine tries again for a day, at most a minute apart
(:mod:`sym.engine.delivery`). A post whose answer is lost is looked for before it is repeated, so that nothing appears
twice but a reply for one person alone, which nobody can look up.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Mapping
from datetime import datetime
from typing import TYPE_CHECKING, Any

from sym.engine.outbound import Document, ErrorReport, Outgoing, Undeliverable
from sym.slack.author_module import AuthorModule
from sym.slack.delivering import Courier, Message, Place, words_of
from sym.slack.delivering_breaker import Breaker
from sym.slack.delivering_channels import CHANNEL_ID
from sym.slack.delivering_failures import code_of, understood
from sym.slack.reports import Reports
from sym.slack.threads import chosen_team, team_of_integration, team_of_run
from sym.store.database import Store
from sym.store.users import get_user

if TYPE_CHECKING:
    from sym.slack.people import People
    from sym.slack.workspaces import Workspaces

log = logging.getLogger(__name__)


class SlackOutbound:
    """The engine's outbound port (:class:`sym.engine.outbound.Outbound`) in the linked workspaces. Safe to share
    between threads."""

    is_bound = True

    def __init__(self, workspaces: Workspaces, people: People, store: Store, clock: Callable[[], datetime]) -> None:
        self._workspaces = workspaces
        self._people = people
        self._store = store
        self._courier = Courier(workspaces, people, clock)
        self._breaker = Breaker(clock)
        self._reports = Reports(self._courier, people, store, clock)
        self._author_module = AuthorModule(self._courier, workspaces, people, store, clock)

    def deliver(self, message: Outgoing) -> Mapping[str, Any]:
        """Post a message, or find and change it where an earlier try was taken."""
        with self._breaker.passing():
            return self._deliver(message)

    def _deliver(self, message: Outgoing) -> Mapping[str, Any]:
        team = self._team(message.run_id)
        if message.kind == "reply" and self._whispered(team, message):
            return {}
        if message.kind == "requester" and self._is_bot(str(message.destination["user_id"])):
            return {}  # bots ask for what became of their requests
        place = self._place(team, message)
        shown = self._render(team, message)
        if message.attempt > 1 and (ts := self._courier.find(place, message.id, message.created_at)) is not None:
            self._courier.change(place, ts, shown)
        else:
            ts = self._courier.post(place, shown)
        return {"team": team, "channel": place.channel, "ts": ts}

    def update(self, message: Outgoing, reference: Document) -> None:
        """Change a message where it is; one that was deleted stays deleted."""
        if not reference.get("ts"):
            return
        team = str(reference["team"])
        place = Place(team=team, channel=str(reference["channel"]), words=words_of(message.destination))
        with self._breaker.passing():
            is_there = self._courier.change(place, str(reference["ts"]), self._render(team, message))
        if not is_there:
            log.info("the message %s was deleted in Slack and is left so", message.id)

    def find(self, message: Outgoing) -> Mapping[str, Any] | None:
        """Where a message is whose delivery nobody noted."""
        if message.kind == "reply":
            return None
        with self._breaker.passing():
            team = self._team(message.run_id)
            place = self._place(team, message)
            ts = self._courier.find(place, message.id, message.created_at)
        return {"team": team, "channel": place.channel, "ts": ts} if ts is not None else None

    def find_person(self, *, service: str, external_id: str, email: str) -> str | None:
        """The id of the person with this e-mail address in the workspace ``external_id``."""
        from slack_sdk.errors import SlackApiError

        if service != "slack":
            return None
        with understood("the person"):
            try:
                said = self._courier.client(external_id).users_lookupByEmail(email=email)
            except SlackApiError as error:
                if code_of(error) not in ("users_not_found", "user_not_found"):
                    raise
                return None
        return str((said.get("user") or {}).get("id") or "") or None

    def report(self, report: ErrorReport) -> None:
        """Tell the error logger's channel, or admins."""
        with self._store.reading() as conn:
            team = team_of_integration(conn, str(report.destination["integration_id"]))
        with self._breaker.passing():
            with understood("the workspace"):
                team = chosen_team(team, self._workspaces)
            self._reports.tell(team, report)

    def ask(self, function: str, arguments: Document, *, external_id: str, run_id: str | None) -> Any:
        """Do what authors' code asks of ``sym.sdk.integrations.slack``."""
        return self._author_module.ask(function, arguments, team=external_id, run_id=run_id)

    def _team(self, run_id: str) -> str:
        with self._store.reading() as conn:
            team = team_of_run(conn, run_id)
        with understood("the workspace"):
            return chosen_team(team, self._workspaces)

    def _is_bot(self, user_id: str) -> bool:
        with self._store.reading() as conn:
            user = get_user(conn, user_id)
        return user is None or user.type == "bot"

    def _place(self, team: str, message: Outgoing) -> Place:
        place = self._courier.place_of(team, message.destination)
        thread = message.thread or {}
        is_here = thread.get("channel") == place.channel and thread.get("ts")
        return Place(team=team, channel=place.channel, words=place.words,
                     thread_ts=str(thread["ts"]) if is_here else None)  # fmt: skip

    def _whispered(self, team: str, message: Outgoing) -> bool:
        """Whether a reply could be shown where the person acted."""
        channel = str(message.destination.get("channel") or "")
        if not CHANNEL_ID.fullmatch(channel):
            return False
        slack_user = self._courier.channels.person(team, str(message.destination["user_id"]))
        place = Place(team=team, channel=channel, words="the channel")
        return self._courier.whisper(place, slack_user, self._render(team, message))

    def _render(self, team: str, message: Outgoing) -> Message:
        from sym.slack.blocks.card import request_card
        from sym.slack.blocks.news import news
        from sym.slack.blocks.reply import reply

        render: Mapping[str, Callable[..., Message]] = {"request": request_card, "requester": news, "reply": reply}
        if message.kind not in render:
            raise Undeliverable(f"A message of kind {message.kind!r} cannot be shown in Slack.")
        return render[message.kind](message.content, self._people.mention(team), message_id=message.id)
