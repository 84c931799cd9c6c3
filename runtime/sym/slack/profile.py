"""What Slack says of a person, and how far that is to be believed."""

from __future__ import annotations

import http.client
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from sym.errors import Refused, Unavailable
from sym.slack.delivering_failures import Limited, wish_of
from sym.slack.workspaces import Workspaces

_SLACKBOT = "USLACKBOT"
_NOBODY = ("user_not_found", "users_not_found", "user_not_visible")


@dataclass(frozen=True, kw_only=True)
class SlackPerson:
    """A person as a workspace sees them. ``email`` is in lower case, None unless it is shown and confirmed;
    ``home_team_id`` the workspace they belong to. ``is_guest``: a guest there, or of another company; ``is_foreign``:
    their home is not a linked workspace, so that nothing it says proves who they are."""

    id: str
    home_team_id: str
    email: str | None
    first_name: str | None
    last_name: str | None
    is_guest: bool
    is_foreign: bool
    is_bot: bool
    is_deleted: bool


def person_by_id(workspaces: Workspaces, team_id: str, slack_user_id: str) -> SlackPerson:
    """The person with this id. Raises Refused for bots, for accounts that Slack has closed, and if there is nobody;
    Unavailable if Slack does not answer."""
    from slack_sdk.errors import SlackApiError, SlackClientError

    if slack_user_id == _SLACKBOT:
        raise Refused("Slackbot is nobody.")
    try:
        said = workspaces.client(team_id).users_info(user=slack_user_id)
    except SlackApiError as error:
        if error.response.get("error") in _NOBODY:
            raise Refused("Slack does not know you in this workspace.") from None
        raise Unavailable(f"Slack does not say who somebody is: {error.response.get('error')}.") from None
    except (SlackClientError, OSError) as error:
        raise Unavailable(f"Slack cannot be reached ({type(error).__name__}).") from None
    person = read_person(workspaces, team_id, said.get("user") or {})
    if person.is_bot:
        raise Refused("Bots cannot use Sym through Slack.", hint="Give them a token: `symflow tokens issue`.")
    if person.is_deleted:
        raise Refused("Your Slack account is deactivated.")
    return person


def person_by_email(workspaces: Workspaces, team_id: str, email: str) -> SlackPerson | None:
    """The person with this e-mail address in a workspace, None if there is nobody. Nothing is tried again here: who
    delivers messages does so later, and nobody waits for it meanwhile. Raises Unavailable if Slack does not answer,
    Limited if it asks to be left alone."""
    from slack_sdk.errors import SlackApiError, SlackClientError

    client = workspaces.client(team_id, retries=False)
    client.retry_handlers[:] = []
    try:
        said = client.users_lookupByEmail(email=email)
    except SlackApiError as error:
        if error.response.get("error") in _NOBODY:
            return None
        if error.response.status_code == http.client.TOO_MANY_REQUESTS:
            raise Limited(wish_of(error.response)) from None
        raise Unavailable(f"Slack does not look people up: {error.response.get('error')}.") from None
    except (SlackClientError, OSError) as error:
        raise Unavailable(f"Slack cannot be reached ({type(error).__name__}).") from None
    return read_person(workspaces, team_id, said.get("user") or {})


def read_person(workspaces: Workspaces, team_id: str, user: Mapping[str, Any]) -> SlackPerson:
    """A user object of Slack's, as the workspace ``team_id`` was shown it. Raises Refused if it names nobody."""
    if not user.get("id"):
        raise Refused("Slack does not know you in this workspace.")
    profile: Mapping[str, Any] = user.get("profile") or {}
    home = str(user.get("team_id") or profile.get("team") or "")
    # Of an Enterprise organization's people the home is one of its workspaces, and they are at home in others too.
    teams = (user.get("enterprise_user") or {}).get("teams") or ()
    is_elsewhere = bool(user.get("is_stranger")) or (home != team_id and team_id not in teams)
    is_foreign = is_elsewhere and (home in ("", team_id) or workspaces.find(home) is None)
    is_confirmed = user.get("is_email_confirmed") is not False
    email = _email(profile.get("email")) if is_confirmed else ""
    return SlackPerson(
        id=str(user["id"]), home_team_id=home, email=email if _is_usable(email) else None,
        first_name=_name(profile.get("first_name") or user.get("real_name") or profile.get("real_name")),
        last_name=_name(profile.get("last_name")),
        is_guest=is_foreign or bool(user.get("is_restricted") or user.get("is_ultra_restricted")),
        is_foreign=is_foreign, is_bot=bool(user.get("is_bot")), is_deleted=bool(user.get("deleted")),
    )  # fmt: skip


def _email(text: Any) -> str:
    """An address in lower case; nothing for one with letters that become those of ASCII then (the Kelvin sign does),
    because it would be taken for somebody else's."""
    given = str(text or "").strip()
    return "" if any(not letter.isascii() and letter.lower().isascii() for letter in given) else given.lower()


def _is_usable(email: str) -> bool:
    return 3 <= len(email) <= 320 and email.isprintable() and email.count("@") == 1 and not any(map(str.isspace, email))


def _name(text: Any) -> str | None:
    cleaned = "".join(letter for letter in str(text or "") if letter.isprintable()).strip()
    return cleaned[:100] or None
