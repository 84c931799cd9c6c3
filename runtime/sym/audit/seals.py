"""Seals: batches of entries, each linked to the one before and signed, so that the log is one chain.

A seal lists its entries with their leaves, so that whoever verifies can name the entry that was changed, removed or
added. The list is bound by the Merkle root, the root by the seal's hash, the hash by the signature and the next seal.
Nothing here reads or writes; who signs and checks is passed in.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from sym.audit.chain import canonical, merkle_root
from sym.audit.entry import timestamp

FIRST_PREVIOUS_HASH = "0" * 64
"""The ``previous_hash`` of the first seal of a chain."""

Sign = Callable[[bytes], tuple[str, str]]
"""Signs a message; gives the signature, in hex, and the id of the key."""

Check = Callable[[str, str, bytes], str | None]
"""Checks a signature (in hex) of the key with that id over a message; gives what is wrong with it, or None."""


@dataclass(frozen=True, kw_only=True, slots=True)
class EntryHead:
    """What a seal binds of an entry: everything that is stored of it beside its personal values."""

    sequence: int
    id: str
    name: str
    run_id: str | None
    event_id: str | None
    recorded_at: datetime
    entry_hash: str

    def leaf(self) -> str:
        """SHA-256, in hex, over the entry's place, columns and document hash."""
        values = [self.sequence, self.id, self.name, self.run_id, self.event_id, timestamp(self.recorded_at)]
        return hashlib.sha256(b"leaf\x00" + canonical([*values, self.entry_hash])).hexdigest()


@dataclass(frozen=True, kw_only=True)
class Seal:
    """One seal. ``number`` counts from 1; ``leaves`` are ``(sequence, leaf)`` of its entries by sequence, empty once
    they are pruned; ``signature`` is that of :func:`message` by the key ``key_id``."""

    number: int
    previous_hash: str
    merkle_root: str
    first_sequence: int
    last_sequence: int
    entry_count: int
    sealed_at: datetime
    leaves: tuple[tuple[int, str], ...]
    seal_hash: str = ""
    signature: str = ""
    key_id: str = ""

    def expected_hash(self) -> str:
        """The hash that a seal with these values has."""
        bound: dict[str, Any] = {
            "number": self.number,
            "previous_hash": self.previous_hash,
            "merkle_root": self.merkle_root,
            "first": self.first_sequence,
            "last": self.last_sequence,
            "count": self.entry_count,
            "sealed_at": timestamp(self.sealed_at),
        }
        return hashlib.sha256(b"seal\x00" + canonical(bound)).hexdigest()

    def message(self) -> bytes:
        """What is signed."""
        return b"sym audit seal\x00" + self.seal_hash.encode()


def make_seal(previous: Seal | None, entries: Sequence[EntryHead], *, sign: Sign, now: datetime) -> Seal:
    """The seal over ``entries``, of which there must be at least one, that follows ``previous``."""
    leaves = tuple((entry.sequence, entry.leaf()) for entry in sorted(entries, key=lambda entry: entry.sequence))
    unsigned = Seal(
        number=previous.number + 1 if previous else 1,
        previous_hash=previous.seal_hash if previous else FIRST_PREVIOUS_HASH,
        merkle_root=merkle_root([leaf for _, leaf in leaves]),
        first_sequence=leaves[0][0],
        last_sequence=leaves[-1][0],
        entry_count=len(leaves),
        sealed_at=now,
        leaves=leaves,
    )
    hashed = replace(unsigned, seal_hash=unsigned.expected_hash())
    signature, key_id = sign(hashed.message())
    return replace(hashed, signature=signature, key_id=key_id)


def seal_problems(seal: Seal, previous: Seal | None, check: Check) -> list[str]:
    """What is wrong with a seal by itself and after ``previous``, the one stored before it, in words."""
    number, previous_hash = (previous.number, previous.seal_hash) if previous else (0, FIRST_PREVIOUS_HASH)
    problems = []
    if seal.number != number + 1:
        problems.append(f"seal {number + 1} is missing")
    elif seal.previous_hash != previous_hash:
        problems.append("it does not continue the seal before it")
    return problems + own_problems(seal, check)


def own_problems(seal: Seal, check: Check) -> list[str]:
    """What is wrong with a seal by itself, whatever comes before it."""
    if seal.expected_hash() != seal.seal_hash:
        return ["it was changed: it does not have its hash"]
    if problem := check(seal.key_id, seal.signature, seal.message()):
        return [problem]
    if seal.leaves and not _leaves_fit(seal):
        return ["its list of entries was changed"]
    return []


def _leaves_fit(seal: Seal) -> bool:
    try:
        return (
            len(seal.leaves) == seal.entry_count and merkle_root([leaf for _, leaf in seal.leaves]) == seal.merkle_root
        )
    except ValueError:
        return False


def pruning_message(through: int, seal_hash: str) -> bytes:
    """What is signed when the entries of the seals up to ``through``, whose hash is ``seal_hash``, are removed."""
    return b"sym audit pruned\x00" + canonical([through, seal_hash])
