"""People and bots."""

from __future__ import annotations

import dataclasses
import uuid
from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy import Connection

from sym.audit.administration import (
    BotCreated,
    UserCreated,
    UserDeactivated,
    UserReactivated,
    UserRenamed,
    UserRoleChanged,
)
from sym.audit.events import Actor
from sym.errors import Conflict, Invalid, NotFound
from sym.store import audit, rows
from sym.store.tables import user as table

TYPES = ("normal", "bot")
ROLES = ("admin", "member", "guest", "requester")
"""``requester`` is for bots: it may ask, and do nothing else."""


@dataclass(frozen=True, kw_only=True)
class User:
    """An account. ``username`` and ``email`` are lower case and each unique; ``type`` is normal or bot."""

    id: str
    username: str
    email: str | None
    type: str
    role: str
    first_name: str | None = None
    last_name: str | None = None
    created_at: datetime
    deactivated_at: datetime | None = None


def create_user(  # noqa: PLR0913 - one per column
    conn: Connection,
    *,
    username: str,
    email: str | None,
    type: str,  # noqa: A002 - the column's name
    role: str,
    actor: Actor,
    now: datetime,
    first_name: str | None = None,
    last_name: str | None = None,
) -> User:
    """Add an account and record it. Raises Conflict if username or e-mail is taken, Invalid for a bad value."""
    _check(username, email, type, role)
    user = User(
        id=str(uuid.uuid4()),
        username=username.lower(),
        email=email.lower() if email else None,
        type=type,
        role=role,
        first_name=first_name,
        last_name=last_name,
        created_at=now,
    )
    try:
        with conn.begin_nested():
            rows.insert(conn, table, user)
    except sa.exc.IntegrityError:
        raise _taken(conn, user) from None
    event = BotCreated if type == "bot" else UserCreated
    audit.append(conn, event(actor=actor, details=_details(user, email=user.email)), now=now)
    return user


def _check(username: str, email: str | None, type: str, role: str) -> None:  # noqa: A002
    if not username or not username.isprintable() or any(letter.isspace() for letter in username):
        raise Invalid("A username consists of at least one visible letter, without spaces.", path="username")
    if email and (not email.isprintable() or "@" not in email):
        raise Invalid(f"{email!r} is no e-mail address.", path="email")
    if type not in TYPES:
        raise Invalid(f"{type!r} is no type of user.", hint=f"Types: {', '.join(TYPES)}.", path="type")
    _check_role(type, role)


def _check_role(type: str, role: str) -> None:  # noqa: A002
    if role not in ROLES:
        raise Invalid(f"{role!r} is no role.", hint=f"Roles: {', '.join(ROLES)}.", path="role")
    if role == "requester" and type != "bot":
        raise Invalid("The role requester is for bots.", hint="Use member or guest.", path="role")


def _taken(conn: Connection, user: User) -> Conflict:
    if find_user(conn, username=user.username):
        return Conflict(f"There is already a user named {user.username!r}.", path="username")
    return Conflict(f"There is already a user with the e-mail address {user.email!r}.", path="email")


def _details(user: User, **more: Any) -> dict[str, Any]:
    return {"id": user.id, "type": user.type, "role": user.role, "username": user.username, **more}


def get_user(conn: Connection, user_id: str) -> User | None:
    """The user, deactivated or not, or None."""
    return rows.one(conn, User, table.select().where(table.c.id == user_id))


def users_with_ids(conn: Connection, user_ids: Collection[str]) -> list[User]:
    """The users with these ids, deactivated or not, in no order."""
    return rows.many(conn, User, table.select().where(table.c.id.in_(user_ids)))


def find_user(conn: Connection, *, username: str | None = None, email: str | None = None) -> User | None:
    """The user with this name or e-mail address, in whatever letter case, or None. Raises ValueError unless exactly one
    of the two is given."""
    if (username is None) == (email is None):
        raise ValueError("give a username or an e-mail address")
    column, value = (table.c.username, username) if username is not None else (table.c.email, email)
    return rows.one(conn, User, table.select().where(column == str(value).lower()))


def list_users(conn: Connection) -> list[User]:
    """Every user, deactivated ones included, by username."""
    return rows.many(conn, User, table.select().order_by(table.c.username))


@dataclass(frozen=True, kw_only=True)
class People:
    """Which people are meant: what is None does not matter. ``state`` is active or deactivated."""

    email: str | None = None
    role: str | None = None
    state: str | None = None


def list_people(conn: Connection, which: People, *, after: str | None = None, limit: int | None = None) -> list[User]:
    """People (no bots) by username, beginning after the username ``after``."""
    query = table.select().where(table.c.type == "normal").order_by(table.c.username).limit(limit)
    if which.email is not None:
        query = query.where(table.c.email == which.email.lower())
    if which.role is not None:
        query = query.where(table.c.role == which.role)
    if which.state is not None:
        open_ = table.c.deactivated_at.is_(None)
        query = query.where(open_ if which.state == "active" else sa.not_(open_))
    return rows.many(conn, User, query if after is None else query.where(table.c.username > after))


def lock_admins(conn: Connection) -> set[str]:
    """The ids of the people who are admins now. None of them can cease to be one before this transaction ends, so that
    of two who take each other's role away at once one is refused."""
    query = sa.select(table.c.id).where(
        table.c.role == "admin", table.c.type == "normal", table.c.deactivated_at.is_(None)
    )
    return set(conn.execute(query.order_by(table.c.id).with_for_update(key_share=True)).scalars())


def set_role(conn: Connection, user_id: str, role: str, *, actor: Actor, now: datetime) -> User:
    """Give the user a role and record it, if it is another one. Raises NotFound, or Invalid for a bad role."""
    user = _locked(conn, user_id)
    _check_role(user.type, role)
    if user.role == role:
        return user
    changed = _update(conn, user, role=role)
    audit.append(conn, UserRoleChanged(actor=actor, details=_details(changed, previous_role=user.role)), now=now)
    return changed


def deactivate(conn: Connection, user_id: str, *, actor: Actor, now: datetime) -> User:
    """Close the account and record it, if it is open. The row stays: runs and grants name it. Raises NotFound."""
    user = _locked(conn, user_id)
    if user.deactivated_at is not None:
        return user
    changed = _update(conn, user, deactivated_at=now)
    audit.append(conn, UserDeactivated(actor=actor, details=_details(changed)), now=now)
    return changed


def reactivate(conn: Connection, user_id: str, *, actor: Actor, now: datetime) -> User:
    """Open a closed account again and record it; tokens that were revoked stay so. Raises NotFound."""
    user = _locked(conn, user_id)
    if user.deactivated_at is None:
        return user
    changed = _update(conn, user, deactivated_at=None)
    audit.append(conn, UserReactivated(actor=actor, details=_details(changed)), now=now)
    return changed


def rename(conn: Connection, user_id: str, first_name: str | None, last_name: str | None,
           *, actor: Actor, now: datetime) -> User:  # fmt: skip
    """Give the user another name and record it, if it is another one. Raises NotFound."""
    user = _locked(conn, user_id)
    if (user.first_name, user.last_name) == (first_name, last_name):
        return user
    changed = _update(conn, user, first_name=first_name, last_name=last_name)
    audit.append(conn, UserRenamed(actor=actor, details=_details(changed, name=full_name(changed))), now=now)
    return changed


def full_name(user: User) -> str:
    """First and last name, as far as they are known."""
    return " ".join(part for part in (user.first_name, user.last_name) if part)


def _locked(conn: Connection, user_id: str) -> User:
    user = rows.one(conn, User, table.select().where(table.c.id == user_id).with_for_update(key_share=True))
    if user is None:
        raise NotFound(f"There is no user with the id {user_id!r}.")
    return user


def _update(conn: Connection, user: User, **changes: Any) -> User:
    conn.execute(table.update().where(table.c.id == user.id).values(changes))
    return dataclasses.replace(user, **changes)
