"""Requests that wait for nobody but people who are gone are sent on to admins, who may decide on anything.

A request waits for nobody when everybody whom the flow's permissions name is gone, or when everybody its present
notification went to is. A channel, and a level such as "any member", always has somebody. What was rerouted is an
ordinary request whose next notification went out: its card, its timer and its requester are told as ever.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from sym.engine import routing
from sym.engine.firing import fire, fired
from sym.engine.lifecycle import LEFT
from sym.engine.queue import Queue
from sym.engine.routing import permissions_now
from sym.store.database import Connection
from sym.store.leavers import users_known_as, waiting_runs
from sym.store.runs import Run, get_run, move_run
from sym.store.users import User, list_users, users_with_ids


def reroute(conn: Connection, queue: Queue, now: datetime) -> list[str]:
    """Send every request that waits for nobody on to admins, in the transaction of ``conn``; ids of the runs. One that
    was sent on is not sent on again while an admin is among those it went to."""
    waiting = [run for run in waiting_runs(conn) if _is_suspect(run)]
    if not waiting:
        return []
    admins = [user for user in list_users(conn) if (user.role, user.type) == ("admin", "normal") and _is_here(user)]
    done = []
    for seen in waiting:
        if not _waits_for_nobody(conn, seen, admins):
            continue
        run = get_run(conn, seen.id, lock=True)  # it may have been decided meanwhile
        who = _deciders(seen, admins)
        if run is None or run.version != seen.version or not who:
            continue
        position = routing.position_of(run.routing)
        move_run(conn, run, routing=routing.with_next(run.routing, who), updated_at=now)
        fields = {"position": position, "cause": LEFT}
        fire(conn, queue, fired(run.id, "forward", fields, actor_id=run.requester_id, now=now))
        done.append(run.id)
    return done


def _is_suspect(run: Run) -> bool:
    """Whether it could be such a request, as far as that is told without asking for anybody."""
    out = routing.notification_of(run.routing)
    is_direct = bool(out and out["destinations"]) and all(
        item["kind"] != "slack_channel" for item in (out or {})["destinations"]
    )
    return is_direct or isinstance((run.permissions or {}).get("approve_deny"), (list, tuple))


def _waits_for_nobody(conn: Connection, run: Run, admins: list[User]) -> bool:
    if routing.is_rerouted_next(run.routing):
        return False  # it is on its way
    out = routing.notification_of(run.routing)
    destinations = out["destinations"] if out else []
    told = {item["user_id"] for item in destinations if item["kind"] == "person"}
    if told & {admin.id for admin in admins}:
        return False
    if destinations and not any(_reaches_somebody(conn, item) for item in destinations):
        return True
    named = (run.permissions or {}).get("approve_deny")
    if not isinstance(named, (list, tuple)):
        return False
    excluded = set() if _allows_self(run) else {run.requester_id, run.actors.get("prompt")}
    return not any(_is_here(user) for user in users_with_ids(conn, [str(each) for each in named])
                   if user.id not in excluded)  # fmt: skip


def _reaches_somebody(conn: Connection, destination: Mapping[str, Any]) -> bool:
    kind = destination["kind"]
    if kind == "person":
        return any(_is_here(user) for user in users_with_ids(conn, [destination["user_id"]]))
    if kind == "slack_user":
        return _is_anybody(conn, str(destination["id"]))
    if kind == "slack_group":
        return any(_is_anybody(conn, str(each)) for each in destination["ids"])
    return True


def _is_anybody(conn: Connection, slack_user_id: str) -> bool:
    """Whether somebody in Slack may still read what is written to them: who has no account here yet may."""
    known = users_known_as(conn, "slack", slack_user_id)
    return not known or any(map(_is_here, known))


def _deciders(run: Run, admins: list[User]) -> list[str]:
    excluded = set() if _allows_self(run) else {run.requester_id, run.actors.get("prompt")}
    return [admin.id for admin in admins if admin.id not in excluded][: routing.MOST]


def _allows_self(run: Run) -> bool:
    return bool((permissions_now(run.permissions, run.routing) or {}).get("allow_self_approval"))


def _is_here(user: User) -> bool:
    return user.deactivated_at is None
