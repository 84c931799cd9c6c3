"""Whose store it is: one organization each."""

from __future__ import annotations

import re
import uuid
from dataclasses import dataclass
from datetime import datetime

import sqlalchemy as sa
from sqlalchemy import Connection

from sym.audit.administration import OrganizationCreated
from sym.audit.events import Actor
from sym.errors import Conflict, Invalid, Unavailable
from sym.store import audit, rows
from sym.store.tables import organization as table


@dataclass(frozen=True, kw_only=True)
class Organization:
    """``slug`` is the first part of every SRN."""

    id: str
    slug: str
    created_at: datetime


def organization(conn: Connection) -> Organization | None:
    """The organization, or None if the store has not been set up for one."""
    return rows.one(conn, Organization, table.select())


def require_organization(conn: Connection) -> Organization:
    """The organization. Raises Unavailable if the store has not been set up for one."""
    found = organization(conn)
    if found is None:
        raise Unavailable("The store has no organization yet.", hint="Run: symflow init-org SLUG")
    return found


def create_organization(conn: Connection, slug: str, *, actor: Actor, now: datetime) -> Organization:
    """Set the store up for an organization and record it. Raises Conflict if it has one, Invalid for a bad slug."""
    if not re.fullmatch(r"[a-z0-9_-]+", slug) or slug == "sym":
        hint = "Use small letters, digits, dashes and underscores; sym is taken by what is built in."
        raise Invalid(f"{slug!r} cannot be an organization's slug.", hint=hint, path="slug")
    created = Organization(id=str(uuid.uuid4()), slug=slug, created_at=now)
    try:
        with conn.begin_nested():
            conn.execute(table.insert().values({**vars(created), "only": 1}))
    except sa.exc.IntegrityError:
        raise Conflict("This store belongs to an organization already.", hint="Use another store.") from None
    audit.append(conn, OrganizationCreated(actor=actor, details={"id": created.id, "slug": slug}), now=now)
    return created
