"""Who somebody in Slack is in Sym: known by identity, else by e-mail address, else a new account.

The rules, of which each closes a way to become somebody else:

* An e-mail address counts only where the workspace is linked: what an unlinked workspace says of its people (Slack
  Connect) proves nothing. Whoever comes from there is a guest, and is refused if an account has that address already.
* An address that Slack has not confirmed counts for nothing.
* Whoever is known as a bot is refused: bots act through the API, with tokens.
* Nobody's role is changed by what Slack says. A new account is a member if its domain is one of those that may join,
  else a guest; guests of Slack are guests.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any

from sym.audit.events import Actor
from sym.errors import Conflict, Refused
from sym.slack.profile import SlackPerson, person_by_email, person_by_id
from sym.slack.workspaces import Workspaces
from sym.store.database import Connection, Store
from sym.store.domains import joins_as_member
from sym.store.identities import Identity, identities_of, save_identity, users_with_identity
from sym.store.users import User, create_user, find_user, get_user

log = logging.getLogger(__name__)

SERVICE = "slack"
Mention = Callable[[Mapping[str, Any]], str]


class People:
    """The people of the linked workspaces. Safe to share between threads."""

    def __init__(self, store: Store, workspaces: Workspaces) -> None:
        self._store = store
        self._workspaces = workspaces

    def user_of(self, team_id: str, slack_user_id: str, now: datetime) -> User:
        """The account of somebody in a linked workspace, made if there is none; their identity there is kept.

        Raises Refused for bots, for accounts that are closed here or in Slack, and for whoever cannot be told who they
        are; Unavailable if Slack has to be asked and does not answer.
        """
        known = self._known(team_id, slack_user_id)
        if known is not None:
            return _open(known)
        person = person_by_id(self._workspaces, team_id, slack_user_id)
        for attempt in (1, 2):
            try:
                with self._store.transaction() as conn:
                    return self._joined(conn, team_id, person, now)
            except Conflict:
                # Two first clicks at once: the other one has made the account by now.
                if attempt == 2:
                    raise
        raise AssertionError("unreachable")

    def known(self, team_id: str, slack_user_id: str) -> User | None:
        """The account of somebody in a workspace, open or closed, None if none is known. Slack is not asked."""
        return self._known(team_id, slack_user_id)

    def slack_id_of(self, user_id: str, team_id: str, now: datetime | None = None) -> str | None:
        """The id that a user has in a workspace, None if they are not in it. Slack is asked for their e-mail address
        if it is not known, and what it says is kept if ``now`` is given. Raises Unavailable if it does not answer."""
        with self._store.reading() as conn:
            found = _identity(conn, user_id, team_id)
            user = None if found else get_user(conn, user_id)
        if found or user is None or user.email is None or user.type == "bot" or user.deactivated_at is not None:
            return found
        person = person_by_email(self._workspaces, team_id, user.email)
        if person is None or person.is_bot or person.is_deleted or person.is_foreign:
            return None
        if now is not None:
            with self._store.transaction() as conn:
                _save(conn, user, team_id, person.id, now)
        return person.id

    def mention(self, team_id: str) -> Mention:
        """What turns a person's document (``user_id``, ``username``, ``email``, ``name``) into Slack's markdown: a
        mention where they are known in the workspace, else their name. Slack is not asked."""

        def mentioned(person: Mapping[str, Any]) -> str:
            user_id = person.get("user_id")
            if user_id:
                with self._store.reading() as conn:
                    found = _identity(conn, str(user_id), team_id)
                if found:
                    return f"<@{found}>"
            return escaped(str(person.get("name") or person.get("username") or person.get("email") or "somebody"))

        return mentioned

    def _known(self, team_id: str, slack_user_id: str) -> User | None:
        with self._store.reading() as conn:
            found = users_with_identity(conn, SERVICE, team_id, slack_user_id)
        if len(found) > 1:
            raise Refused("Several accounts have this Slack identity; an admin has to remove it from all but one.")
        return found[0] if found else None

    def _joined(self, conn: Connection, team_id: str, person: SlackPerson, now: datetime) -> User:
        """The account of somebody who is seen in this workspace for the first time."""
        found = users_with_identity(conn, SERVICE, team_id, person.id)
        if len(found) == 1:
            return _open(found[0])
        user = self._same_elsewhere(conn, person) or _by_email(conn, person) or _created(conn, team_id, person, now)
        _open(user)
        _save(conn, user, team_id, person.id, now)
        return user

    def _same_elsewhere(self, conn: Connection, person: SlackPerson) -> User | None:
        """Somebody of another linked workspace who is met in a shared channel."""
        if not person.home_team_id:
            return None
        found = users_with_identity(conn, SERVICE, person.home_team_id, person.id)
        return found[0] if len(found) == 1 else None


def _by_email(conn: Connection, person: SlackPerson) -> User | None:
    """The account with the person's e-mail address, None if there is none. Raises Refused where the address proves
    nothing."""
    user = find_user(conn, email=person.email) if person.email else None
    if user is not None and person.is_foreign:
        raise Refused(
            "There is an account with your e-mail address, and your workspace is not linked.",
            hint="Use the workspace that account belongs to, or ask an admin to link yours.",
        )
    if user is not None and user.type == "bot":
        raise Refused("Your e-mail address is that of a bot.")
    return user


def _created(conn: Connection, team_id: str, person: SlackPerson, now: datetime) -> User:
    if not person.email and not person.is_foreign:
        # Without it the same person might already have an account, and could approve their own request with this one.
        log.warning("workspace %s does not show the e-mail address of a person: is users:read.email granted?", team_id)
        raise Refused("Slack does not show a confirmed e-mail address of yours, so nobody can tell who you are.",
                      hint="Confirm it in Slack, or ask an admin.")  # fmt: skip
    is_member = bool(person.email) and not person.is_guest and joins_as_member(conn, str(person.email))
    return create_user(
        conn, username=person.email or f"slack-{team_id}-{person.id}", email=person.email, type="normal",
        role="member" if is_member else "guest", first_name=person.first_name, last_name=person.last_name,
        actor=Actor.SYSTEM, now=now,
    )  # fmt: skip


def _save(conn: Connection, user: User, team_id: str, slack_user_id: str, now: datetime) -> None:
    save_identity(
        conn, Identity(user_id=user.id, service=SERVICE, service_id=team_id, external_user_id=slack_user_id), now
    )


def _identity(conn: Connection, user_id: str, team_id: str) -> str | None:
    for identity in identities_of(conn, user_id):
        if (identity.service, identity.service_id) == (SERVICE, team_id):
            return identity.external_user_id
    return None


def _open(user: User) -> User:
    if user.type == "bot":
        # An admin who gives a bot their Slack account would approve with it what they have asked for.
        raise Refused("This Slack account is kept as that of a bot, and bots have no buttons.",
                      hint="An admin can correct that: symflow bots delete-identity.")  # fmt: skip
    if user.deactivated_at is not None:
        raise Refused("Your account is closed.", hint="Ask an admin if that is a mistake.")
    return user


def escaped(text: str) -> str:
    """Text that Slack shows as it is."""
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
