"""The change stream."""

from __future__ import annotations

import threading

import pytest

from sym.simulator.changes import KEPT, Changes


def test_changes_are_numbered_and_those_missed_are_told() -> None:
    changes = Changes()
    for ts in ("1", "2", "3"):
        changes.add("message.posted", channel="C1", ts=ts)
    assert [change.ts for change in changes.after(1) or []] == ["2", "3"]
    assert changes.after(3) == []
    assert changes.after(4) is None, "a number from before a restart"
    for _ in range(KEPT):
        changes.add("log")
    assert changes.after(2) is None
    assert len(changes.after(3) or []) == KEPT


def test_waiting_ends_when_it_is_true() -> None:
    changes, seen = Changes(), list[str]()
    later = threading.Timer(0.05, lambda: (seen.append("x"), changes.add("log")))
    later.start()
    assert changes.wait_for(lambda: seen, 10) == ["x"]
    later.join()
    with pytest.raises(TimeoutError):
        changes.wait_for(lambda: False, 0.01)


def test_listeners_hear_until_they_have_had_enough() -> None:
    changes, heard = Changes(), list[int]()
    end = changes.listen(lambda: heard.append(1))
    changes.add("log")
    end()
    changes.add("log")
    assert heard == [1]
