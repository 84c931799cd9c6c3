"""Exports: what is written is read again, and what was done to the file shows."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import datetime

import pytest

from sym.audit import export
from sym.audit.export import NotAnExport, Pruning, Reader
from sym.audit.seals import pruning_message
from sym.audit.verification import Verifier
from tests.runtime.audit.conftest import Log, check, sign_with


def full(log: Log, *, personal: bool = True, pruning: Pruning | None = None, unsealed: int = 0) -> list[str]:
    lines = [export.header(now=log.now, full=True, personal=personal, pruning=pruning)]
    count = unsealed
    for seal, entries in log.seals:
        lines += [export.seal_line(seal), *(export.entry_line(entry, personal=personal) for entry in entries)]
        count += len(entries)
    lines += [export.entry_line(log.entry(), personal=personal) for _ in range(unsealed)]
    return [*lines, export.end_line(seals=len(log.seals), entries=count)]


def chosen(log: Log, *sequences: int) -> list[str]:
    lines = [export.header(now=log.now, full=False, personal=True, pruning=None)]
    for seal, entries in log.seals:
        lines.append(export.proof_seal_line(seal))
        lines += [export.entry_line(entry, personal=True, seal=seal) for entry in entries
                  if entry.head.sequence in sequences]  # fmt: skip
    return [*lines, export.end_line(seals=len(log.seals), entries=len(sequences))]


def verify(lines: list[str], **more: dict[int, str]) -> Verifier:
    return Reader(check, **more).verify(lines)[0]


@pytest.mark.parametrize("personal", [True, False])
def test_a_full_export_verifies_with_and_without_personal_values(log: Log, personal: bool) -> None:
    lines = full(log.add(1, 3, 2), personal=personal, unsealed=2)
    verifier = verify(lines)
    assert (verifier.bad, verifier.seals, verifier.sealed, verifier.unsealed) == (0, 3, 6, 2)
    assert ("bob@acme.example" in "".join(lines)) is personal


def test_an_empty_log_verifies(log: Log) -> None:
    assert verify(full(log)).bad == 0


@pytest.mark.parametrize("gone", range(1, 8))
def test_a_line_that_is_missing_shows(log: Log, gone: int) -> None:
    lines = full(log.add(2, 1, 1))
    assert len(lines) == 9
    del lines[gone]
    assert verify(lines).bad


def test_a_cut_export_shows(log: Log) -> None:
    lines = full(log.add(2, 1))
    for length in range(1, len(lines)):
        assert verify(lines[:length]).bad, length


def test_a_changed_value_shows_at_its_entry(log: Log) -> None:
    lines = full(log.add(2, 1))
    lines[3] = lines[3].replace("bob@acme.example", "eve@acme.example")
    assert (verify(lines).first or None) is not None
    assert "entry 2" in str(verify(lines).first)


def test_the_removal_of_an_entry_is_named_though_the_next_seal_follows(log: Log) -> None:
    lines = full(log.add(2, 2))
    del lines[3]
    assert str(verify(lines).first).startswith("seal 1, entry 2: it was removed")


def test_chosen_entries_are_proven_to_be_in_their_seals(log: Log) -> None:
    log.add(3, 5)
    lines = chosen(log, 2, 4, 8)
    verifier = verify(lines)
    assert (verifier.bad, verifier.sealed) == (0, 3)
    assert verify(lines, anchors={1: log.seals[0][0].seal_hash}).bad == 0
    assert verify(lines, anchors={1: "00"}).bad == 1


@pytest.mark.parametrize("what", ["name", "document", "proof", "seal", "signature", "cut"])
def test_a_chosen_entry_that_was_changed_shows(log: Log, what: str) -> None:
    lines = [json.loads(line) for line in chosen(log.add(3), 2)]
    _, seal, entry, _ = lines
    if what == "name":
        entry["name"] = "run.denied"
    elif what == "document":
        entry["document"]["type"] = "x"
    elif what == "proof":
        entry["proof"]["index"] = 0
    elif what == "seal":
        seal["merkle_root"] = "00" * 32
    elif what == "signature":
        seal["signature"] = "00"
    else:
        del lines[2]
    assert verify([json.dumps(line) for line in lines]).bad


def test_pruned_entries_need_the_word_of_the_key(log: Log) -> None:
    seal = log.add(2, 2).seals[0][0]
    log.seals[0] = (replace(seal, leaves=()), [])
    signature, key_id = sign_with(b"good")(pruning_message(1, seal.seal_hash))
    assert verify(full(log, pruning=Pruning(1, seal.seal_hash, signature, key_id))).bad == 0
    assert verify(full(log, pruning=Pruning(1, seal.seal_hash, "00", key_id))).bad
    assert verify(full(log)).bad


@pytest.mark.parametrize(
    ("change", "place"),
    [
        (lambda lines: [], "line 1"),
        (lambda lines: ["hello\n"], "line 1"),
        (lambda lines: lines[1:], "line 1"),
        (lambda lines: [*lines, lines[1]], "line 5"),
        (lambda lines: [*lines[:1], '{"kind": "seal"}\n', *lines[2:]], "line 2"),
        (lambda lines: [*lines[:2], '{"kind": "entry"}\n', *lines[3:]], "line 3"),
        (lambda lines: [*lines[:2], "[]\n", *lines[3:]], "line 3"),
        (lambda lines: [lines[0].replace('"pruned":null', '"pruned":{"x":1}'), *lines[1:]], "line 1"),
    ],
)
def test_what_is_no_export_is_refused_with_the_line(log: Log, change, place: str) -> None:  # type: ignore[no-untyped-def]
    with pytest.raises(NotAnExport, match=place):
        verify(change(full(log.add(1))))


def test_times_keep_their_zone(log: Log, now: datetime) -> None:
    seal = log.add(1).seals[0][0]
    assert export.read_seal(1, json.loads(export.seal_line(seal))) == seal
    with pytest.raises(NotAnExport):
        export.read_seal(1, {**json.loads(export.seal_line(seal)), "sealed_at": now.replace(tzinfo=None).isoformat()})
