"""The whole audit log: verified where it is kept or where it was exported to, and exported, in little memory."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import datetime

from sym.audit import export
from sym.audit.export import NotAnExport, Pruning, Reader
from sym.audit.seals import Check
from sym.audit.verification import Finding, Verifier
from sym.engine.anchors import anchors_at, known_hashes
from sym.errors import Invalid
from sym.store.audit import Filter
from sym.store.database import Store
from sym.store.pruning import last_pruning
from sym.store.seals import chosen_entries, entries_of_seals, get_seal, last_seal, next_seals, orphans, unsealed_entries

_PAGE = 2000


def verify_store(store: Store, check: Check, *, anchor: str | None = None) -> Verifier:
    """Verify everything the store has, against the anchors at ``anchor`` if that is given. Raises Unavailable if the
    store or the anchors cannot be read."""
    verifier = Verifier(check, anchors=known_hashes(anchors_at(anchor)) if anchor else {})
    with store.reading() as conn:
        pruning = last_pruning(conn)
    _believe(verifier, store, pruning)
    number = 0
    # A transaction for each batch: a long one would keep a busy store from tidying up.
    while batch := _next_batch(store, verifier, number):
        number = batch
    _rest(store, verifier, number)
    verifier.finish()
    return verifier


def _believe(verifier: Verifier, store: Store, pruning: Pruning | None) -> None:
    if pruning is None:
        return
    with store.reading() as conn:
        seal = get_seal(conn, pruning.through)
    problem = pruning.problem(verifier.check)
    if problem is None and (seal is None or seal.seal_hash != pruning.seal_hash):
        problem = f"seal {pruning.through} is not the one it names"
    if problem:
        verifier.report(Finding(f"the record of what was pruned is not genuine: {problem}"))
    else:
        verifier.pruned_through = pruning.through


def _next_batch(store: Store, verifier: Verifier, after: int) -> int:
    with store.reading() as conn:
        seals = next_seals(conn, after)
        entries = entries_of_seals(conn, seals)
    for seal in seals:
        verifier.seal(seal, entries.pop(seal.number, ()))
    for number, foreign in entries.items():
        for entry in foreign:
            verifier.report(Finding(f"it names seal {number}, which is not there", entry.head.sequence, entry.head.id))
    return seals[-1].number if seals else 0


def _rest(store: Store, verifier: Verifier, number: int) -> None:
    with store.reading() as conn:
        for entry in orphans(conn):
            verifier.report(Finding("it was sealed, and its seal is gone", entry.head.sequence, entry.head.id))
    sequence = 0
    while True:
        with store.reading() as conn:
            entries = unsealed_entries(conn, after_seal=number, after_sequence=sequence, limit=_PAGE)
        for entry in entries:
            verifier.unsealed_entry(entry)
        if not entries:
            return
        sequence = entries[-1].head.sequence


def verify_export(lines: Iterable[str], check: Check, *, anchor: str | None = None) -> tuple[Verifier, bool]:
    """Verify an exported log; what was found, and whether it is the whole log. Raises Invalid for text that is no
    export."""
    try:
        verifier, header = Reader(check, known_hashes(anchors_at(anchor)) if anchor else {}).verify(lines)
    except NotAnExport as error:
        raise Invalid(f"The export cannot be verified: {error}.",
                      hint="It must be the JSONL file that `symflow audit export` wrote.") from None  # fmt: skip
    return verifier, bool(header.get("full"))


def export_all(store: Store, *, personal: bool, now: datetime) -> Iterator[str]:
    """The lines of a full export: what is sealed and, last, what is not yet."""
    with store.reading() as conn:
        newest, pruning = last_seal(conn), last_pruning(conn)
    yield export.header(now=now, full=True, personal=personal, pruning=pruning)
    number, end, count, sequence = 0, newest.number if newest else 0, 0, 0
    while number < end:
        with store.reading() as conn:
            seals = [seal for seal in next_seals(conn, number) if seal.number <= end]
            entries = entries_of_seals(conn, seals)
        for seal in seals:
            yield export.seal_line(seal)
            yield from (export.entry_line(entry, personal=personal) for entry in entries[seal.number])
            count += len(entries[seal.number])
        number = seals[-1].number
    while True:
        with store.reading() as conn:
            rest = unsealed_entries(conn, after_seal=end, after_sequence=sequence, limit=_PAGE)
        yield from (export.entry_line(entry, personal=personal) for entry in rest)
        count += len(rest)
        if not rest:
            yield export.end_line(seals=end, entries=count)
            return
        sequence = rest[-1].head.sequence


def export_chosen(store: Store, only: Filter, *, personal: bool, now: datetime) -> Iterator[str]:
    """The lines of an export of what ``only`` lets through, each entry with the proof that it is in its seal."""
    yield export.header(now=now, full=False, personal=personal, pruning=None)
    told: set[int] = set()
    sequence, count = 0, 0
    while True:
        with store.reading() as conn:
            found = chosen_entries(conn, only, after_sequence=sequence, limit=_PAGE)
            numbers = {number for _, number in found if number is not None}
            seals = {number: seal for number in numbers if (seal := get_seal(conn, number))}
        for entry, number in found:
            seal = seals.get(number) if number is not None else None
            if seal is not None and seal.number not in told:
                told.add(seal.number)
                yield export.proof_seal_line(seal)
            yield export.entry_line(entry, personal=personal, seal=seal)
        count += len(found)
        if not found:
            yield export.end_line(seals=len(told), entries=count)
            return
        sequence = found[-1][0].head.sequence
