"""Somebody leaves: their account is closed, and what they have in hand comes to its end.

All of it is written in one transaction: the account, its tokens, and an event for every request that is open and every
access that is there. The life cycle carries these out like any others, with their audit entries and cards; no hook
stands in their way (:data:`sym.engine.lifecycle.LEFT`).

* An open request is taken back: it becomes ``denied``, by its requester, with the reason.
* A grant in hand is settled first and ended at once. It cannot be missed: every run that may still be granted is
  counted up here, so that whoever has decided on what was before decides again.
* Requests of others that waited for people who are gone are sent on to admins (:mod:`sym.engine.rerouting`).
* Who leaves at the same moment as they act: the account's row is held open by whoever takes an action
  (:meth:`sym.engine.inbound.Inbound.act`), so either it is refused, or what it wrote is seen here.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sym.audit.administration import UserOffboarded
from sym.audit.events import Actor
from sym.engine.firing import fire, fired
from sym.engine.leases import state_of
from sym.engine.lifecycle import LEFT, is_open
from sym.engine.pinned import pinned_version
from sym.engine.queue import Queue
from sym.engine.rerouting import reroute
from sym.engine.views import params_of
from sym.store.audit import append
from sym.store.database import Connection, Store
from sym.store.grants import lease_of_run
from sym.store.leavers import (
    active_leases_of,
    flag_tokens_issued_by,
    leavers_with_something_open,
    lock_user,
    open_runs_of,
    own_tokens,
    unfinished_events,
)
from sym.store.postgres import lock_key
from sym.store.runs import Run, move_run
from sym.store.tokens import revoke_token
from sym.store.trust import trust_added_by
from sym.store.users import User, deactivate

REASON = "The requester has left."
"""What people read on the card of a request that is taken back."""


@dataclass(frozen=True, kw_only=True)
class Left:
    """What became of what somebody had in hand: ids of requests that are ``cancelled``, of runs whose access is being
    ``ended``, of others' requests that are ``rerouted`` to admins, of tokens that were ``revoked`` and ``flagged``.
    ``trust`` are the ids of the trust in issuers that they had added, which stays. Empty where nothing was left to do;
    ``closed`` says whether the account was open before."""

    user: User
    closed: bool
    cancelled: tuple[str, ...] = ()
    ended: tuple[str, ...] = ()
    rerouted: tuple[str, ...] = ()
    revoked: tuple[str, ...] = ()
    flagged: tuple[str, ...] = ()
    trust: tuple[str, ...] = ()

    @property
    def did_something(self) -> bool:
        """Whether anything was changed."""
        return self.closed or self.settled_something

    @property
    def settled_something(self) -> bool:
        """Whether anything was changed but the account."""
        return bool(self.cancelled or self.ended or self.rerouted or self.revoked or self.flagged)


def leave(conn: Connection, queue: Queue, user: User, *, actor: Actor, now: datetime) -> Left:
    """Close the account of a person or bot, and bring to its end what they have in hand, in the transaction of
    ``conn``. Twice is as good as once. Raises NotFound if there is no such account."""
    fresh = lock_user(conn, user.id)
    # Two who leave at once are looked at one after the other: one of them is the last who could have decided.
    lock_key(conn, "leaving")
    closed = deactivate(conn, user.id, actor=actor, now=now)
    cancelled, granting = _withdraw(conn, queue, closed, now)
    ended = _end(conn, queue, closed, now)
    revoked = [revoke_token(conn, token.jti, actor=actor, now=now).jti for token in own_tokens(conn, user.id, now)]
    flagged = flag_tokens_issued_by(conn, user.id, actor=actor, now=now)
    is_news = fresh is not None and fresh.deactivated_at is None
    left = Left(
        user=closed, closed=is_news, cancelled=tuple(cancelled), ended=(*ended, *(granting if is_news else ())),
        rerouted=tuple(reroute(conn, queue, now)), revoked=tuple(revoked),
        flagged=tuple(token.jti for token in flagged), trust=tuple(trust_added_by(conn, user.id)),
    )  # fmt: skip
    if left.settled_something:
        append(conn, UserOffboarded(actor=actor, details=_details(left)), now=now)
    return left


def leave_again(store: Store, queue: Queue, now: datetime) -> list[Left]:
    """Bring to its end what people have in hand whose account was closed in another way than by :func:`leave`."""
    with store.reading() as conn:
        found = leavers_with_something_open(conn)
    done = []
    for user in found:
        with store.transaction() as conn:
            left = leave(conn, queue, user, actor=Actor.SYSTEM, now=now)
        done += [left] if left.did_something else []
    return done


def _withdraw(conn: Connection, queue: Queue, user: User, now: datetime) -> tuple[list[str], list[str]]:
    """Have the open requests taken back; their ids, and those of requests that are being granted."""
    runs = open_runs_of(conn, user.id)
    pending = {event.run_id for event in unfinished_events(conn, [run.id for run in runs], "deny")
               if event.fields.get("cause") == LEFT}  # fmt: skip
    cancelled, granting = [], []
    for run in runs:
        lease = lease_of_run(conn, run.id)
        if is_open(state_of(run, _params(conn, run), lease)):
            if run.id in pending:
                continue
            reason = {"cause": LEFT, "decision_message": REASON}
            fire(conn, queue, fired(run.id, "deny", reason, actor_id=user.id, now=now))
            cancelled.append(run.id)
        elif lease is not None and lease.status == "pending":
            granting.append(run.id)
        else:
            continue
        # Whoever has decided on the run as it was finds it changed, looks again, and sees that the requester is gone.
        move_run(conn, run, updated_at=now)
    return cancelled, granting


def _end(conn: Connection, queue: Queue, user: User, now: datetime) -> list[str]:
    """Have the access that is there ended; the ids of its runs."""
    leases = active_leases_of(conn, user.id)
    pending = {event.run_id for event in unfinished_events(conn, [lease.run_id for lease in leases], "deescalate")}
    ended = [lease.run_id for lease in leases if lease.run_id not in pending]
    for run_id in ended:
        fire(conn, queue, fired(run_id, "deescalate", {"deescalate_type": LEFT}, actor_id=user.id, now=now))
    return ended


def _params(conn: Connection, run: Run) -> dict[str, Any]:
    flow = pinned_version(conn, run.flow_id, run.flow_version)
    return params_of(flow.document) if flow else {}


def _details(left: Left) -> dict[str, Any]:
    user = left.user
    return {
        "id": user.id, "type": user.type, "role": user.role, "username": user.username,
        "runs": [*left.cancelled, *left.ended], "rerouted": list(left.rerouted), "revoked": list(left.revoked),
        "flagged": list(left.flagged), "trust": list(left.trust),
    }  # fmt: skip
