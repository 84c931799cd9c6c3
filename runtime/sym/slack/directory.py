"""The people of a linked workspace, all of them, as the engine compares them with the accounts here."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from sym.engine.directory import Listed
from sym.errors import Refused, Unavailable
from sym.slack.people import SERVICE
from sym.slack.profile import SlackPerson, read_person
from sym.slack.workspaces import Workspace, Workspaces

PAGE = 200
"""So many are asked for at once, as Slack recommends."""
MOST_PAGES = 2000
_NOBODY = ("user_not_found", "users_not_found")


class SlackDirectory:
    """A workspace's members. Slack's rate limits are waited for."""

    service = SERVICE

    def __init__(self, workspaces: Workspaces, workspace: Workspace) -> None:
        self._workspaces = workspaces
        self._workspace = workspace
        self.service_id = workspace.team_id

    def people(self) -> Sequence[Listed]:
        """Everybody. Raises Unavailable if any page cannot be had, or the app itself is not among them: then it is not
        all of it."""
        found, is_whole = [], False
        for user in self._members():
            is_whole = is_whole or user.get("id") == self._workspace.bot_user_id
            person = read_person(self._workspaces, self.service_id, user)
            if not person.is_bot:
                found.append(listed(self._workspaces, self.service_id, person))
        if not is_whole:
            raise Unavailable("Slack's list of people is not whole: the app itself is not in it.")
        return found

    def person(self, external_id: str) -> Listed | None:
        """One of them, None if Slack knows nobody of that id. Raises Unavailable."""
        from slack_sdk.errors import SlackApiError

        try:
            said = self._asked("users_info", user=external_id)
        except SlackApiError as error:
            if error.response.get("error") in _NOBODY:
                return None
            raise _unavailable(error) from None
        return listed(self._workspaces, self.service_id, self._read(said.get("user")))

    def _members(self) -> Iterator[Mapping[str, Any]]:
        from slack_sdk.errors import SlackApiError

        cursor = ""
        for _ in range(MOST_PAGES):
            try:
                said = self._asked("users_list", limit=PAGE, **({"cursor": cursor} if cursor else {}))
            except SlackApiError as error:
                raise _unavailable(error) from None
            members = said.get("members")
            if not isinstance(members, list) or not all(isinstance(each, dict) for each in members):
                raise Unavailable("Slack's list of people has no members.")
            yield from members
            cursor = (said.get("response_metadata") or {}).get("next_cursor") or ""
            if not cursor:
                return
        raise Unavailable("Slack's list of people has no end.")

    def _asked(self, method: str, **arguments: Any) -> Any:
        from slack_sdk.errors import SlackApiError, SlackClientError

        try:
            return getattr(self._workspaces.client(self.service_id), method)(**arguments)
        except SlackApiError:
            raise
        except (SlackClientError, OSError) as error:
            raise Unavailable(f"Slack cannot be reached ({type(error).__name__}).") from None

    def _read(self, user: Any) -> SlackPerson:
        try:
            return read_person(self._workspaces, self.service_id, user if isinstance(user, Mapping) else {})
        except Refused as error:
            raise Unavailable(f"Slack does not say who somebody is: {error.message}") from None


def _unavailable(error: Any) -> Unavailable:
    return Unavailable(f"Slack does not list its people: {error.response.get('error')}.")


def listed(workspaces: Workspaces, team_id: str, person: SlackPerson) -> Listed:
    """Somebody as the workspace ``team_id`` shows them. An address that another company tells means nothing."""
    email = None if person.is_foreign else person.email
    return Listed(id=person.id, email=email, is_open=not person.is_deleted,
                  has_say=has_say(workspaces, team_id, person))  # fmt: skip


def has_say(workspaces: Workspaces, team_id: str, person: SlackPerson) -> bool:
    """Whether what the workspace ``team_id`` says of somebody counts: they are at home there, or their home is none
    that is linked, so that nobody else here could say it."""
    home = person.home_team_id
    return home in ("", team_id) or workspaces.find(home) is None


def directories(workspaces: Workspaces) -> list[SlackDirectory]:
    """Those of all linked workspaces. Raises Unavailable while Slack does not say which these are."""
    return [SlackDirectory(workspaces, workspace) for workspace in workspaces.linked()]
