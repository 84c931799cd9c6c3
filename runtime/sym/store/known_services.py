"""The accounts of services (``okta acme.okta.com``) that are known here: because an integration declares them, because
somebody has an identity in them, or because somebody gave them a label."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime

import sqlalchemy as sa
from sqlalchemy import Connection

from sym.audit.administration import ServiceDeleted, ServiceUpdated
from sym.audit.events import Actor
from sym.store import audit
from sym.store.resources import list_resources
from sym.store.tables import identity as identity_table
from sym.store.tables import service as table


@dataclass(frozen=True, kw_only=True)
class Service:
    """An account of a service. ``service`` is its type, ``service_id`` what the service calls the account (workspace,
    domain, instance). ``label`` is what people call it, "" for nothing. ``integrations`` are the names of the
    integrations that declare it, ``identities`` is how many users are known in it."""

    service: str
    service_id: str
    label: str = ""
    integrations: tuple[str, ...] = ()
    identities: int = 0


_Key = tuple[str, str]


def list_services(conn: Connection) -> list[Service]:
    """Every account there is, by type and id. A label that was given here precedes that of an integration."""
    found: dict[_Key, Service] = {}
    for item in list_resources(conn, "integration"):
        key = (item.type, str(item.document.get("external_id") or ""))
        known = found.get(key) or Service(service=key[0], service_id=key[1])
        label = known.label or str(item.document.get("label") or "")
        found[key] = replace(known, label=label, integrations=(*known.integrations, item.slug))
    for key, count in _counts(conn).items():
        found[key] = replace(found.get(key) or Service(service=key[0], service_id=key[1]), identities=count)
    for key, label in _labels(conn).items():
        found[key] = replace(found.get(key) or Service(service=key[0], service_id=key[1]), label=label)
    return [found[key] for key in sorted(found)]


def find_service(conn: Connection, service: str, service_id: str) -> Service | None:
    """The account with that type and id, or None."""
    wanted = (service, service_id)
    return next((item for item in list_services(conn) if (item.service, item.service_id) == wanted), None)


def _counts(conn: Connection) -> dict[_Key, int]:
    place = (identity_table.c.service, identity_table.c.service_id)
    query = sa.select(*place, sa.func.count()).group_by(*place)
    return {(service, service_id): count for service, service_id, count in conn.execute(query)}


def _labels(conn: Connection) -> dict[_Key, str]:
    found = conn.execute(sa.select(table.c.service, table.c.service_id, table.c.label))
    return {(service, service_id): label for service, service_id, label in found}


def set_label(conn: Connection, service: str, service_id: str, label: str, *, actor: Actor, now: datetime) -> None:
    """Give an account a label in place of the one it had, and record it if it is another one."""
    here = (table.c.service == service, table.c.service_id == service_id)
    if conn.execute(sa.select(table.c.label).where(*here).with_for_update()).scalar() == label:
        return
    changes = {"label": label, "updated_at": now}
    if not conn.execute(table.update().where(*here).values(changes)).rowcount:
        try:
            with conn.begin_nested():
                conn.execute(table.insert().values(service=service, service_id=service_id, **changes))
        except sa.exc.IntegrityError:  # somebody was faster: the later label is the good one
            conn.execute(table.update().where(*here).values(changes))
    details = {"service": service, "service_id": service_id, "label": label}
    audit.append(conn, ServiceUpdated(actor=actor, details=details), now=now)


def forget_service(conn: Connection, service: str, service_id: str, *, actor: Actor, now: datetime) -> int:
    """Forget the label of an account and who anybody is in it, and record it; gives how many identities there were."""
    conn.execute(table.delete().where(table.c.service == service, table.c.service_id == service_id))
    forgotten = conn.execute(identity_table.delete().where(*_in(service, service_id))).rowcount
    details = {"service": service, "service_id": service_id, "identities": forgotten}
    audit.append(conn, ServiceDeleted(actor=actor, details=details), now=now)
    return forgotten


def _in(service: str, service_id: str) -> tuple[sa.ColumnElement[bool], sa.ColumnElement[bool]]:
    return identity_table.c.service == service, identity_table.c.service_id == service_id
