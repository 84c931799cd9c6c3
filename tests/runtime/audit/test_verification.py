"""A whole log: whatever is done to it shows, at the entry it was done to."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sym.audit import chain
from sym.audit.chain import WRONG_HASH
from sym.audit.verification import Finding, StoredValue, entry_problems
from tests.runtime.audit.conftest import Log

NOW = datetime.fromisoformat("2026-03-14T15:09:26.535897+00:00")


def test_a_log_as_it_was_written_is_good(log: Log) -> None:
    verifier = log.add(1, 3, 2).verify()
    assert (verifier.bad, verifier.seals, verifier.sealed, verifier.first) == (0, 3, 6, None)


def test_an_edited_document_shows_at_its_entry(log: Log) -> None:
    log.add(2, 3)
    victim = log.seals[1][1][1]
    document = json.loads(victim.document)
    document["state"]["status"] = "ignored"
    log.seals[1][1][1] = replace(victim, document=json.dumps(document))
    assert log.verify().findings == [Finding(WRONG_HASH, 4, victim.head.id, 2)]
    # Also when its hash was made to fit: the seal knows the old one.
    log.seals[1][1][1] = replace(victim, document=json.dumps(document),
                                 head=replace(victim.head, entry_hash=chain.entry_hash(document)))  # fmt: skip
    (found,) = log.verify().findings
    assert (found.sequence, found.seal) == (4, 2)
    assert "not the entry that was sealed" in found.problem


def test_a_document_that_is_no_json_shows(log: Log) -> None:
    entry = log.entry()
    for text in ("{", "NaN", "[" * 100_000, '{"a": "\\ud800"}'):
        assert entry_problems(replace(entry, document=text)), text[:20]


@pytest.mark.parametrize(
    "value",
    [
        StoredValue("/fields/user/email", "00", '"bob@acme.example"', False),
        StoredValue("/fields/user/email", None, '"bob@acme.example"', False),
        StoredValue("/fields/user/email", "00", None, False),
        StoredValue("/fields/user/email", "00", "{", False),
        StoredValue("/fields/user/id", None, None, True),
    ],
)
def test_a_personal_value_that_was_changed_shows(log: Log, value: StoredValue) -> None:
    entry = log.entry()
    others = [item for item in entry.personal if item.path != "/fields/user/email"]
    assert entry_problems(replace(entry, personal=[*others, value]))


def test_a_personal_value_may_be_erased_and_not_just_gone(log: Log) -> None:
    entry = log.entry()
    first, *others = entry.personal
    assert entry_problems(replace(entry, personal=[StoredValue(first.path, None, None, True), *others])) == []
    (problem,) = entry_problems(replace(entry, personal=others))
    assert problem == f"{first.path}: the value is gone without having been erased"
    assert entry_problems(replace(entry, personal=[], withheld=True)) == []


@given(st.text(), st.booleans())
def test_any_text_has_the_commitment_it_was_written_with(text: str, ascii_only: bool) -> None:
    entry = Log(NOW).entry(email=text)
    written = [replace(item, text=json.dumps(json.loads(item.text or ""), ensure_ascii=ascii_only))
               for item in entry.personal]  # fmt: skip
    assert entry_problems(replace(entry, personal=written)) == []


def test_removed_added_and_swapped_entries_are_named(log: Log) -> None:
    log.add(2, 3, 1)
    removed = log.seals[1][1].pop(1)
    assert log.verify().findings == [Finding("it was removed", removed.head.sequence, None, 2)]
    log.seals[1][1].insert(1, removed)
    added = log.entry()
    log.seals[0][1].append(added)
    assert log.verify().findings == [Finding("it was added: the seal does not know it", 7, added.head.id, 1)]
    log.seals[0][1].pop()
    one, two = log.seals[1][1][:2]
    log.seals[1][1][:2] = [replace(two, head=replace(two.head, sequence=one.head.sequence)),
                           replace(one, head=replace(one.head, sequence=two.head.sequence))]  # fmt: skip
    assert [found.sequence for found in log.verify().findings] == [3, 4]


def test_a_removed_first_last_or_swapped_seal_shows(log: Log) -> None:
    log.add(1, 1, 1, 1)
    whole = list(log.seals)
    anchors = {seal.number: seal.seal_hash for seal, _ in whole}
    log.seals = whole[1:]
    assert str(log.verify().first) == "seal 2: seal 1 is missing"
    log.seals = [whole[0], whole[2], whole[3]]
    assert str(log.verify().first) == "seal 3: seal 2 is missing"
    log.seals = [whole[0], whole[2], whole[1], whole[3]]
    assert log.verify().bad
    log.seals = whole[:3]
    assert log.verify().bad == 0  # nothing in the log can say so; anchors can
    assert "seal 4 was anchored" in str(log.verify(anchors=anchors).first)


def test_a_log_that_was_made_anew_with_another_key_shows_from_its_first_seal(log: Log) -> None:
    forged = Log(log.now).add(2, 2, secret=b"evil").verify()
    assert (forged.bad, str(forged.first)) == (2, "seal 1: it is signed with a key that is not known")


def test_a_log_that_was_made_anew_with_the_stolen_key_shows_by_its_anchors(log: Log) -> None:
    anchors = {seal.number: seal.seal_hash for seal, _ in log.add(2, 2).seals}
    forged = Log(log.now).add(1, 3)
    assert forged.verify().bad == 0
    assert "not the one that was anchored" in str(forged.verify(anchors=anchors).first)


def test_only_what_was_pruned_by_intention_may_be_gone(log: Log) -> None:
    log.add(2, 2, 2)
    log.seals[0] = (replace(log.seals[0][0], leaves=()), [])
    assert log.verify(pruned_through=1).bad == 0
    assert log.verify(pruned_through=1).pruned == 2
    assert log.verify().bad == 1
    log.seals[1] = (replace(log.seals[1][0], leaves=()), [])
    assert log.verify(pruned_through=1).bad == 1


def test_a_changed_list_of_entries_shows_though_every_entry_is_there(log: Log) -> None:
    seal, entries = log.add(2).seals[0]
    log.seals[0] = (replace(seal, leaves=seal.leaves[:1]), entries)
    assert "its list of entries was changed" in [found.problem for found in log.verify().findings]
    assert (log.verify().first or Finding("")).sequence == 2


@given(st.lists(st.integers(1, 5), min_size=1, max_size=5), st.data())
def test_any_single_change_of_any_entry_is_found_and_named(sizes: list[int], data: st.DataObject) -> None:
    log = Log(NOW).add(*sizes)
    seal_at = data.draw(st.integers(0, len(sizes) - 1))
    entry_at = data.draw(st.integers(0, sizes[seal_at] - 1))
    entries = log.seals[seal_at][1]
    victim = entries[entry_at]
    change = data.draw(st.sampled_from(["remove", "name", "run", "hash", "document", "time", "value"]))
    if change == "remove":
        del entries[entry_at]
    elif change == "document":
        entries[entry_at] = replace(victim, document=victim.document.replace("normal", "robots"))
    elif change == "value":
        entries[entry_at] = replace(victim, personal=victim.personal[1:])
    else:
        changed = {"name": {"name": "x"}, "run": {"run_id": "x"}, "hash": {"entry_hash": "00" * 32},
                   "time": {"recorded_at": victim.head.recorded_at.replace(year=2020)}}[change]  # fmt: skip
        entries[entry_at] = replace(victim, head=replace(victim.head, **changed))
    first = log.verify().first
    assert first is not None
    assert (first.seal, first.sequence) == (seal_at + 1, victim.head.sequence)
