"""Accounts of services: what people call them, and how they are forgotten."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime

from sym.audit.events import Actor
from sym.errors import InUse, NotFound
from sym.store.database import Connection
from sym.store.known_services import Service, find_service, forget_service, set_label


def known_service(conn: Connection, service: str, service_id: str) -> Service:
    """The account of a service. Raises NotFound."""
    found = find_service(conn, service, service_id)
    if found is None:
        raise NotFound(f"There is no service {service} {service_id}.", hint="`symflow services list` names them.",
                       code="ServiceAPI:NOT_FOUND")  # fmt: skip
    return found


def label_service(
    conn: Connection, service: str, service_id: str, label: str, *, actor: Actor, now: datetime
) -> Service:
    """Give an account a label; gives the account as it is now. Raises NotFound."""
    found = known_service(conn, service, service_id)
    set_label(conn, service, service_id, label, actor=actor, now=now)
    return replace(found, label=label)


def delete_service(conn: Connection, service: str, service_id: str, *, actor: Actor, now: datetime) -> Service:
    """Forget an account, and who anybody is in it; gives what was forgotten. Raises NotFound, InUse while an
    integration declares it."""
    found = known_service(conn, service, service_id)
    if found.integrations:
        names = ", ".join(f"sym_integration {service}:{name}" for name in found.integrations)
        raise InUse(f"{names} declares {service} {service_id}.", hint="Remove that with Terraform first.",
                    code="ServiceAPI:IN_USE")  # fmt: skip
    return replace(found, identities=forget_service(conn, service, service_id, actor=actor, now=now))
