"""The e-mail domains whose people join as members when they first come by. Everybody else joins as a guest."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import datetime

import sqlalchemy as sa
from sqlalchemy import Connection

from sym.audit.administration import DomainAdded, DomainRemoved
from sym.audit.events import Actor
from sym.errors import Invalid, NotFound
from sym.store import audit, rows
from sym.store.surface_tables import domain as table

_NAME = re.compile(r"(?=.{1,253}\Z)[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?(\.[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?)+")


@dataclass(frozen=True, kw_only=True)
class Domain:
    """``name`` is in lower case. The primary one came with the organization; it means nothing more."""

    name: str
    is_primary: bool
    created_at: datetime


def list_domains(conn: Connection) -> list[Domain]:
    """Every domain, by name."""
    return rows.many(conn, Domain, table.select().order_by(table.c.name))


def find_domain(conn: Connection, name: str) -> Domain | None:
    """The domain, in whatever letter case, or None. Raises Invalid unless ``name`` is a domain."""
    return rows.one(conn, Domain, table.select().where(table.c.name == _checked(name)))


def add_domain(conn: Connection, name: str, *, actor: Actor, now: datetime, is_primary: bool = False) -> bool:
    """Let the people of a domain join as members, and record it; False if they do already. A domain below it is one of
    its own. Raises Invalid unless ``name`` is a domain."""
    added = Domain(name=_checked(name), is_primary=is_primary, created_at=now)
    try:
        with conn.begin_nested():
            rows.insert(conn, table, added)
    except sa.exc.IntegrityError:
        return False
    audit.append(conn, DomainAdded(actor=actor, details={"name": added.name, "primary": is_primary}), now=now)
    return True


def remove_domain(conn: Connection, name: str, *, actor: Actor, now: datetime) -> None:
    """From now on the people of a domain join as guests; who has joined stays what they are. Raises NotFound, or
    Invalid unless ``name`` is a domain."""
    domain = _checked(name)
    if not conn.execute(table.delete().where(table.c.name == domain)).rowcount:
        raise NotFound(
            f"{domain} is not one of the domains.", hint="`symflow domains list` names them.",
            code="DomainAPI:NOT_FOUND",
        )  # fmt: skip
    audit.append(conn, DomainRemoved(actor=actor, details={"name": domain}), now=now)


def joins_as_member(conn: Connection, email: str) -> bool:
    """Whether the person with this e-mail address joins as a member."""
    _, at, domain = email.rpartition("@")
    query = sa.select(table.c.name).where(table.c.name == domain.lower())
    return bool(at) and conn.execute(query).first() is not None


def role_of_newcomer(conn: Connection, email: str) -> str:
    """What somebody becomes of whom nothing but this e-mail address is known: a member, or a guest."""
    return "member" if joins_as_member(conn, email) else "guest"


def _checked(name: str) -> str:
    domain = name.strip().removeprefix("@").lower()
    if not _NAME.fullmatch(domain):
        raise Invalid(
            f"{name!r} is not a domain.", hint="Write it as it is in e-mail addresses: example.com.", path="domain"
        )
    return domain
