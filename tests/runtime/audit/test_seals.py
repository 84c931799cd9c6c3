"""One seal after the other."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

import pytest

from sym.audit.seals import FIRST_PREVIOUS_HASH, EntryHead, make_seal, own_problems, seal_problems
from tests.runtime.audit.conftest import Log, check, sign_with


def head(now: datetime, **changes: Any) -> EntryHead:
    values: dict[str, Any] = {"sequence": 7, "id": "i", "name": "run.approved", "run_id": "r", "event_id": "e",
                              "recorded_at": now, "entry_hash": "ab" * 32}  # fmt: skip
    return EntryHead(**{**values, **changes})


@pytest.mark.parametrize(
    "change",
    [
        {"sequence": 8},
        {"id": "j"},
        {"name": "run.denied"},
        {"run_id": None},
        {"event_id": "r"},
        {"entry_hash": "cd" * 32},
    ],
)
def test_a_leaf_binds_everything_that_is_stored_of_an_entry(now: datetime, change: dict[str, Any]) -> None:
    assert head(now, **change).leaf() != head(now).leaf()
    assert head(now + timedelta(microseconds=1)).leaf() != head(now).leaf()


def test_seals_are_linked_numbered_and_ordered(now: datetime) -> None:
    first = make_seal(None, [head(now, sequence=9), head(now, sequence=4)], sign=sign_with(b"good"), now=now)
    second = make_seal(first, [head(now, sequence=5)], sign=sign_with(b"good"), now=now)
    assert (first.number, first.previous_hash) == (1, FIRST_PREVIOUS_HASH)
    assert (second.number, second.previous_hash) == (2, first.seal_hash)
    assert [sequence for sequence, _ in first.leaves] == [4, 9]
    assert (first.first_sequence, first.last_sequence, first.entry_count) == (4, 9, 2)
    assert seal_problems(first, None, check) == seal_problems(second, first, check) == []


def test_a_seal_needs_an_entry(now: datetime) -> None:
    with pytest.raises((ValueError, IndexError)):
        make_seal(None, [], sign=sign_with(b"good"), now=now)


@pytest.mark.parametrize(
    "change",
    [
        {"number": 3}, {"previous_hash": "11" * 32}, {"merkle_root": "11" * 32}, {"first_sequence": 0},
        {"last_sequence": 99}, {"entry_count": 5}, {"sealed_at": datetime.fromisoformat("2020-01-01T00:00:00+00:00")},
        {"leaves": ((1, "00" * 32),)}, {"seal_hash": "22" * 32}, {"signature": "00"}, {"key_id": "other"},
    ],
)  # fmt: skip
def test_whatever_is_changed_of_a_seal_shows(log: Log, change: dict[str, Any]) -> None:
    seal = log.add(2).seals[0][0]
    assert own_problems(seal, check) == []
    assert own_problems(replace(seal, **change), check)
