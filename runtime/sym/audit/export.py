"""The exported log: JSON lines that can be verified offline, with nothing but the public key.

The first line is ``{"kind": "header", …}``, the last ``{"kind": "end", …}``. A full export has the chain between them:
each ``seal`` line is followed by the lines of its entries; entries no seal covers yet come last. An export of chosen
entries has ``entry`` lines with a ``proof`` each: where the entry stands in its seal, and the Merkle path to its root.
A seal's line comes before the first entry that needs it. Nothing here reads or writes files.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from sym.audit.chain import audit_path, canonical, parsed, root_of_path
from sym.audit.entry import timestamp
from sym.audit.seals import Check, EntryHead, Seal, own_problems, pruning_message
from sym.audit.verification import Finding, StoredEntry, StoredValue, Verifier, entry_problems

FORMAT = 1


@dataclass(frozen=True)
class Pruning:
    """The word of the audit key that the entries of the seals up to ``through`` were removed by intention."""

    through: int
    seal_hash: str
    signature: str
    key_id: str

    def problem(self, check: Check) -> str | None:
        """What is wrong with it, or None."""
        return check(self.key_id, self.signature, pruning_message(self.through, self.seal_hash))


class NotAnExport(Exception):
    """The text is no export of this program; the message says at which line."""


def line(kind: str, **values: Any) -> str:
    """One line of an export."""
    return json.dumps({"kind": kind, **values}, separators=(",", ":"), ensure_ascii=False) + "\n"


def header(*, now: datetime, full: bool, personal: bool, pruning: Pruning | None) -> str:
    """The first line. ``personal`` says whether personal values are in the export."""
    pruned = vars(pruning) if pruning else None
    return line("header", format=FORMAT, exported_at=timestamp(now), full=full, personal=personal, pruned=pruned)


def seal_line(seal: Seal) -> str:
    """The line of a seal, with the list of its entries."""
    values = {**vars(seal), "sealed_at": timestamp(seal.sealed_at), "leaves": [list(leaf) for leaf in seal.leaves]}
    return line("seal", **values)


def entry_line(entry: StoredEntry, *, personal: bool, seal: Seal | None = None) -> str:
    """The line of an entry; with the proof that it is in ``seal`` if that is given."""
    head = entry.head
    values: dict[str, Any] = {**{name: getattr(head, name) for name in EntryHead.__dataclass_fields__},
                              "recorded_at": timestamp(head.recorded_at)}  # fmt: skip
    values["document"] = parsed(entry.document)
    if personal:
        values["personal"] = [_value(item) for item in entry.personal]
    if seal is not None:
        values["proof"] = _proof(seal, head)
    return line("entry", **values)


def _value(item: StoredValue) -> dict[str, Any]:
    if item.erased:
        return {"path": item.path, "erased": True}
    return {"path": item.path, "salt": item.salt, "value": None if item.text is None else parsed(item.text)}


def _proof(seal: Seal, head: EntryHead) -> dict[str, Any] | None:
    index = next((at for at, (sequence, _) in enumerate(seal.leaves) if sequence == head.sequence), None)
    if index is None:
        return None
    return {"seal": seal.number, "index": index, "path": audit_path([leaf for _, leaf in seal.leaves], index)}


def proof_seal_line(seal: Seal) -> str:
    """The line of a seal without its list: enough for proofs."""
    return line("seal", **{**vars(seal), "sealed_at": timestamp(seal.sealed_at), "leaves": []})


def end_line(*, seals: int, entries: int) -> str:
    """The last line: how many seals and entries there were."""
    return line("end", seals=seals, entries=entries)


@dataclass
class Reader:
    """Verifies an export as it is read, in the memory of one seal. ``check`` checks signatures."""

    check: Check
    anchors: dict[int, str] = field(default_factory=dict)

    def verify(self, lines: Iterable[str]) -> tuple[Verifier, dict[str, Any]]:
        """What is wrong with the export, and its header. Raises NotAnExport for text that is none."""
        numbered = _documents(lines)
        first = next(numbered, None)
        if first is None or first[1].get("kind") != "header" or first[1].get("format") != FORMAT:
            raise NotAnExport("line 1: this is no export of the audit log")
        head = first[1]
        verifier = Verifier(self.check, anchors=self.anchors)
        self._believe_pruning(verifier, head.get("pruned"))
        whole = _Whole(verifier) if head.get("full") else _Chosen(verifier)
        end = None
        for number, document in numbered:
            if end is not None:
                raise NotAnExport(f"line {number}: there is something after the end")
            if document["kind"] == "end":
                end = document
                continue
            whole.take(number, document, withheld=not head.get("personal"))
        whole.finish(end)
        return verifier, head

    def _believe_pruning(self, verifier: Verifier, stored: Any) -> None:
        if stored is None:
            return
        try:
            pruning = Pruning(**stored)
            problem = pruning.problem(self.check)
        except TypeError:
            raise NotAnExport("line 1: what was pruned cannot be read") from None
        if problem:
            verifier.report(Finding(f"the record of what was pruned is not genuine: {problem}"))
        else:
            verifier.pruned_through = pruning.through


def _documents(lines: Iterable[str]) -> Iterator[tuple[int, dict[str, Any]]]:
    for number, text in enumerate(lines, 1):
        try:
            document = parsed(text)
        except (ValueError, RecursionError):
            raise NotAnExport(f"line {number}: this is no JSON") from None
        if not isinstance(document, dict) or document.get("kind") not in ("header", "seal", "entry", "end"):
            raise NotAnExport(f"line {number}: this is no line of an export of the audit log")
        yield number, document


@dataclass
class _Whole:
    verifier: Verifier
    seal: Seal | None = None
    entries: list[StoredEntry] = field(default_factory=list)
    left: int = 0

    def take(self, number: int, document: Mapping[str, Any], *, withheld: bool) -> None:
        if document["kind"] == "seal":
            self._close()
            self.seal, self.entries = read_seal(number, document), []
            # A removed entry must not make the next seal's look like the first unsealed one: its own sequence tells.
            self.left = len(self.seal.leaves) or self.seal.entry_count
            return
        entry = read_entry(number, document, withheld=withheld)
        if self.seal is not None and (len(self.entries) < self.left or entry.head.sequence <= self.seal.last_sequence):
            self.entries.append(entry)
            return
        self._close()
        self.verifier.unsealed_entry(entry)

    def _close(self) -> None:
        if self.seal is not None:
            self.verifier.seal(self.seal, self.entries)
        self.seal = None

    def finish(self, end: Mapping[str, Any] | None) -> None:
        self._close()
        counted = self.verifier.sealed + self.verifier.unsealed
        if end is None or end.get("entries") != counted:
            self.verifier.report(
                Finding("the export was cut off or shortened: its last line is missing or does not fit")
            )
        self.verifier.finish(end.get("seals") if end else None)


@dataclass
class _Chosen:
    verifier: Verifier
    seals: dict[int, Seal] = field(default_factory=dict)

    def take(self, number: int, document: Mapping[str, Any], *, withheld: bool) -> None:
        verifier = self.verifier
        if document["kind"] == "seal":
            seal = read_seal(number, document)
            for problem in own_problems(seal, verifier.check):
                verifier.report(Finding(problem, seal=seal.number))
            if verifier.anchors.get(seal.number) not in (None, seal.seal_hash):
                verifier.report(Finding("its hash is not the one that was anchored", seal=seal.number))
            self.seals[seal.number] = seal
            verifier.seals += 1
            return
        entry, proof = read_entry(number, document, withheld=withheld), document.get("proof")
        problems = entry_problems(entry)
        if proof is None:
            verifier.unsealed += 1
        else:
            verifier.sealed += 1
            if not self._proven(entry, proof):
                problems.append("it is not in the seal it names")
        for problem in problems:
            verifier.report(Finding(problem, entry.head.sequence, entry.head.id))

    def _proven(self, entry: StoredEntry, proof: Any) -> bool:
        try:
            seal = self.seals[proof["seal"]]
            root = root_of_path(entry.head.leaf(), proof["index"], seal.entry_count, proof["path"])
        except (KeyError, TypeError, ValueError):
            return False
        return root == seal.merkle_root

    def finish(self, end: Mapping[str, Any] | None) -> None:
        if end is None or end.get("entries") != self.verifier.sealed + self.verifier.unsealed:
            self.verifier.report(
                Finding("the export was cut off or shortened: its last line is missing or does not fit")
            )


def read_seal(number: int, document: Mapping[str, Any]) -> Seal:
    """The seal of a line. Raises NotAnExport."""
    try:
        values = {name: document[name] for name in Seal.__dataclass_fields__}
        values["sealed_at"] = _moment(values["sealed_at"])
        values["leaves"] = tuple((int(sequence), str(leaf)) for sequence, leaf in values["leaves"])
        return Seal(**values)
    except (KeyError, TypeError, ValueError):
        raise NotAnExport(f"line {number}: this seal cannot be read") from None


def read_entry(number: int, document: Mapping[str, Any], *, withheld: bool) -> StoredEntry:
    """The entry of a line. Raises NotAnExport."""
    try:
        values = {name: document[name] for name in EntryHead.__dataclass_fields__}
        values["recorded_at"] = _moment(values["recorded_at"])
        personal = [] if withheld else [_stored(item) for item in document["personal"]]
        text = canonical(document["document"]).decode()
        return StoredEntry(head=EntryHead(**values), document=text, personal=personal, withheld=withheld)
    except (KeyError, TypeError, ValueError):
        raise NotAnExport(f"line {number}: this entry cannot be read") from None


def _stored(item: Mapping[str, Any]) -> StoredValue:
    if item.get("erased") is True:
        return StoredValue(item["path"], None, None, True)
    return StoredValue(item["path"], item["salt"], canonical(item["value"]).decode(), False)


def _moment(text: str) -> datetime:
    moment = datetime.fromisoformat(text)
    if moment.tzinfo is None:
        raise ValueError("no time zone")
    return moment
