"""How fast a log is appended, sealed, exported and verified: ``python -m bench.audit [ENTRIES] [STORE_URL]``.

Verification is shown beside what it cannot be faster than: reading the same rows, and parsing and hashing the same
documents in memory.
"""

from __future__ import annotations

import hashlib
import json
import resource
import sys
import tempfile
import time
import uuid
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

import sqlalchemy as sa

from sym.audit import chain, classification
from sym.audit.events import Actor, EventView, RunApproved, RunView
from sym.engine.audit_keys import checking, signing
from sym.engine.audit_log import verify_store
from sym.engine.keys import KeyDirectory
from sym.store import tables
from sym.store.database import Store
from sym.store.seals import seal_next

BATCH = 5000
NOW = datetime(2026, 3, 14, tzinfo=UTC)


def document(number: int) -> tuple[dict[str, object], list[dict[str, object]]]:
    """The rows of an ordinary entry: an approval with a reason and a target."""
    entry_id, ada = str(uuid.UUID(int=number)), _person("ada")
    run = RunView(srn=f"acme:run:deploy:1.0.0:{entry_id}", flow="acme:flow:deploy:1.0.0",
                  actors={"request": _person("bob"), "approve": ada})  # fmt: skip
    event = EventView(id=entry_id, srn="sym:event-spec:approval:1.0.0:approve", type="approve",
                      template="sym:template:approval:1.0.0", timestamp=NOW, channel="slack")  # fmt: skip
    fields = {"reason": f"ticket {number}", "duration": 3600, "target": {"srn": "a:b:c:d", "settings": {"id": "prod"}}}
    approved = RunApproved(actor=ada, run=run, event=event, run_id=entry_id, event_id=entry_id, fields=fields)
    stored, personal = classification.split(approved.document(entry_id, NOW))
    row = {"id": entry_id, "name": approved.name, "run_id": entry_id, "event_id": entry_id, "recorded_at": NOW,
           "document": stored, "entry_hash": chain.entry_hash(stored)}  # fmt: skip
    return row, [{"entry_id": entry_id, "path": p.path, "salt": p.salt, "value": p.value} for p in personal]


def _person(name: str) -> Actor:
    return Actor(str(uuid.uuid5(uuid.NAMESPACE_DNS, name)), f"{name}@acme.example", name.title(),
                 {"service": "slack", "external_id": "T1", "user_id": name}, "acme")  # fmt: skip


def fill(store: Store, count: int) -> None:
    """Append ``count`` entries, many in a transaction."""
    for first in range(0, count, BATCH):
        made = [document(number) for number in range(first + 1, min(first + BATCH, count) + 1)]
        with store.transaction() as conn:
            conn.execute(tables.audit_entry.insert(), [row for row, _ in made])
            conn.execute(tables.audit_personal.insert(), [value for _, values in made for value in values])


def seal_all(store: Store, keys: KeyDirectory, size: int) -> None:
    """Seal everything, ``size`` entries at a time."""
    sealed = True
    while sealed:
        with store.transaction() as conn:
            sealed = seal_next(conn, sign=signing(keys), now=NOW, limit=size) is not None


def read_rows(store: Store) -> list[str]:
    """Read what verification reads and do nothing with it; gives the documents."""
    with store.reading() as conn:
        texts = sa.select(sa.cast(tables.audit_entry.c.document, sa.Text))
        documents = [text for (text,) in conn.execute(texts.execution_options(yield_per=BATCH))]
        values = sa.select(*tables.audit_personal.c).execution_options(yield_per=BATCH)
        for _ in conn.execute(values):
            pass
    return documents


def hash_all(documents: list[str]) -> None:
    """Parse, write and hash the documents, as anybody who verifies must."""
    for text in documents:
        value = json.loads(text)
        hashlib.sha256(
            json.dumps(value, sort_keys=True, separators=(",", ":"), ensure_ascii=False).encode()
        ).hexdigest()


def timed(what: str, count: int, work: Callable[[], object]) -> object:
    """Run and print the rate."""
    began = time.perf_counter()
    result = work()
    seconds = time.perf_counter() - began
    print(f"{what:<40}{seconds:>9.1f} s{count / seconds:>12,.0f} /s")
    return result


def run(url: str, count: int, folder: Path, *, size: int = 100) -> None:
    """Measure on the store at ``url``, which must be new, with seals of ``size`` entries."""
    store, keys = Store(url), KeyDirectory(folder / "keys")
    keys.create(NOW)
    store.migrate()
    print(f"{count:,} entries on {store.dialect}, {size} to a seal")
    timed("append (many to a transaction)", count, lambda: fill(store, count))
    timed("seal", count, lambda: seal_all(store, keys, size))
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    check = checking(keys.public_keys("audit"))
    verifier = timed("verify", count, lambda: verify_store(store, check))
    grown = (resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before) / 1024
    assert verifier.bad == 0  # type: ignore[attr-defined]
    assert verifier.sealed == count  # type: ignore[attr-defined]
    print(f"{'memory verification added':<40}{grown:>9.0f} MiB")
    documents = timed("read the rows and nothing else", count, lambda: read_rows(store))
    timed("parse and hash the documents in memory", count, lambda: hash_all(documents))  # type: ignore[arg-type]
    store.close()


def main() -> None:
    """Measure on a new SQLite file, or on the empty store that is named."""
    count = int(sys.argv[1]) if len(sys.argv) > 1 else 1_000_000
    with tempfile.TemporaryDirectory() as name:
        url = sys.argv[2] if len(sys.argv) > 2 else f"sqlite:///{name}/store.db"
        run(url, count, Path(name))


if __name__ == "__main__":
    main()
