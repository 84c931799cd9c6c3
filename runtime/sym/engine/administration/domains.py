"""Domains of e-mail addresses whose people join as members."""

from __future__ import annotations

from datetime import datetime

from sym.audit.events import Actor
from sym.errors import Conflict
from sym.store.database import Connection
from sym.store.domains import Domain, add_domain, find_domain


def join_by(conn: Connection, name: str, *, actor: Actor, now: datetime) -> Domain:
    """Let the people of a domain join as members; gives it. Raises Invalid unless it is a domain, Conflict if they do
    already."""
    is_new = add_domain(conn, name, actor=actor, now=now)
    found = find_domain(conn, name)
    if not is_new or found is None:
        raise Conflict(f"{name} is one of the domains already.", path="domain", code="DomainAPI:EXISTS")
    return found
