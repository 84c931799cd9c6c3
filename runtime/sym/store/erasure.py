"""Erasing a person: whatever the store knows of them beside their id, which stays as a pseudonym.

In the audit log value and salt of what is about them go; entries, hashes and seals stay. Elsewhere their requests keep
their course and lose their contents. What Terraform declared stays as it was declared, because it would come back with
the next apply: :func:`erase_person` names it.
"""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy import Connection

from sym.audit.administration import UserErased
from sym.audit.events import Actor
from sym.errors import Conflict
from sym.store import audit, tables
from sym.store.columns import Document, Note
from sym.store.grants import LIVE
from sym.store.identities import identities_of
from sym.store.tokens import list_tokens, revoke_token
from sym.store.users import User, deactivate

_OPEN = ("prompted", "requested")
_DECLARED = (tables.resource, tables.resource_version)
_KEPT = (tables.audit_entry, tables.audit_personal, tables.audit_seal, tables.organization, tables.worker, *_DECLARED)
_KEYS_KEPT = ("deescalate_type", "duration", "target_id", "requester")
_ERASED = "[erased]"


@dataclass(frozen=True)
class Erased:
    """What was done: how many entries of the audit log lost personal values, and where the configuration still names
    the person (``sym_flow deploy``)."""

    entries: int
    declared: tuple[str, ...]


def erase_person(conn: Connection, user: User, *, actor: Actor, now: datetime) -> Erased:
    """Erase a person and record it.

    Raises Conflict while they hold access, or wait for it: the lease says how to end it.
    """
    _refuse_while_needed(conn, user)
    names = _names_of(conn, user)
    deactivate(conn, user.id, actor=actor, now=now)
    for token in list_tokens(conn, user_id=user.id):
        revoke_token(conn, token.jti, actor=actor, now=now)
    _empty_requests(conn, user)
    _empty_account(conn, user)
    _replace_everywhere(conn, names)
    count = _erase_entries(conn, user, names, now)
    details = {"id": user.id, "type": user.type, "role": user.role, "entries": count}
    audit.append(conn, UserErased(actor=actor, details=details), now=now)
    return Erased(count, tuple(sorted(_still_declared(conn, names))))


def _refuse_while_needed(conn: Connection, user: User) -> None:
    own = sa.select(tables.run.c.id).where(tables.run.c.requester_id == user.id)
    held = sa.select(tables.lease.c.run_id).where(
        tables.lease.c.requester_id == user.id, tables.lease.c.status.in_(LIVE)
    )
    waiting = own.where(tables.run.c.status.in_(_OPEN))
    moving = sa.select(tables.event.c.run_id).where(sa.text("phase <> 'done'"), tables.event.c.run_id.in_(own))
    for query, what, todo in (
        (held, "hold access", "End it first: symflow runs revoke"),
        (waiting, "wait for a decision", "Deny it first: symflow runs deny"),
        (moving, "have a request that is being worked on", "Try again shortly; see symflow runs show"),
    ):
        if runs := sorted(set(conn.execute(query.limit(20)).scalars())):
            raise Conflict(f"They still {what} through {', '.join(runs)}.", hint=f"{todo} {runs[0]}")


def _names_of(conn: Connection, user: User) -> tuple[str, ...]:
    """Every text that names the person, longest first."""
    full = " ".join(part for part in (user.first_name, user.last_name) if part)
    found = {user.username, user.email or "", full if user.first_name and user.last_name else ""}
    found |= {identity.external_user_id for identity in identities_of(conn, user.id)}
    return tuple(sorted((text for text in found if len(text) > 2), key=len, reverse=True))


def _empty_account(conn: Connection, user: User) -> None:
    conn.execute(tables.identity.delete().where(tables.identity.c.user_id == user.id))
    conn.execute(tables.token.update().where(tables.token.c.user_id == user.id).values(label=""))
    anonymous = {"username": f"erased-{user.id}", "email": None, "first_name": None, "last_name": None}
    conn.execute(tables.user.update().where(tables.user.c.id == user.id).values(anonymous))


def _empty_requests(conn: Connection, user: User) -> None:
    """Take the contents out of what they asked for and of what they did to others' requests."""
    runs, events, leases = tables.run, tables.event, tables.lease
    own = sa.select(runs.c.id).where(runs.c.requester_id == user.id)
    for row in conn.execute(sa.select(runs.c.id, runs.c.fields).where(runs.c.requester_id == user.id)).all():
        conn.execute(runs.update().where(runs.c.id == row.id).values(fields=dict.fromkeys(row.fields, _ERASED)))
    theirs = sa.or_(events.c.run_id.in_(own), events.c.actor_id == user.id)
    for row in conn.execute(sa.select(events.c.id, events.c.fields).where(theirs)).all():
        kept = {key: value if key in _KEYS_KEPT else _ERASED for key, value in row.fields.items()}
        emptied = {"fields": kept, "context": {}, "output": None}
        conn.execute(events.update().where(events.c.id == row.id).values(emptied))
    conn.execute(events.update().where(theirs, events.c.error.is_not(None)).values(error=_ERASED))
    effects = tables.effect.update().where(tables.effect.c.run_id.in_(own), tables.effect.c.error.is_not(None))
    conn.execute(effects.values(error=_ERASED))
    messages = tables.message.update().where(tables.message.c.run_id.in_(own))
    conn.execute(messages.values(destination={}, content={}, reference=None, error=None))
    theirs_traced = sa.select(events.c.id).where(theirs)
    conn.execute(tables.trace.delete().where(tables.trace.c.event_id.in_(theirs_traced)))
    # The next check finds what is still so.
    conn.execute(tables.drift.delete())
    for row in conn.execute(leases.select().where(leases.c.requester_id == user.id)).all():
        conn.execute(leases.update().where(leases.c.id == row.id).values(_emptied_lease(row)))


def _emptied_lease(row: Any) -> dict[str, Any]:
    """What is left of a lease that has ended: enough to say that there was one, and on what."""
    key_document = {**row.key_document, "identity": _ERASED, "target": _without_settings(row.key_document)}
    return {
        "key_document": key_document,
        # Of the lease alone: who it was must not be found by trying addresses.
        "key": hashlib.sha256(row.id.encode()).hexdigest(),
        "snapshot": {**row.snapshot, "target": _without_settings(row.snapshot)},
        "identity": None,
        "output": None,
        "operation": None,
        "last_error": None,
        "closed_reason": None if row.closed_reason is None else _ERASED,
    }


def _without_settings(document: dict[str, Any]) -> dict[str, Any]:
    return {**(document.get("target") or {}), "settings": {}}


def _texts(table: sa.Table) -> Iterator[sa.Column[Any]]:
    return (column for column in table.columns if isinstance(column.type, (Document, Note, sa.Text)))


def _mentions(column: sa.ColumnElement[Any], names: Iterable[str]) -> sa.ColumnElement[bool]:
    # SQLite writes JSON in ASCII: a name with an umlaut is looked for in both ways.
    written = {form for name in names for form in (name, json.dumps(name)[1:-1])}
    text = sa.func.lower(sa.cast(column, sa.Text))
    return sa.or_(*(text.contains(form.lower(), autoescape=True) for form in sorted(written)))


def _replace_everywhere(conn: Connection, names: tuple[str, ...]) -> None:
    """Whatever is left of their names in other people's requests, errors and messages."""
    for table in tables.metadata.sorted_tables:
        if table in _KEPT or not names:
            continue
        keys = list(table.primary_key)
        for column in _texts(table):
            if column.primary_key:
                continue
            found = conn.execute(sa.select(*keys, column.label("found")).where(_mentions(column, names))).all()
            for row in found:
                same = (key == row._mapping[key.name] for key in keys)
                conn.execute(table.update().where(*same).values({column.name: _without(row.found, names)}))


def _without(value: Any, names: tuple[str, ...]) -> Any:
    if isinstance(value, str):
        for name in names:
            value = re.sub(re.escape(name), _ERASED, value, flags=re.IGNORECASE)
        return value
    if isinstance(value, dict):
        return {_without(key, names): _without(item, names) for key, item in value.items()}
    return [_without(item, names) for item in value] if isinstance(value, list) else value


def _erase_entries(conn: Connection, user: User, names: tuple[str, ...], now: datetime) -> int:
    """Erase the personal values of the entries about them; how many entries that were."""
    entry, personal, run = tables.audit_entry.c, tables.audit_personal.c, tables.run.c
    own = sa.select(run.id).where(run.requester_id == user.id)
    about = sa.or_(entry.run_id.in_(own), sa.cast(entry.document, sa.Text).contains(user.id, autoescape=True))
    joined = tables.audit_personal.join(tables.audit_entry, personal.entry_id == entry.id)
    columns = (personal.entry_id, personal.path, entry.document, entry.run_id.in_(own).label("is_own"))
    query = sa.select(*columns).select_from(joined).where(personal.erased_at.is_(None))
    chosen = {(row.entry_id, row.path) for row in conn.execute(query.where(about)) if _is_theirs(row, user.id)}
    if names:
        naming = sa.select(personal.entry_id, personal.path).where(_mentions(personal.value, names))
        chosen |= {(row.entry_id, row.path) for row in conn.execute(naming)}
    for entry_id, path in chosen:
        audit.erase(conn, entry_id, now=now, path=path)
    return len({entry_id for entry_id, _ in chosen})


def _is_theirs(row: sa.Row[Any], user_id: str) -> bool:
    """Whether a personal value is about the person: what says who they are, what they asked for, wrote or did."""
    document, keys = row.document, row.path.split("/")[1:]
    if keys[:2] == ["run", "actors"] and len(keys) > 2:
        return _names_user(document["run"]["actors"].get(keys[2]), user_id)
    is_actor = _names_user(document["actor"], user_id)
    if keys[0] == "actor":
        return is_actor
    fields = document.get("fields") or {}
    is_subject = user_id in (fields.get("user") or {}).values() or any(
        (fields.get(part) or {}).get("user") == user_id for part in ("token", "identity")
    )
    return bool(row.is_own or is_actor or is_subject)


def _names_user(actor: Any, user_id: str) -> bool:
    return isinstance(actor, dict) and user_id in str(actor.get("user"))


def _still_declared(conn: Connection, names: tuple[str, ...]) -> Iterator[str]:
    if not names:
        return
    table = tables.resource
    query = sa.select(table.c.name, table.c.slug).where(_mentions(table.c.document, names))
    yield from (f"sym_{row.name} {row.slug}" for row in conn.execute(query))
