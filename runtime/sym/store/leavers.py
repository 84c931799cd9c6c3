"""What somebody who leaves has in hand: their requests, their access, the tokens they issued."""

from __future__ import annotations

import dataclasses
from collections.abc import Collection
from datetime import datetime

import sqlalchemy as sa
from sqlalchemy import Connection

from sym.audit.administration import TokenFlagged
from sym.audit.entry import timestamp
from sym.audit.events import Actor
from sym.store import audit, rows
from sym.store.events import Event
from sym.store.grants import Lease
from sym.store.runs import Run
from sym.store.tables import event as event_table
from sym.store.tables import identity as identity_table
from sym.store.tables import lease as lease_table
from sym.store.tables import run as run_table
from sym.store.tables import token as token_table
from sym.store.tables import user as user_table
from sym.store.tokens import Token
from sym.store.users import User

OPEN = ("prompted", "requested", "approved")
"""The statuses of runs that may still lead to access."""


def hold_open(conn: Connection, user_id: str) -> bool:
    """Whether there is such an account and it is open; nobody closes it before this transaction ends."""
    query = sa.select(user_table.c.deactivated_at).where(user_table.c.id == user_id).with_for_update(read=True)
    row = conn.execute(query).first()
    return row is not None and row.deactivated_at is None


def lock_user(conn: Connection, user_id: str) -> User | None:
    """The account as it is now, None if there is none; nobody else changes it, or counts on it being open, before this
    transaction ends."""
    return rows.one(conn, User, user_table.select().where(user_table.c.id == user_id).with_for_update(key_share=True))


def open_runs_of(conn: Connection, user_id: str) -> list[Run]:
    """The runs of a requester in one of the statuses :data:`OPEN`, locked, in the order of their ids."""
    query = run_table.select().where(run_table.c.requester_id == user_id, run_table.c.status.in_(OPEN))
    return rows.many(conn, Run, query.order_by(run_table.c.id).with_for_update())


def active_leases_of(conn: Connection, user_id: str) -> list[Lease]:
    """The leases of a requester whose access is there and not being ended, in the order of their runs."""
    query = lease_table.select().where(lease_table.c.requester_id == user_id, lease_table.c.status == "active")
    return rows.many(conn, Lease, query.order_by(lease_table.c.run_id))


def unfinished_events(conn: Connection, run_ids: Collection[str], name: str) -> list[Event]:
    """The events of this name that the product fired for these runs and that are not done; timers that wait are not
    among them."""
    query = event_table.select().where(
        event_table.c.run_id.in_(run_ids), event_table.c.name == name, event_table.c.channel_type == "internal",
        event_table.c.phase != "done", event_table.c.status != "scheduled",
    )  # fmt: skip
    return rows.many(conn, Event, query)


def waiting_runs(conn: Connection) -> list[Run]:
    """The runs that wait for a decision, in the order of their ids."""
    return rows.many(conn, Run, run_table.select().where(run_table.c.status == "requested").order_by(run_table.c.id))


def leavers_with_something_open(conn: Connection) -> list[User]:
    """People whose account is closed although a request of theirs waits for a decision, or their access is there."""
    has_run = sa.exists().where(run_table.c.requester_id == user_table.c.id, run_table.c.status.in_(OPEN[:2]))
    has_lease = sa.exists().where(lease_table.c.requester_id == user_table.c.id, lease_table.c.status == "active")
    query = user_table.select().where(user_table.c.deactivated_at.is_not(None), sa.or_(has_run, has_lease))
    return rows.many(conn, User, query.order_by(user_table.c.id))


def users_known_as(conn: Connection, service: str, external_user_id: str) -> list[User]:
    """The users who are called so in any account of a service."""
    joined = user_table.join(identity_table, identity_table.c.user_id == user_table.c.id)
    same = (identity_table.c.service == service, identity_table.c.external_user_id == external_user_id)
    return rows.many(conn, User, sa.select(*user_table.c).select_from(joined).where(*same).distinct())


def own_tokens(conn: Connection, user_id: str, now: datetime) -> list[Token]:
    """The tokens of a user that are still good."""
    return rows.many(conn, Token, token_table.select().where(token_table.c.user_id == user_id, *_good(now)))


def flag_tokens_issued_by(conn: Connection, user_id: str, *, actor: Actor, now: datetime) -> list[Token]:
    """Mark the tokens of bots that a user issued and that are still good, and record it; those that are marked already
    are left out."""
    bots = sa.select(user_table.c.id).where(user_table.c.type == "bot")
    theirs = (token_table.c.issuer_id == user_id, token_table.c.user_id.in_(bots), token_table.c.user_id != user_id)
    query = token_table.select().where(*theirs, token_table.c.flagged_at.is_(None), *_good(now))
    found = rows.many(conn, Token, query.order_by(token_table.c.jti).with_for_update())
    for token in found:
        conn.execute(token_table.update().where(token_table.c.jti == token.jti).values(flagged_at=now))
        details = {"jti": token.jti, "user": token.user_id, "expires_at": timestamp(token.expires_at),
                   "label": token.label}  # fmt: skip
        audit.append(conn, TokenFlagged(actor=actor, details=details), now=now)
    return [dataclasses.replace(token, flagged_at=now) for token in found]


def flagged_tokens(conn: Connection, *, since: datetime | None) -> list[Token]:
    """The tokens that were marked after ``since`` (None: at any time) and are not revoked, the first first."""
    query = token_table.select().where(token_table.c.flagged_at.is_not(None), token_table.c.revoked_at.is_(None))
    if since is not None:
        query = query.where(token_table.c.flagged_at > since)
    return rows.many(conn, Token, query.order_by(token_table.c.flagged_at, token_table.c.jti))


def _good(now: datetime) -> tuple[sa.ColumnElement[bool], ...]:
    return token_table.c.revoked_at.is_(None), token_table.c.expires_at > now
