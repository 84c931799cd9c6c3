"""Users of their own."""

from __future__ import annotations

import os
import pwd

import pytest

from sym.engine.sandbox import identity


def test_no_two_living_calls_have_the_same_user_and_none_is_somebody_s() -> None:
    users = identity.Users()
    given = []
    for pid in range(300):
        uid = users.next()
        users.assign(pid, uid)
        given.append(uid)
    assert len(set(given)) == 300
    assert not {entry.pw_uid for entry in pwd.getpwall()} & set(given)
    users.release(7)
    again = [users.next() for _ in range(101)]
    assert given[7] in again
    assert not set(again) & (set(given) - {given[7]})


@pytest.fixture
def root(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(os, "getuid", lambda: 0)
    monkeypatch.setattr(identity, "_held", lambda: frozenset(range(40)))
    monkeypatch.setattr(identity, "_is_mapped", lambda: True)


@pytest.mark.usefixtures("root")
def test_a_call_may_write_past_owners_only_where_there_are_folders_to_write() -> None:
    plain, writing = (identity.plan(has_landlock=True, writes=writes) for writes in (False, True))
    assert plain is not None and writing is not None  # noqa: PT018
    assert plain.call == {2}
    assert writing.call == {1, 2}
    assert {5, 6, 7}.isdisjoint(writing.call)


@pytest.mark.usefixtures("root")
def test_without_landlock_nobody_may_read_past_owners() -> None:
    assert identity.plan(has_landlock=False, writes=False) is None


@pytest.mark.usefixtures("root")
@pytest.mark.parametrize(("name", "value", "word"), [("_held", lambda: frozenset({1, 2}), "CAP_SETUID"),
                                                     ("_is_mapped", lambda: False, "not mapped")])  # fmt: skip
def test_what_stands_in_the_way_is_named(monkeypatch: pytest.MonkeyPatch, name: str, value: object, word: str) -> None:
    monkeypatch.setattr(identity, name, value)
    assert word in identity.obstacle(has_landlock=True)


def test_a_worker_that_is_not_root_shares_its_user(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(os, "getuid", lambda: 1000)
    assert "root" in identity.obstacle(has_landlock=True)
