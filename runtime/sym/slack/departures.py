"""What Slack tells of workspaces that take the app off, and of people who leave."""

from __future__ import annotations

import logging
from collections.abc import Mapping
from typing import Any

from sym.audit.events import Actor
from sym.errors import Unavailable
from sym.slack.people import SERVICE
from sym.slack.wiring import SlackServices
from sym.store.identities import identities_of
from sym.store.users import User, deactivate, find_user

log = logging.getLogger(__name__)


KINDS = frozenset({"app_uninstalled", "tokens_revoked", "user_change"})
"""The events that tell of it."""


def take(services: SlackServices, team_id: str, event: Mapping[str, Any]) -> None:
    """Do what an event of :data:`KINDS` asks for, before it is acknowledged: Slack tells of it again if that fails, and
    nobody else would. Raises what the store raises."""
    if event["type"] == "user_change":
        user = event.get("user")
        if isinstance(user, Mapping) and user.get("deleted") and user.get("id"):
            departed(services, team_id, user)
    elif event["type"] == "app_uninstalled" or _mapping(event.get("tokens")).get("bot"):
        unlink(services, team_id)


def _mapping(value: object) -> Mapping[str, Any]:
    return value if isinstance(value, Mapping) else {}


def unlink(services: SlackServices, team_id: str) -> None:
    """Forget a workspace's installation and its token."""
    services.workspaces.installations.delete_all(enterprise_id=None, team_id=team_id)
    log.warning("the Slack workspace %s has taken the app off", team_id)


def departed(services: SlackServices, team_id: str, slack_user: Mapping[str, Any]) -> User | None:
    """Close the account of somebody whom a workspace has deactivated; gives it, None if nothing was to be done.

    The account stays open if they have an identity in another workspace that is linked: they have left one of two.
    """
    user = services.people.known(team_id, str(slack_user["id"])) or _by_email(services, team_id, slack_user)
    if user is None or user.type != "normal" or user.deactivated_at is not None:
        return None
    with services.store.transaction() as conn:
        teams = {one.service_id for one in identities_of(conn, user.id) if one.service == SERVICE} - {team_id}
        if any(_is_linked(services, other) for other in teams):
            log.warning("user %s was deactivated in workspace %s, and goes on in another", user.id, team_id)
            return None
        closed = deactivate(conn, user.id, actor=Actor.SYSTEM, now=services.clock())
    log.warning("user %s was deactivated in workspace %s, and is here", user.id, team_id)
    return closed


def _is_linked(services: SlackServices, team_id: str) -> bool:
    try:
        return services.workspaces.find(team_id) is not None
    except Unavailable:
        return False  # rather an account too many closed than one too few


def _by_email(services: SlackServices, team_id: str, slack_user: Mapping[str, Any]) -> User | None:
    """Somebody who has never used Slack here. An address that a foreign workspace tells means nothing."""
    email = _mapping(slack_user.get("profile")).get("email")
    if not email or slack_user.get("team_id") != team_id or slack_user.get("is_stranger"):
        return None
    with services.store.reading() as conn:
        return find_user(conn, email=str(email))
