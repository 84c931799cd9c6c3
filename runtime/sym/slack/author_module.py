"""What authors' code asks of ``sym.sdk.integrations.slack``, done in a workspace.

A message that authors' code sends is posted when it is asked for, not kept as a row: a handler that is repeated after a
crash sends it again.

Errors are SlackError. Its name is Slack's own word in capitals (``NOT_IN_CHANNEL``, ``RATELIMITED``), ``UNREACHABLE``
or ``UNAVAILABLE`` if Slack does not answer, ``NOT_CONNECTED`` if the workspace is not linked, ``NO_MESSAGE`` if there
is no card to reply to, ``USER_AMBIGUOUS`` if several people have a name. One that may pass is ``retryable``.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from datetime import datetime
from typing import TYPE_CHECKING, Any

from sym.engine.outbound import Document, Undeliverable, Unreachable
from sym.engine.views import user_view
from sym.errors import Refused, SymError
from sym.sdk.exceptions.slack import SlackError
from sym.slack.delivering import Courier
from sym.slack.delivering_channels import CHANNEL_ID, pages
from sym.slack.delivering_failures import code_of, understood
from sym.slack.threads import chosen_team, newest_card
from sym.store.database import Store
from sym.store.users import User

if TYPE_CHECKING:
    from slack_sdk import WebClient

    from sym.slack.people import People
    from sym.slack.workspaces import Workspaces

log = logging.getLogger(__name__)
Answer = Callable[[str, Document, str | None], Any]
_PAGE = 200


class AuthorModule:
    """Answers for one process; safe to share between threads."""

    def __init__(self, courier: Courier, workspaces: Workspaces, people: People, store: Store,
                 clock: Callable[[], datetime]) -> None:  # fmt: skip
        self._courier = courier
        self._workspaces = workspaces
        self._people = people
        self._store = store
        self._clock = clock
        self._functions: Mapping[str, Answer] = {
            "send_message": self._send_message, "send_thread_message": self._send_thread_message,
            "get_user_info": self._get_user_info, "list_users": self._list_users,
            "is_user_in_group": self._is_user_in_group, "users_in_channel": self._users_in_channel,
            "find_user_id": self._find_user_id,
        }  # fmt: skip

    def ask(self, function: str, arguments: Document, *, team: str, run_id: str | None) -> Any:
        """What ``function`` answers to ``arguments``, both as JSON, in the workspace ``team``; without one, in the only
        one that is linked. Raises SlackError."""
        answer = self._functions.get(function)
        if answer is None:
            raise SlackError("NOT_SERVED", f"slack.{function} is not served by this release.")
        with _told_to_authors(function):
            with understood("the workspace"):
                team = chosen_team(team, self._workspaces)
            return answer(team, arguments, run_id)

    def _send_message(self, team: str, arguments: Document, run_id: str | None) -> None:  # noqa: ARG002
        place = self._courier.place_of(team, destination_of(arguments.get("destination")))
        self._say(team, place.channel, arguments.get("message"))

    def _send_thread_message(self, team: str, arguments: Document, run_id: str | None) -> None:
        card = None
        if run_id is not None:
            with self._store.reading() as conn:
                card = newest_card(conn, run_id)
        if card is None:
            raise SlackError("NO_MESSAGE", "The request has no message in Slack to reply to.")
        # In the card's own workspace, which may have been another one when it was posted.
        self._say(str(card.get("team") or team), str(card["channel"]), arguments.get("message"), str(card["ts"]))

    def _say(self, team: str, channel: str, text: Any, thread_ts: str | None = None) -> None:
        if not isinstance(text, str) or not text.strip():
            raise SlackError("NO_TEXT", "A message needs a text, and this one is empty.")
        self._courier.client(team).chat_postMessage(channel=channel, text=text, thread_ts=thread_ts)

    def _get_user_info(self, team: str, arguments: Document, run_id: str | None) -> dict[str, Any]:  # noqa: ARG002
        """The user as ``users.info`` shows them; what it has under ``user`` stands at the top as well."""
        said = self._reader(team).users_info(user=self._slack_id(team, arguments.get("user")))
        user = dict(said.get("user") or {})
        return {**user, "ok": True, "user": user}

    def _list_users(self, team: str, arguments: Document, run_id: str | None) -> list[dict[str, Any]]:  # noqa: ARG002
        members = pages(self._reader(team).users_list, "members", limit=_PAGE)
        return [member for member in members if not (arguments.get("active_only", True) and member.get("deleted"))]

    def _is_user_in_group(self, team: str, arguments: Document, run_id: str | None) -> bool:  # noqa: ARG002
        said = self._reader(team).usergroups_users_list(usergroup=str(arguments.get("group_id") or ""))
        return self._slack_id(team, arguments.get("user")) in (said.get("users") or ())

    def _users_in_channel(self, team: str, arguments: Document, run_id: str | None) -> list[dict[str, Any]]:  # noqa: ARG002
        """Everybody with an account, those who had none getting one; neither apps nor whoever is deactivated."""
        client = self._reader(team)
        channel = self._courier.channels.find(client, team, destination_of(arguments.get("channel")))
        found: list[User] = []
        for slack_id in pages(client.conversations_members, "members", channel=channel, limit=_PAGE):
            try:
                found.append(self._people.user_of(team, str(slack_id), self._clock()))
            except Refused as error:
                log.info("%s in %s is left out: %s", slack_id, channel, error.message)
        with self._store.reading() as conn:
            return [user_view(conn, user) for user in found]

    def _find_user_id(self, team: str, arguments: Document, run_id: str | None) -> str:  # noqa: ARG002
        return self._slack_id(team, arguments.get("identifier"))

    def _slack_id(self, team: str, identifier: Any) -> str:
        """The Slack id of a user of ours, an e-mail address or a name."""
        if isinstance(identifier, Mapping):
            return self._courier.channels.person(team, str(identifier.get("id")))
        text = str(identifier or "").strip()
        if "@" in text.removeprefix("@"):
            said = self._reader(team).users_lookupByEmail(email=text)
            return str((said.get("user") or {}).get("id"))
        return self._named(team, text.removeprefix("@"))

    def _named(self, team: str, name: str) -> str:
        wanted = name.casefold()
        members = [member for member in pages(self._reader(team).users_list, "members", limit=_PAGE)
                   if not member.get("deleted")]  # fmt: skip
        # A handle is unique, what people are called is not.
        by_handle = [member for member in members if str(member.get("name") or "").casefold() == wanted]
        found = by_handle or [member for member in members if wanted in _names(member)]
        if not wanted or not found:
            raise SlackError("USER_NOT_FOUND", f"There is nobody called {name!r} in the Slack workspace.")
        if len(found) > 1:
            raise SlackError("USER_AMBIGUOUS", f"Several people are called {name!r}; use an e-mail address or an id.")
        return str(found[0]["id"])

    def _reader(self, team: str) -> WebClient:
        with understood("the workspace"):
            return self._workspaces.client(team)


def destination_of(written: Any) -> dict[str, Any]:
    """What the author module's destination, as JSON, is among those of :mod:`sym.engine.routing`. Raises SlackError."""
    if isinstance(written, str) and written.strip():
        key = "id" if CHANNEL_ID.fullmatch(written.strip()) else "name"
        return {"kind": "slack_channel", key: written.strip()}
    if isinstance(written, Mapping):
        if "channel_id" in written:
            return {"kind": "slack_channel", "id": str(written["channel_id"])}
        if "channel_name" in written:
            return {"kind": "slack_channel", "name": str(written["channel_name"])}
        if "user_id" in written:
            return {"kind": "slack_user", "id": str(written["user_id"])}
        if "users" in written:
            return {"kind": "slack_group", "ids": [str(user["user_id"]) for user in written["users"]]}
        if "username" in written:
            return {"kind": "person", "user_id": str(written["id"])}
    raise SlackError("MISSING_DESTINATION", "That is neither a person nor a place in Slack.")


def _names(member: Mapping[str, Any]) -> set[str]:
    profile: Mapping[str, Any] = member.get("profile") or {}
    shown = (profile.get("display_name"), profile.get("real_name"), member.get("real_name"))
    return {str(name).casefold() for name in shown if name}


@contextmanager
def _told_to_authors(function: str) -> Iterator[None]:
    """Raise SlackError in place of what calls of the Web API raise."""
    from slack_sdk.errors import SlackApiError

    try:
        with understood("it"):
            try:
                yield
            except SlackApiError as error:
                code = code_of(error)
                # A message that is too long is the author's here, and no defect of ours.
                if code.startswith(("msg_", "no_text", "invalid_", "no_such_")):
                    raise SlackError(code.upper(), f"slack.{function}: Slack refused this ({code}).") from None
                raise
    except (Undeliverable, Unreachable) as error:
        code = {"users_not_found": "user_not_found"}.get(error.code, error.code) or "not_delivered"
        failure = SlackError(code.upper(), f"slack.{function}: {error}")
        failure.retryable = isinstance(error, Unreachable)
        raise failure from None
    except SymError as error:
        raise SlackError("FAILED", f"slack.{function}: {error}") from None
