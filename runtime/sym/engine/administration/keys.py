"""Rotating the keys that tokens, seals and receipts are signed with, and retiring the old ones."""

from __future__ import annotations

from datetime import datetime

from sym.audit.administration import KeyRetired, KeyRotated
from sym.audit.events import Actor
from sym.engine.keys import KeyDirectory, KnownKey
from sym.store.audit import append
from sym.store.database import Connection
from sym.store.tokens import Token, good_tokens_issued


def rotate_key(conn: Connection, keys: KeyDirectory, purpose: str, *, actor: Actor, now: datetime) -> str:
    """Add a key, which from now on signs, and record it; gives its id. The ones before go on verifying.

    Servers that run use it at once, so nothing should follow in the transaction.
    """
    key_id = keys.add(purpose, now)
    try:
        append(conn, KeyRotated(actor=actor, details={"purpose": purpose, "key_id": key_id}), now=now)
    except BaseException:
        keys.delete(KnownKey(purpose=purpose, key_id=key_id, created_at=now))
        raise
    return key_id


def retire_key(conn: Connection, keys: KeyDirectory, key_id: str, *, actor: Actor, now: datetime) -> KnownKey:
    """Record that a key which has stopped signing is deleted, and delete it; gives what it was. Raises what
    :meth:`KeyDirectory.retirable` does."""
    key = keys.retirable(key_id)
    append(conn, KeyRetired(actor=actor, details={"purpose": key.purpose, "key_id": key_id}), now=now)
    keys.delete(key)
    return key


def tokens_on(conn: Connection, key: KnownKey, *, now: datetime) -> list[Token]:
    """The good tokens that ``key`` signed, newest first: those that were issued while it was the one that signs."""
    if key.purpose != "token":
        return []
    return good_tokens_issued(conn, key.created_at, key.stopped_at, now=now)
