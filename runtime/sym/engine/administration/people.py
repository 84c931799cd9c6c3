"""People: who joins, what they may, when they leave.

There is always an admin: the last person who is one cannot be demoted or deactivated, also not by two at once.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sym.audit.events import Actor
from sym.engine.leaving import leave
from sym.engine.queue import Queue
from sym.errors import Conflict, Invalid, NotFound
from sym.store.database import Connection
from sym.store.users import (
    User,
    create_user,
    find_user,
    get_user,
    lock_admins,
    reactivate,
    rename,
    set_role,
)

ROLES = ("admin", "member", "guest")
"""What people can be."""

LONGEST_NAME = 200
_EMAIL = re.compile(r"[^@\s\x00-\x1f]+@[^@\s\x00-\x1f]+")
_LONGEST_EMAIL = 320
_NOT_FOUND = "UserAPI:NOT_FOUND"


@dataclass(frozen=True, kw_only=True)
class Newcomer:
    """A person who gets an account."""

    email: str
    role: str = "member"
    first_name: str | None = None
    last_name: str | None = None


def checked_email(text: str) -> str:
    """``text`` in lower case. Raises Invalid unless it looks like an e-mail address."""
    if len(text) > _LONGEST_EMAIL or not _EMAIL.fullmatch(text) or not text.isprintable():
        raise Invalid(f"{text[:100]!r} is not an e-mail address.", path="email", code="UserAPI:INVALID_EMAIL")
    return text.lower()


def checked_role(role: str) -> str:
    """``role``. Raises Invalid unless people can have it."""
    if role not in ROLES:
        raise Invalid(f"{role[:100]!r} is no role of people.", hint=f"Write one of {', '.join(ROLES)}.", path="role",
                      code="UserAPI:INVALID_ROLE")  # fmt: skip
    return role


def checked_name(text: str | None, path: str) -> str | None:
    """A first or last name without blanks around it, None for nothing. Raises Invalid."""
    name = (text or "").strip()
    if len(name) > LONGEST_NAME or not name.isprintable():
        raise Invalid(f"A name has at most {LONGEST_NAME} visible characters.", path=path, code="UserAPI:INVALID_NAME")
    return name or None


def person(conn: Connection, user_id: str) -> User:
    """The person with this id, deactivated or not. Raises NotFound, also for bots."""
    found = get_user(conn, user_id)
    if found is None or found.type != "normal":
        raise NotFound("There is no such person.", code=_NOT_FOUND)
    return found


def person_named(conn: Connection, name: str) -> User:
    """The person with this e-mail address, username or id, deactivated or not. Raises NotFound, also for bots."""
    found = find_user(conn, email=name) or find_user(conn, username=name) or get_user(conn, name.lower())
    if found is None or found.type != "normal":
        raise NotFound(f"There is no person {name}.", hint="`symflow users list` names them.", code=_NOT_FOUND)
    return found


def create_person(conn: Connection, newcomer: Newcomer, *, actor: Actor, now: datetime) -> User:
    """Give a person an account. Raises Invalid, or Conflict if the address is taken."""
    email = checked_email(newcomer.email)
    return create_user(
        conn, username=email, email=email, type="normal", role=checked_role(newcomer.role), actor=actor, now=now,
        first_name=checked_name(newcomer.first_name, "first_name"),
        last_name=checked_name(newcomer.last_name, "last_name"),
    )  # fmt: skip


def update_person(conn: Connection, queue: Queue, user_id: str, changes: Mapping[str, Any], *, actor: Actor,
                  now: datetime) -> User:  # fmt: skip
    """Change what is among ``changes``: ``role``, ``first_name``, ``last_name`` (None: no such name) and
    ``deactivated``. Raises NotFound, Invalid or Conflict."""
    if changes.get("deactivated") is False:
        reactivate_person(conn, user_id, actor=actor, now=now)
    names = {key: changes[key] for key in ("first_name", "last_name") if key in changes}
    if names:
        change_name(conn, user_id, names, actor=actor, now=now)
    if "role" in changes:
        change_role(conn, user_id, changes["role"], actor=actor, now=now)
    if changes.get("deactivated"):
        deactivate_person(conn, queue, user_id, actor=actor, now=now)
    return person(conn, user_id)


def change_role(conn: Connection, user_id: str, role: str, *, actor: Actor, now: datetime) -> User:
    """Give a person another role. Raises NotFound, Invalid, or Conflict if nobody would be an admin any more."""
    checked_role(role)
    user = require_living(person(conn, user_id))
    if role != "admin":
        require_another_admin(conn, user)
    return set_role(conn, user.id, role, actor=actor, now=now)


def change_name(conn: Connection, user_id: str, names: Mapping[str, str | None], *, actor: Actor,
                now: datetime) -> User:  # fmt: skip
    """Change a person's ``first_name`` and ``last_name``, as far as they are among ``names``. Raises NotFound, Conflict
    or Invalid."""
    user = require_living(person(conn, user_id))
    first, last = (
        checked_name(names[key], key) if key in names else getattr(user, key) for key in ("first_name", "last_name")
    )
    return rename(conn, user.id, first, last, actor=actor, now=now)


def deactivate_person(conn: Connection, queue: Queue, user_id: str, *, actor: Actor, now: datetime) -> User:
    """Close a person's account, and bring to its end what they have in hand (:mod:`sym.engine.leaving`). Raises
    NotFound, or Conflict for the last admin."""
    user = person(conn, user_id)
    require_another_admin(conn, user)
    return leave(conn, queue, user, actor=actor, now=now).user


def reactivate_person(conn: Connection, user_id: str, *, actor: Actor, now: datetime) -> User:
    """Open a closed account again; its tokens stay invalid. Raises NotFound, or Conflict for whoever was erased."""
    return reactivate(conn, require_living(person(conn, user_id)).id, actor=actor, now=now)


def require_another_admin(conn: Connection, user: User) -> None:
    """Raises Conflict if ``user`` is the last person who is an admin; nobody can make them so before this transaction
    ends."""
    if lock_admins(conn) == {user.id}:
        raise no_admin_left(user.email or user.username)


def no_admin_left(name: str) -> Conflict:
    """The refusal to take the last admin away."""
    return Conflict(f"{name} is the last admin.", hint="Make somebody else an admin first.", code="UserAPI:LAST_ADMIN")


def is_erased(user: User) -> bool:
    """Whether nothing but a pseudonym is left of them."""
    return user.username == f"erased-{user.id}"


def require_living(user: User) -> User:
    """``user``. Raises Conflict if they were erased."""
    if is_erased(user):
        raise Conflict("They were erased: nothing can be changed any more.", code="UserAPI:ERASED")
    return user
