"""A log in memory, sealed with a key of its own."""

from __future__ import annotations

import hashlib
import json
import uuid
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime

import pytest

from sym.audit import chain, classification
from sym.audit.administration import UserCreated
from sym.audit.events import Actor
from sym.audit.seals import EntryHead, Seal, make_seal
from sym.audit.verification import StoredEntry, StoredValue, Verifier


def sign_with(secret: bytes) -> Callable[[bytes], tuple[str, str]]:
    return lambda message: (hashlib.sha256(secret + message).hexdigest(), secret.decode())


def check(key: str, signature: str, message: bytes) -> str | None:
    """A stand-in for Ed25519: who knows the key's name can sign, which a test may do and nobody else."""
    if key != "good":
        return "it is signed with a key that is not known"
    return None if signature == sign_with(b"good")(message)[0] else "its signature is not that of the audit key"


@dataclass
class Log:
    """Seals with their entries."""

    now: datetime
    seals: list[tuple[Seal, list[StoredEntry]]] = field(default_factory=list)
    sequence: int = 0

    def entry(self, **details: object) -> StoredEntry:
        self.sequence += 1
        entry_id = str(uuid.UUID(int=self.sequence))
        event = UserCreated(
            actor=Actor("u1", "ada", "Ada"), details={"id": "u2", "email": "bob@acme.example", **details}
        )
        document, personal = classification.split(event.document(entry_id, self.now))
        head = EntryHead(sequence=self.sequence, id=entry_id, name=event.name, run_id=None, event_id=None,
                         recorded_at=self.now, entry_hash=chain.entry_hash(document))  # fmt: skip
        values = [StoredValue(item.path, item.salt, json.dumps(item.value), False) for item in personal]
        return StoredEntry(head=head, document=json.dumps(document), personal=values)

    def add(self, *sizes: int, secret: bytes = b"good") -> Log:
        for size in sizes:
            entries = [self.entry() for _ in range(size)]
            previous = self.seals[-1][0] if self.seals else None
            seal = make_seal(previous, [entry.head for entry in entries], sign=sign_with(secret), now=self.now)
            self.seals.append((seal, entries))
        return self

    def verify(self, **more: object) -> Verifier:
        verifier = Verifier(check, **more)  # type: ignore[arg-type]
        for seal, entries in self.seals:
            verifier.seal(seal, entries)
        verifier.finish()
        return verifier


@pytest.fixture
def log(now: datetime) -> Log:
    return Log(now)
