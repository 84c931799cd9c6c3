"""Verification of a whole log, entry by entry, in the memory of one seal: what was changed, removed, added or moved.

Pure: seals and their entries are handed in, in the order of the chain, from wherever they are kept.
"""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from sym.audit.chain import WRONG_HASH, canonical_parsed, parsed, placeholders
from sym.audit.seals import Check, EntryHead, Seal, seal_problems

_LONGEST_LIST = 1000


@dataclass(frozen=True, slots=True)
class StoredValue:
    """One personal value as it is stored: ``text`` is its JSON. Of an erased one salt and text are gone."""

    path: str
    salt: str | None
    text: str | None
    erased: bool


@dataclass(frozen=True, kw_only=True, slots=True)
class StoredEntry:
    """One entry as it is stored: its head, its document as JSON text, and its personal values. ``withheld``: they were
    not handed over, so that nothing can be said of them."""

    head: EntryHead
    document: str
    personal: Sequence[StoredValue] = ()
    withheld: bool = False


@dataclass(frozen=True)
class Finding:
    """Something wrong. ``sequence`` is the number of the entry, ``entry_id`` its id, ``seal`` the seal's number; each
    None where it is not known."""

    problem: str
    sequence: int | None = None
    entry_id: str | None = None
    seal: int | None = None

    def __str__(self) -> str:
        entry = f"entry {self.sequence}" if self.sequence is not None else ""
        named = f"{entry} ({self.entry_id})" if self.entry_id else entry
        sealed = f"seal {self.seal}" if self.seal is not None else ""
        return f"{', '.join(part for part in (sealed, named) if part) or 'the log'}: {self.problem}"


@dataclass
class Verifier:
    """Takes seals in the order of the chain, each with its entries by sequence, and keeps what is wrong.

    ``check`` checks signatures. Entries of the seals up to ``pruned_through`` may be gone. ``anchors`` are hashes of
    seals by number, as they were written down elsewhere.
    """

    check: Check
    pruned_through: int = 0
    anchors: dict[int, str] = field(default_factory=dict)
    findings: list[Finding] = field(default_factory=list)
    bad: int = 0
    seals: int = 0
    sealed: int = 0
    unsealed: int = 0
    pruned: int = 0
    last: Seal | None = None

    def seal(self, seal: Seal, entries: Sequence[StoredEntry]) -> None:
        """Check the next seal with its entries."""
        for problem in seal_problems(seal, self.last, self.check):
            self._found(problem, seal=seal.number)
        if (anchored := self.anchors.get(seal.number)) not in (None, seal.seal_hash):
            self._found(f"its hash is not the one that was anchored ({anchored})", seal=seal.number)
        self.seals, self.last = self.seals + 1, seal
        if not entries and not seal.leaves and seal.number <= self.pruned_through:
            self.pruned += seal.entry_count
            return
        self.sealed += len(entries)
        self._members(seal, entries)

    def unsealed_entry(self, entry: StoredEntry) -> None:
        """Check an entry that no seal covers yet."""
        self.unsealed += 1
        for problem in entry_problems(entry):
            self._found(problem, entry.head)

    def finish(self, sequences: int | None = None) -> None:
        """Say that this was all. ``sequences`` is the number of seals that whoever handed them over promised."""
        number = self.last.number if self.last else 0
        if sequences is not None and sequences != number:
            self._found(f"it should end with seal {sequences} and ends with seal {number}")
        beyond = [anchored for anchored in self.anchors if anchored > number]
        if beyond:
            cut = "the end was cut off, or this is an older copy"
            self._found(f"the log ends before it, but seal {max(beyond)} was anchored: {cut}", seal=number + 1)

    def _members(self, seal: Seal, entries: Sequence[StoredEntry]) -> None:
        if not seal.leaves:
            self._found("its list of entries is missing", seal=seal.number)
        leaves, seen = dict(seal.leaves), set()
        for entry in entries:
            sequence = entry.head.sequence
            problems = entry_problems(entry)
            if leaves and sequence not in leaves:
                problems = ["it was added: the seal does not know it", *problems]
            elif leaves and leaves[sequence] != entry.head.leaf():
                problems = problems or ["it was changed: it is not the entry that was sealed here"]
            seen.add(sequence)
            for problem in problems:
                self._found(problem, entry.head, seal=seal.number)
        for sequence in leaves.keys() - seen:
            self._found("it was removed", sequence=sequence, seal=seal.number)

    def _found(self, problem: str, head: EntryHead | None = None, *, sequence: int | None = None,
               seal: int | None = None) -> None:  # fmt: skip
        number, entry_id = (head.sequence, head.id) if head else (sequence, None)
        self.report(Finding(problem, number, entry_id, seal))

    def report(self, finding: Finding) -> None:
        """Keep something that is wrong."""
        self.bad += 1
        if len(self.findings) < _LONGEST_LIST:
            self.findings.append(finding)

    @property
    def first(self) -> Finding | None:
        """The first thing that is wrong: of the first seal that has any, the entry with the lowest number."""
        if not self.findings:
            return None
        lowest = min(found.seal or 1 << 62 for found in self.findings)
        of_seal = [found for found in self.findings if (found.seal or 1 << 62) == lowest]
        return min(of_seal, key=lambda found: 1 << 62 if found.sequence is None else found.sequence)


def entry_problems(entry: StoredEntry) -> list[str]:
    """What is wrong with an entry by itself, in words; nothing if it is as it was written."""
    try:
        document = parsed(entry.document)
        canonical = canonical_parsed(document)
    except (ValueError, RecursionError):
        return ["the entry's document is no JSON"]
    problems = []
    if hashlib.sha256(b"entry\x00" + canonical).hexdigest() != entry.head.entry_hash:
        problems.append(WRONG_HASH)
    if entry.withheld:
        return problems
    return problems + _personal_problems(document, entry.personal)


def _personal_problems(document: Any, personal: Sequence[StoredValue]) -> list[str]:
    expected, problems = placeholders(document), []
    for item in personal:
        commitment = expected.pop(item.path, None)  # what is left over has lost its value
        if commitment is None:
            problems.append(f"{item.path}: the entry has no commitment here")
        elif not item.erased and _commitment(item) != commitment:
            problems.append(f"{item.path}: the value is not the one that was committed to")
    return problems + [f"{path}: the value is gone without having been erased" for path in expected]


def _commitment(item: StoredValue) -> str | None:
    if item.salt is None or item.text is None:
        return None
    text = item.text
    if text[:1] == '"' and text.isascii() and "\\" not in text and "\x7f" not in text:
        value = text.encode()  # plain text is canonical as it is
    else:
        try:
            value = canonical_parsed(parsed(text))
        except (ValueError, RecursionError):
            return None
    salt = f'"{item.salt}"'.encode() if item.salt.isascii() and item.salt.isalnum() else canonical_parsed(item.salt)
    return hashlib.sha256(b"personal\x00[" + salt + b"," + value + b"]").hexdigest()
