"""Values of secrets that the store itself keeps, always encrypted, apart from the documents that anybody may read."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy import Connection

from sym.errors import Invalid
from sym.sealing import Sealed, SealingKeys
from sym.serving import keeps_values
from sym.store.database import Store
from sym.store.tables import resource as resource_table
from sym.store.tables import secret_value as table

VALUE = "value_wo"
VERSION = "value_wo_version"


@dataclass(frozen=True, kw_only=True)
class StoredValue:
    """The row of one secret: what it is sealed as, and when that was stored."""

    secret_id: str
    key_id: str
    ciphertext: bytes = field(repr=False)
    updated_at: datetime


def check_value(
    conn: Connection, document: Mapping[str, Any], before: Mapping[str, Any] | None, value: Sealed | None
) -> None:
    """Whether a secret's document and its value go together; ``before`` is the stored document, None for a new secret.

    Raises Invalid, its ``path`` naming the attribute: for a value or version where the source keeps no values; where it
    does, for a secret without version, and for a new version without its value.
    """
    version = document.get(VERSION)
    if value is not None and version is None:
        raise Invalid(f"A value needs a {VERSION}.", hint=f"Set {VERSION} = 1.", path=VERSION)
    kind = _source_type(conn, str(document.get("source_id")))
    if not keeps_values(kind):
        if version is not None:
            hint = f"Leave {VALUE} and {VERSION} out, or use a sym_secrets of a type that keeps values, such as local."
            raise Invalid(f"A source of type {kind!r} has its values elsewhere.", hint=hint, path=VERSION)
        return
    if version is None:
        raise Invalid(f"A source of type {kind!r} keeps the value.", hint=f"Set {VALUE} and {VERSION}.", path=VERSION)
    if value is None and (before is None or before.get(VERSION) != version):
        raise Invalid(f"This {VERSION} is new, and comes without its value.", hint=f"Set {VALUE}.", path=VERSION)


def _source_type(conn: Connection, source_id: str) -> str:
    found = conn.execute(sa.select(resource_table.c.type).where(resource_table.c.id == source_id)).scalar()
    return str(found or "")


def keep_value(
    conn: Connection, secret_id: str, document: Mapping[str, Any], value: Sealed | None, now: datetime
) -> None:
    """Store the value instead of the one there was; forget that one if the document says that there is none."""
    if value is None and document.get(VERSION) is not None:
        return
    conn.execute(table.delete().where(table.c.secret_id == secret_id))
    if value is not None:
        row = {"secret_id": secret_id, "key_id": value.key_id, "ciphertext": value.ciphertext, "updated_at": now}
        conn.execute(table.insert().values(row))


def stored_value(conn: Connection, secret_id: str) -> StoredValue | None:
    """What is stored of a secret's value, None if nothing is."""
    row = conn.execute(table.select().where(table.c.secret_id == secret_id)).first()
    return None if row is None else StoredValue(**row._mapping)


def reveal(store: Store, keys: SealingKeys, secret_id: str) -> str:
    """The value of a secret. Raises LookupError if the store has none, Unavailable if it cannot be decrypted."""
    with store.reading() as conn:
        found = stored_value(conn, secret_id)
    if found is None:
        raise LookupError(f"The store has no value for it: set {VALUE} and a new {VERSION} in Terraform.")
    return keys.unseal(secret_id, Sealed(key_id=found.key_id, ciphertext=found.ciphertext))
