"""What Slack tells of workspaces that take the app off, and of people who leave.

Whose account Slack has closed leaves here too (:mod:`sym.engine.leaving`). The rules:

* A workspace speaks for those who are at home in it; for people whose home is another linked workspace, that one does.
  A workspace that is not linked is not heard at all.
* Who has an account of their own, with an id of its own, in another linked workspace goes on while that one is open.
* Whoever becomes a guest in Slack, or is let in again there, stays here what they are: roles and closed accounts are
  for admins to change. That somebody is back is told to them.

What was missed while nobody listened is found by comparison: :mod:`sym.slack.directory`.
"""

from __future__ import annotations

import logging
from collections.abc import Mapping
from typing import Any

from sym.audit.events import Actor
from sym.engine.leaving import leave
from sym.errors import Refused, Unavailable
from sym.slack.directory import has_say
from sym.slack.people import SERVICE
from sym.slack.profile import person_by_id, read_person
from sym.slack.wiring import SlackServices
from sym.store.directory import name_of_left, note, note_restored
from sym.store.identities import Identity, identities_of, save_identity
from sym.store.users import User, find_user

log = logging.getLogger(__name__)


KINDS = frozenset({"app_uninstalled", "tokens_revoked", "user_change"})
"""The events that tell of it."""


def take(services: SlackServices, team_id: str, event: Mapping[str, Any]) -> None:
    """Do what an event of :data:`KINDS` asks for, before it is acknowledged: Slack tells of it again if that fails, and
    nobody else would. Raises what the store raises."""
    if event["type"] == "user_change":
        user = event.get("user")
        if not isinstance(user, Mapping) or not user.get("id"):
            return
        if user.get("deleted"):
            departed(services, team_id, user)
        else:
            changed(services, team_id, user)
    elif event["type"] == "app_uninstalled" or _mapping(event.get("tokens")).get("bot"):
        unlink(services, team_id)


def _mapping(value: object) -> Mapping[str, Any]:
    return value if isinstance(value, Mapping) else {}


def unlink(services: SlackServices, team_id: str) -> None:
    """Forget a workspace's installation and its token."""
    services.workspaces.installations.delete_all(enterprise_id=None, team_id=team_id)
    log.warning("the Slack workspace %s has taken the app off", team_id)


def departed(services: SlackServices, team_id: str, slack_user: Mapping[str, Any]) -> User | None:
    """Have somebody leave whom a workspace has deactivated; gives their account, None if nothing was to be done."""
    user = _known(services, team_id, slack_user)
    if user is None or user.type != "normal" or user.deactivated_at is not None:
        return None
    if not has_say(services.workspaces, team_id, read_person(services.workspaces, team_id, slack_user)):
        log.info("workspace %s is not the home of user %s: that one says whether they leave", team_id, user.id)
        return None
    if _is_elsewhere(services, team_id, str(slack_user["id"]), user):
        log.warning("user %s was deactivated in workspace %s, and goes on in another", user.id, team_id)
        return None
    now = services.clock()
    with services.store.transaction() as conn:
        # What waits for this id alone is found by it.
        known = Identity(user_id=user.id, service=SERVICE, service_id=team_id, external_user_id=str(slack_user["id"]))
        save_identity(conn, known, now)
        left = leave(conn, services.inbound.queue, user, actor=Actor.SYSTEM, now=now)
        note(conn, name_of_left(f"{SERVICE}:{team_id}", user.id), started_at=now)
    log.warning("user %s was deactivated in workspace %s, and is here: %d requests taken back, %d accesses ended",
                user.id, team_id, len(left.cancelled), len(left.ended))  # fmt: skip
    return left.user


def changed(services: SlackServices, team_id: str, slack_user: Mapping[str, Any]) -> None:
    """Note of somebody whose account there is open that they are back, or that they are a guest now."""
    # Slack tells of every change of every profile, so nobody is looked for who never did anything here.
    try:
        user = services.people.known(team_id, str(slack_user["id"]))
    except Refused:
        return
    if user is None or user.type != "normal":
        return
    if user.deactivated_at is not None:
        with services.store.transaction() as conn:
            is_news = note_restored(conn, f"{SERVICE}:{team_id}", user.id, services.clock())
        if is_news:
            log.warning("user %s is active again in workspace %s, and still closed here", user.id, team_id)
    elif (slack_user.get("is_restricted") or slack_user.get("is_ultra_restricted")) and user.role != "guest":
        log.info("user %s is a guest in workspace %s, and still %s here", user.id, team_id, user.role)


def _is_elsewhere(services: SlackServices, team_id: str, slack_user_id: str, user: User) -> bool:
    """Whether another linked workspace has an open account of their own for them. The same id there is only the same
    account, as that workspace sees it."""
    with services.store.reading() as conn:
        identities = identities_of(conn, user.id)
    others = (one for one in identities if one.service == SERVICE and one.service_id != team_id
              and one.external_user_id != slack_user_id)  # fmt: skip
    return any(_is_open(services, one) for one in others)


def _is_open(services: SlackServices, identity: Identity) -> bool:
    try:
        if services.workspaces.find(identity.service_id) is None:
            return False
        person_by_id(services.workspaces, identity.service_id, identity.external_user_id)
    except (Refused, Unavailable):
        return False  # rather an account too many closed than one too few
    return True


def _known(services: SlackServices, team_id: str, slack_user: Mapping[str, Any]) -> User | None:
    return services.people.known(team_id, str(slack_user["id"])) or _by_email(services, team_id, slack_user)


def _by_email(services: SlackServices, team_id: str, slack_user: Mapping[str, Any]) -> User | None:
    """Somebody who has never used Slack here. An address that a foreign workspace tells means nothing, and neither does
    that of an old account of somebody who is known by another one."""
    email = _mapping(slack_user.get("profile")).get("email")
    if not email or slack_user.get("team_id") != team_id or slack_user.get("is_stranger"):
        return None
    with services.store.reading() as conn:
        user = find_user(conn, email=str(email))
        identities = identities_of(conn, user.id) if user is not None else []
    is_another = any((one.service, one.service_id) == (SERVICE, team_id) for one in identities)
    return None if is_another else user
